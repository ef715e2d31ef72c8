"""What streams look like."""

from __future__ import annotations

from typing import Final

from goqueue_api.examples.jobs import JOB_ID, WORKER_ID

STREAM: Final = f"""retry: 1000
id: 1772443800131-0
event: hello
data: {{"version":"0.2.0","position":"1772443800131-0","topics":["jobs","queue","stats"]}}

id: 1772443800412-0
event: jobs
data: {{"n":2,"statuses":{{"queued":{{"emails":1}},"completed":{{"emails":1}}}},"jobs":[["{JOB_ID}","completed",1]]}}

id: 1772443801007-0
event: queue
data: {{"action":"pause","name":"emails"}}

: ping
id: 1772443801007-0

"""
JOB_STREAM: Final = f"""retry: 1000
event: hello
data: {{"version":"0.2.0","position":null,"topics":["job:{JOB_ID}"]}}

event: job
data: {{"id":"{JOB_ID}","queue":"emails","type":"email.send","status":"processing","attempts":1,"max_retries":3,\
"error":null,"failure_reason":null,"run_at":null,"started_at":"2026-03-02T09:30:00.131000Z","finished_at":null,\
"cancel_requested_at":null,"worker_id":"{WORKER_ID}","progress":{{"fraction":0.4,"message":"2 of 5 sent"}}}}

id: 17
event: log
data: {{"seq":17,"attempt":1,"at":"2026-03-02T09:30:03.900000Z","level":"info","message":"2 of 5 sent","fields":{{}}}}

event: end
data: {{"id":"{JOB_ID}","status":"completed"}}

"""
