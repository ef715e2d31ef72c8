"""The promoter on real stores."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from goqueue_common.background.lease import LeasedDuty
from goqueue_common.background.runner import Runner
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.submitter import Submitter
from goqueue_worker.maintenance import promoter as promoter_module
from goqueue_worker.maintenance.promoter import Promoter
from tests.factories import eventually, ref, submit

LATE_SECONDS = 0.25


@pytest.fixture
def promoter(database: Database, jobs: JobStore, broker: RedisBroker) -> Promoter:
    return Promoter(MaintenanceStore(database), Submitter(jobs, broker))


@pytest.fixture
def _promoting(promoter: Promoter, database: Database) -> Iterator[None]:
    """The promoter at work in a thread, as in a worker."""
    duty = LeasedDuty(promoter, "promoter", str(uuid4()), MaintenanceStore(database))
    runner = Runner(duty, "promoter").start()
    yield
    runner.stop()


def make_due(database: Database) -> None:
    database.run("UPDATE jobs SET run_at = now()")


def test_due_jobs_are_queued_and_pushed_behind_those_that_wait(
    promoter: Promoter, jobs: JobStore, broker: RedisBroker, database: Database
) -> None:
    list_ = {"queue": "mail", "priority": Priority.HIGH}
    waiting, due = submit(jobs, **list_), submit(jobs, delay_seconds=60, **list_)
    broker.enqueue(ref(waiting, queue="mail", priority=Priority.HIGH))
    make_due(database)
    promoter.step()
    assert broker.tails("mail", Priority.HIGH, 9) == [waiting, due]
    assert jobs.get_job_by_id(due).status == JobStatus.QUEUED


def test_it_looks_again_well_before_a_job_could_be_late(promoter: Promoter) -> None:
    assert promoter.step() <= LATE_SECONDS / 2


def test_it_goes_on_at_once_while_batches_are_full(
    promoter: Promoter, jobs: JobStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promoter_module, "_BATCH", 2)
    for _ in range(5):
        submit(jobs, delay_seconds=60)
    make_due(database)
    assert [promoter.step() > 0 for _ in range(4)] == [False, False, True, True]


def test_without_redis_due_jobs_are_queued_all_the_same(jobs: JobStore, database: Database) -> None:
    job_id = submit(jobs, delay_seconds=60)
    make_due(database)
    unreachable = RedisBroker("redis://127.0.0.1:1/0", Keys())
    Promoter(MaintenanceStore(database), Submitter(jobs, unreachable)).step()
    unreachable.close()
    assert jobs.get_job_by_id(job_id).status == JobStatus.QUEUED


@pytest.mark.usefixtures("_promoting")
def test_jobs_are_queued_when_their_time_comes_and_not_before(
    jobs: JobStore, broker: RedisBroker, database: Database
) -> None:
    ids = [submit(jobs, delay_seconds=0.05 * number) for number in range(1, 21)]
    eventually(lambda: len(broker.tails("default", Priority.NORMAL, 99)) == len(ids))
    assert broker.tails("default", Priority.NORMAL, 99) == ids
    ((too_soon,),) = database.run("SELECT count(*) FROM jobs WHERE queued_at < run_at")
    assert too_soon == 0
