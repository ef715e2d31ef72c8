"""What tests of failure groups need in one line: jobs that fail as a handler fails, and the fold of what they did."""

from __future__ import annotations

from typing import Any

from goqueue_common.clock import SystemClock
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.retry_policy import RetryPolicy
from goqueue_common.rollup_store import RollupStore
from goqueue_worker.outcomes import AttemptEnd
from tests.factories import start, submit


def ship(order: int) -> None:
    raise ValueError(f"order {order} has no lines")


def begin(store: JobStore, worker_id: str, job_id: str) -> AttemptEnd:
    """The next attempt of a job, for it to be said how it ended."""
    return AttemptEnd(start(store, worker_id, job_id), RetryPolicy(), worker_id, SystemClock())


def fail(store: JobStore, worker_id: str, *, order: int = 1, job_id: str | None = None, **options: Any) -> str:
    """The id of a job of which an attempt has failed by `ship`."""
    job_id = job_id or submit(store, **options)
    end = begin(store, worker_id, job_id)
    try:
        ship(order)
    except ValueError as error:
        store.save_result(worker_id, end.raised(error))
    return job_id


def fail_otherwise(store: JobStore, worker_id: str, error: Exception, job_id: str | None = None, **options: Any) -> str:
    """The same with an error of one's own, which was never raised."""
    job_id = job_id or submit(store, **options)
    store.save_result(worker_id, begin(store, worker_id, job_id).raised(error))
    return job_id


def fold(database: Database) -> None:
    """Until nothing is left to be folded."""
    while RollupStore(database).fold(1_000):
        pass
