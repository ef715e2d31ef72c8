"""What `helm test` runs: submit a job by the API, wait for it, and say how it ended."""

import json
import os
import sys

from goqueue import Client, GoQueueError

kind, queue = os.environ["JOB_TYPE"], os.environ["JOB_QUEUE"]
try:
    with Client() as client:
        job = client.submit(kind, json.loads(os.environ["JOB_PAYLOAD"]), queue=queue)
        job = client.wait(job.id, timeout=float(os.environ["JOB_TIMEOUT"]))
except GoQueueError as error:
    sys.exit(f"error: a job of type {kind} in queue {queue} did not run: {error}")
print(f"job {job.id} of type {kind} ended as {job.status}: {job.result or job.error}")
sys.exit(job.status != "completed")
