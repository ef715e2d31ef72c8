from __future__ import annotations

import pytest

from goqueue_common import queue_store
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.queue_store import QueueDepth, QueueStore
from tests.factories import job_in, submission

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


def test_depths_count_unfinished_jobs_by_queue_and_status(store: JobStore, queues: QueueStore, worker_id: str) -> None:
    for status, count in COUNTS.items():
        for _ in range(count):
            job_in(status, store, worker_id, queue="mail")
    job_in(JobStatus.COMPLETED, store, worker_id, queue="done")
    job_in(JobStatus.QUEUED, store, worker_id, queue="bulk")
    assert queues.depths() == [
        QueueDepth("bulk", queued=1, scheduled=0, retrying=0, processing=0),
        QueueDepth("done", queued=0, scheduled=0, retrying=0, processing=0),
        QueueDepth("mail", queued=1, scheduled=2, retrying=3, processing=4),
    ]


def test_a_depth_stops_at_the_cap(store: JobStore, queues: QueueStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_store, "COUNTS_CAPPED_AT", 5)
    store.create_jobs([submission() for _ in range(8)] + [submission(delay_seconds=60) for _ in range(8)])
    assert queues.depths() == [QueueDepth("default", queued=5, scheduled=5, retrying=0, processing=0)]
