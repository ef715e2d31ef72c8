"""Single jobs: topics=job:<id>, and GET /jobs/{id}/events with the lines of their logs."""

from __future__ import annotations

from datetime import UTC, datetime

import requests

from goqueue import Client
from goqueue_common.database import Database
from goqueue_common.job import Outcome
from goqueue_common.job_log_store import JobLogStore, NewLogLine
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from tests.factories import job_in
from tests.integration.api.live.conftest import Open
from tests.processes import Processes


def test_a_job_is_shown_at_once_and_whenever_it_changes(
    opened: Open, database: Database, worker_id: str, client: Client
) -> None:
    store = JobStore(database)
    job_id = job_in(JobStatus.QUEUED, store, worker_id)
    stream = opened(f"/events?topics=job:{job_id}")
    assert stream.wait("job").data["status"] == "queued"
    store.claim(worker_id, [job_id], None)
    claimed = stream.wait("job", 2).data
    assert (claimed["status"], claimed["attempts"], claimed["worker_id"]) == ("processing", 1, worker_id)
    stream.read(1.2)
    assert len(stream.of("job")) == 2, "the same is not told twice"


def test_a_job_that_there_is_not_is_404(client: Client, processes: Processes) -> None:
    nobody = "01a20eb4-1366-768e-8433-a398418d79cc"
    for path in (f"/events?topics=job:{nobody}", f"/jobs/{nobody}/events", "/jobs/x/events"):
        answer = requests.get(processes.api_url + path, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found"), path


def test_a_job_is_followed_to_its_end(opened: Open, client: Client) -> None:
    job = client.submit("demo")
    stream = opened(f"/jobs/{job.id}/events")
    assert stream.wait("job").data["status"] == "queued"
    client.cancel(job.id)
    assert stream.wait("end").data == {"id": job.id, "status": "cancelled"}
    assert [event.data["status"] for event in stream.of("job")] == ["queued", "cancelled"]
    stream.read(2.0)
    assert stream.is_over
    assert [event.type for event in client.job_events(job.id)] == ["hello", "job", "end"]


def test_lines_of_a_log_come_in_order_and_go_on_after_the_last_that_was_had(
    opened: Open, database: Database, worker_id: str, client: Client
) -> None:
    store, logs = JobStore(database), JobLogStore(database)
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)

    def say(*numbers: int) -> None:
        now = datetime.now(UTC)
        logs.append(worker_id, [NewLogLine(job_id, 1, now, "info", f"line {number}", "{}") for number in numbers])

    say(*range(450))
    first, second = opened(f"/jobs/{job_id}/events"), opened(f"/jobs/{job_id}/events")
    for stream in (first, second):
        stream.wait("log", 450)
        assert [event.data["message"] for event in stream.of("log")] == [f"line {number}" for number in range(450)]
    say(450)
    assert first.wait("log", 451).data["level"] == "info"
    again = opened(f"/jobs/{job_id}/events", headers={"Last-Event-ID": str(first.of("log")[-3].id)})
    again.wait("log", 2)
    store.acknowledge_free(worker_id, [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE)])
    say(451)
    for stream in (first, again):
        stream.wait("end")
        assert stream.of("log")[-1].data["message"] == "line 451"
    assert len(again.of("log")) == 3


def test_no_line_is_lost_however_large_the_lines_are(
    opened: Open, database: Database, worker_id: str, client: Client
) -> None:
    store, logs = JobStore(database), JobLogStore(database)
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    lines = [NewLogLine(job_id, 1, datetime.now(UTC), "info", f"{number} {'x' * 4000}", "{}") for number in range(190)]
    logs.append(worker_id, lines)
    store.acknowledge_free(worker_id, [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE)])
    stream = opened(f"/jobs/{job_id}/events")
    stream.wait("end", seconds=20)
    assert [event.data["message"] for event in stream.of("log")] == [line.message for line in lines]
    assert stream.of("resync") == []


def test_a_job_that_is_deleted_has_ended(opened: Open, client: Client) -> None:
    job = client.submit("demo")
    client.cancel(job.id)
    stream = opened(f"/events?topics=job:{job.id}")
    client.delete(job.id)
    stream.wait("job", 2)
    assert stream.of("job")[-1].data["status"] == "deleted"
