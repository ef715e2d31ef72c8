"""Rules 13 and 14 of the protocol: when ids are pushed, and at which end of their list.

What each test is named for is what would happen without its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

import pytest
from flask import Flask

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.dispatch_store import DispatchStore
from goqueue_common.job import JobRef
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.submitter import Submitter
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.strays import Strays
from tests.factories import (
    LONG_SECONDS,
    idempotency_key,
    job_in,
    ref,
    register_worker,
    submission,
    submit,
)
from tests.integration.protocol.conftest import DEFAULT, LedWorker, age, listed, make_due, poller, promoter, take_back

# What pushes ids. Each takes the stores and leaves its jobs queued.


def submits(_database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    Submitter(jobs, broker).submit([submission() for _ in range(20)])


def submits_once(_database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    Submitter(jobs, broker).submit_batch([submission() for _ in range(20)], idempotency_key())


def promotes(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    for _ in range(5):
        submit(jobs, delay_seconds=LONG_SECONDS)
    make_due(database)
    promoter(database, broker).step()


def releases(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    worker = LedWorker(database, broker)
    worker.finish(worker.claim(submit(jobs)), event=JobEvent.RELEASE)
    worker.write()


def rescues(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    worker = LedWorker(database, broker)
    running, prefetched = worker.claim(submit(jobs)), worker.claim(submit(jobs))
    taken = take_back(database, broker, worker, (running.id, 1))
    assert (taken.rescued, taken.released, prefetched.attempt) == (1, 1, 1)


def gives_strays_back(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    worker = LedWorker(database, broker)
    worker.claim(submit(jobs))
    strays = Strays(worker.id, jobs, broker, SlotTable.create(10)[0])
    strays.suspect()
    strays.give_back_when_due()


Pushes = Callable[[Database, JobStore, RedisBroker], None]
GIVING_BACK: list[Pushes] = [releases, rescues, gives_strays_back]
PUSHING: list[Pushes] = [submits, submits_once, promotes, *GIVING_BACK]


# Rule 13: every push comes after its commit, and who pushes holds no lock.


class PoppedAtOnce(RedisBroker):
    """The real broker, with a worker that pops and claims each id before the call that pushed it has returned."""

    def __init__(self, url: str, keys: Keys, database: Database) -> None:
        super().__init__(url, keys)
        self._store = DispatchStore(database)
        self._worker_id = register_worker(database)
        self.popped: list[str] = []
        self.claimed: list[str] = []

    def enqueue_many(self, jobs: Sequence[JobRef]) -> None:
        super().enqueue_many(jobs)
        self._work()

    def give_back(self, jobs: Sequence[JobRef]) -> None:
        super().give_back(jobs)
        self._work()

    def _work(self) -> None:
        ids = [job.id for job in self.dequeue_many([DEFAULT], 1_000, 0)]
        self.popped += ids
        self.claimed += [job.id for job in self._store.claim(self._worker_id, ids, None)]


@pytest.mark.parametrize("pushes", PUSHING)
def test_an_id_popped_as_soon_as_it_is_pushed_is_not_lost_for_want_of_its_commit(
    database: Database, jobs: JobStore, redis_url: str, prefix: str, pushes: Pushes
) -> None:
    with closing(PoppedAtOnce(redis_url, Keys(prefix), database)) as broker:
        pushes(database, jobs, broker)
    assert broker.popped
    assert broker.claimed == broker.popped


# Rule 14: who comes back keeps his place, who becomes due goes to the end, and ids that cannot be claimed go back.


@pytest.mark.parametrize("gives_back", GIVING_BACK)
def test_a_job_that_is_given_back_does_not_wait_behind_those_that_came_later(
    database: Database, jobs: JobStore, broker: RedisBroker, gives_back: Pushes
) -> None:
    later = submit(jobs)
    broker.enqueue(ref(later))
    gives_back(database, jobs, broker)
    assert (len(listed(broker)), listed(broker)[-1]) == (3 if gives_back is rescues else 2, later)


def test_a_release_and_a_rescue_keep_the_time_since_which_a_job_waits(
    database: Database, jobs: JobStore, broker: RedisBroker
) -> None:
    worker = LedWorker(database, broker)
    released, rescued, prefetched = (worker.claim(submit(jobs)) for _ in range(3))
    age(database)
    before = dict(database.run("SELECT id::text, queued_at FROM jobs"))
    worker.finish(released, event=JobEvent.RELEASE)
    worker.write()
    take_back(database, broker, worker, (rescued.id, 1))
    assert {jobs.get_job_by_id(job.id).status for job in (released, rescued, prefetched)} == {JobStatus.QUEUED}
    assert dict(database.run("SELECT id::text, queued_at FROM jobs")) == before


def had_waited_long(database: Database, job_id: str) -> None:
    """Before its first attempt: since an hour before anybody who waits now."""
    database.run("UPDATE jobs SET queued_at = now() - interval '1 hour' WHERE id = %(id)s", {"id": job_id})


def by_promotion(app: Flask, database: Database, jobs: JobStore, broker: RedisBroker) -> str:
    job_id = submit(jobs, delay_seconds=LONG_SECONDS)
    make_due(database)
    promoter(database, broker).step()
    return job_id


def by_a_retry_of_its_own(app: Flask, database: Database, jobs: JobStore, broker: RedisBroker) -> str:
    job_id = job_in(JobStatus.RETRYING, jobs, register_worker(database))
    had_waited_long(database, job_id)
    make_due(database)
    promoter(database, broker).step()
    return job_id


def by_a_person_who_retries_it(app: Flask, database: Database, jobs: JobStore, broker: RedisBroker) -> str:
    job_id = job_in(JobStatus.FAILED, jobs, register_worker(database))
    had_waited_long(database, job_id)
    assert app.test_client().post(f"/jobs/{job_id}/retry").status_code == 200
    return job_id


def by_a_person_who_runs_it_now(app: Flask, database: Database, jobs: JobStore, broker: RedisBroker) -> str:
    job = jobs.update_status(submit(jobs, delay_seconds=LONG_SECONDS), JobEvent.RUN_NOW)
    Submitter(jobs, broker).push([ref(job.id)])
    return job.id


@pytest.mark.parametrize(
    "queue_again", [by_promotion, by_a_retry_of_its_own, by_a_person_who_retries_it, by_a_person_who_runs_it_now]
)
def test_a_job_that_becomes_due_does_not_overtake_those_that_wait(
    app: Flask,
    database: Database,
    jobs: JobStore,
    broker: RedisBroker,
    queue_again: Callable[[Flask, Database, JobStore, RedisBroker], str],
) -> None:
    (waiting,) = Submitter(jobs, broker).submit([submission()])
    job_id = queue_again(app, database, jobs, broker)
    assert listed(broker) == [waiting.id, job_id]
    order = [row[0] for row in database.run("SELECT id::text FROM jobs ORDER BY queued_at")]
    assert order == [waiting.id, job_id], "the relay would give them another order"


def test_ids_whose_claim_failed_with_postgresql_are_neither_lost_nor_out_of_order(
    database: Database, broker: RedisBroker, jobs: JobStore, no_database: Database
) -> None:
    answers = Submitter(jobs, broker).submit([submission() for _ in range(3)])
    claiming, _, table = poller(database, broker, slots=3, claims_from=no_database)
    claiming.step()
    assert (claiming.trouble is not None, table.held()) == (True, [])
    assert listed(broker) == [answer.id for answer in answers]
