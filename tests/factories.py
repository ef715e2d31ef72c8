"""What tests need in one line: a submitted job, a worker with a lease, a job in any status."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from goqueue_common.database import Database
from goqueue_common.idempotency import IdempotencyKey, fingerprint
from goqueue_common.job import ClaimedJob, JobRef, Outcome, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.worker_store import WorkerInfo, WorkerStore

JOB_TYPE = "demo"
LONG_SECONDS = 3600.0
"""A delay that no test outlives."""

_ENDINGS: Mapping[JobStatus, Mapping[str, Any]] = {
    JobStatus.RETRYING: {"event": JobEvent.RETRY_LATER, "delay_seconds": LONG_SECONDS, "error": "broken"},
    JobStatus.COMPLETED: {"event": JobEvent.COMPLETE, "result": b'{"sum":3}'},
    JobStatus.FAILED: {"event": JobEvent.FAIL, "failure_reason": "exhausted", "error": "broken"},
    JobStatus.CANCELLED: {"event": JobEvent.CONFIRM_CANCEL},
}


class FrozenClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime | None = None, boottime: float = 1_000.0) -> None:
        self._now = now
        self._boottime = boottime

    def now(self) -> datetime:
        if self._now is None:
            raise AssertionError("this clock was made without a time of day")
        return self._now

    def boottime(self) -> float:
        return self._boottime

    def advance(self, seconds: float) -> None:
        self._boottime += seconds


def eventually(condition: Callable[[], object], *, within_seconds: float = 10.0) -> None:
    """Wait until the condition holds; an AssertionError when it does not in time."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not come true within {within_seconds} s"
        time.sleep(0.01)


def submission(type_: str = JOB_TYPE, *, key: IdempotencyKey | None = None, **options: Any) -> Submission:
    """A new job, not stored; `options` as NewJob.checked takes them."""
    return Submission(NewJob.checked(type_, **options), key)


def submit(store: JobStore, type_: str = JOB_TYPE, **options: Any) -> str:
    """The id of a job just stored."""
    return store.create_job(NewJob.checked(type_, **options)).id


def idempotency_key(key: str = "once", *, scope: str = "tests", request: Any = "request") -> IdempotencyKey:
    return IdempotencyKey(scope, key, fingerprint(request))


def register_worker(database: Database, *, worker_id: str | None = None, **fields: Any) -> str:
    """The id of a worker that is alive; it serves every queue and the type `demo` unless told otherwise."""
    worker_id = worker_id or str(uuid4())
    defaults: dict[str, Any] = {
        "host": "tests",
        "pid": 1,
        "version": "0",
        "queues": None,
        "types": {JOB_TYPE: "f1"},
        "slots": 1,
        "lease_seconds": 30.0,
    }
    WorkerStore(database).register(WorkerInfo(id=worker_id, **(defaults | fields)))
    return worker_id


def start(store: JobStore, worker_id: str, job_id: str) -> ClaimedJob:
    """Claim one job that must be there to be claimed."""
    claimed = store.increment_attempts(job_id, worker_id)
    assert claimed is not None, f"job {job_id} could not be claimed"
    return claimed


def job_in(status: JobStatus, store: JobStore, worker_id: str, **options: Any) -> str:
    """The id of a job that came into `status` by the store's own statements; the worker held its only attempt."""
    if status == JobStatus.SCHEDULED:
        return submit(store, delay_seconds=LONG_SECONDS, **options)
    job_id = submit(store, **options)
    if status == JobStatus.QUEUED:
        return job_id
    attempt = start(store, worker_id, job_id).attempt
    if status != JobStatus.PROCESSING:
        store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, **_ENDINGS[status]))
    return job_id


def row(database: Database, job_id: str) -> dict[str, Any]:
    """Every column of the job's row, as JSON has it: to see that nothing has changed."""
    found: dict[str, Any] = database.run("SELECT to_jsonb(jobs) FROM jobs WHERE id = %(id)s", {"id": job_id})[0][0]
    return found


def ref(job_id: str, *, queue: str = "default", priority: Priority = Priority.NORMAL) -> JobRef:
    return JobRef(job_id, queue, priority)
