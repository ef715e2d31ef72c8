from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.queue_store import QueueDepth, QueueStore
from tests.factories import job_in

COUNTS = {
    JobStatus.QUEUED: 1,
    JobStatus.SCHEDULED: 2,
    JobStatus.RETRYING: 3,
    JobStatus.PROCESSING: 4,
    JobStatus.COMPLETED: 1,
    JobStatus.FAILED: 1,
    JobStatus.CANCELLED: 1,
}


@pytest.fixture
def queues(database: Database) -> QueueStore:
    return QueueStore(database)


def test_without_a_job_there_is_no_queue(queues: QueueStore) -> None:
    assert (queues.names(), queues.depths()) == ([], [])


def depth(name: str, **jobs: int) -> tuple[str, dict[JobStatus, int]]:
    return name, {status: jobs.get(status, 0) for status in JobStatus}


def test_depths_count_jobs_by_queue_and_status(store: JobStore, queues: QueueStore, worker_id: str) -> None:
    for status, count in COUNTS.items():
        for _ in range(count):
            job_in(status, store, worker_id, queue="mail")
    job_in(JobStatus.COMPLETED, store, worker_id, queue="done")
    job_in(JobStatus.QUEUED, store, worker_id, queue="bulk")
    assert [(queue.name, queue.jobs) for queue in queues.depths()] == [
        depth("bulk", queued=1),
        depth("done", completed=1),
        ("mail", COUNTS),
    ]
    assert queues.depth("bulk").jobs == queues.depths()[0].jobs


@pytest.mark.parametrize(
    ("flow", "seconds"),
    [
        pytest.param({"in_per_minute": 10.0, "out_per_minute": 40.0}, 40.0, id="more end than come"),
        pytest.param({"in_per_minute": 10.0, "out_per_minute": 10.0}, None, id="as many"),
        pytest.param({"in_per_minute": 0.0, "out_per_minute": 0.0}, None, id="nothing moves"),
        pytest.param({"out_per_minute": 40.0, "paused_at": datetime.now(UTC)}, None, id="paused"),
    ],
)
def test_the_time_to_drain_follows_from_what_comes_and_ends(flow: dict[str, Any], seconds: float | None) -> None:
    waiting = QueueDepth(name="mail", jobs=dict.fromkeys(JobStatus, 0) | {JobStatus.QUEUED: 20}, **flow)
    assert waiting.seconds_to_drain == seconds
    assert QueueDepth(name="mail", jobs=dict.fromkeys(JobStatus, 0), **flow).seconds_to_drain == 0.0
