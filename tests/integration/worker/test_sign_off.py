"""A child that ends: nothing names it any more, and nothing is counted."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect, run_on
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.worker_store import WorkerInfo, WorkerStore
from goqueue_worker.sign_off import sign_off
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.strays import Strays


@pytest.fixture
def worker_id(database: Database) -> str:
    worker_id = str(uuid4())
    info = WorkerInfo(id=worker_id, host="h", pid=1, version="0", queues=None, types={}, slots=1, lease_seconds=30.0)
    WorkerStore(database).register(info)
    return worker_id


def strays_of(worker_id: str, database: Database, broker: RedisBroker) -> Strays:
    table, descriptor = SlotTable.create(10)
    os.close(descriptor)
    return Strays(worker_id, JobStore(database), broker, table)


def test_rows_of_a_claim_whose_reply_was_lost_go_back_uncounted(
    database: Database, broker: RedisBroker, worker_id: str
) -> None:
    store, workers = JobStore(database), WorkerStore(database)
    job = NewJob.checked("t")
    store.create_jobs([Submission(job)])
    assert store.claim(worker_id, [job.id], None)
    assert sign_off(worker_id, workers, strays_of(worker_id, database, broker))
    back = store.get_job_by_id(job.id)
    assert (back.status, back.worker_id, back.failures, back.rescues) == ("queued", None, 0, 0)
    assert broker.dequeue([(job.queue, job.priority)], 0) is not None
    assert worker_id not in [worker.id for worker in workers.live()]
    assert store.claim(worker_id, [job.id], None) == []


def test_a_row_that_somebody_holds_is_left_to_the_parent(database: Database, broker: RedisBroker, worker_id: str) -> None:
    store = JobStore(database)
    job = NewJob.checked("t")
    store.create_jobs([Submission(job)])
    store.claim(worker_id, [job.id], None)
    strays = strays_of(worker_id, database, broker)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs FOR UPDATE", {})
        assert not sign_off(worker_id, WorkerStore(database), strays)
    assert strays.give_back()


def test_without_postgresql_it_is_left_to_the_parent(broker: RedisBroker) -> None:
    away = connect(
        "postgresql+psycopg2://127.0.0.1:1/none", pool_size=1, statement_timeout_seconds=1.0, application_name="t"
    )
    worker_id = str(uuid4())
    assert not sign_off(worker_id, WorkerStore(away), strays_of(worker_id, away, broker))
    away.close()
