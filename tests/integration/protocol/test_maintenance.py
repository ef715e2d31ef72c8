"""Rules 15 and 16 of the protocol: the relay, and duties that two workers may do at once.

What each test is named for is what would happen without its rule.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.background.lease import LeasedDuty
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, run_on
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.relay_store import RelayStore
from goqueue_common.submitter import Submitter
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.maintenance.relay import Relay
from goqueue_worker.recovery import Recovery
from tests.factories import (
    LONG_SECONDS,
    job_in,
    ref,
    register_worker,
    start,
    submission,
    submit,
)
from tests.integration.protocol.conftest import DEFAULT, LedWorker, age, listed, look, make_due, promoter, take_back
from tests.integration.protocol.judge import Judge, ended_long_ago

# Rule 15: what Redis lost is pushed again, in its order, and nothing else is.


@pytest.fixture
def relay(database: Database, broker: RedisBroker) -> Relay:
    """As in production."""
    return Relay(RelayStore(database), broker)


def test_lost_jobs_do_not_starve_behind_a_list_that_never_runs_empty(
    database: Database, jobs: JobStore, broker: RedisBroker, relay: Relay
) -> None:
    lost = [submit(jobs) for _ in range(3)]
    age(database)
    later = [answer.id for answer in Submitter(jobs, broker).submit([submission() for _ in range(3)])]
    look(relay)
    assert listed(broker) == [*lost, *later]


def test_a_job_on_its_way_to_its_list_is_not_pushed_twice(
    jobs: JobStore, database: Database, broker: RedisBroker, relay: Relay
) -> None:
    job_id = submit(jobs)
    look(relay)
    assert listed(broker) == []
    broker.enqueue(ref(job_id))  # its submitter, a little late
    age(database)
    look(relay)
    assert listed(broker) == [job_id]


@pytest.mark.parametrize("stale", ["finished", "of another list", "of no job"])
def test_an_id_that_no_claim_takes_hides_no_lost_job_behind_it(
    database: Database, jobs: JobStore, broker: RedisBroker, relay: Relay, worker_id: str, stale: str
) -> None:
    lost = submit(jobs)
    age(database)
    ids = {
        "finished": lambda: job_in(JobStatus.COMPLETED, jobs, worker_id),
        "of another list": lambda: submit(jobs, queue="mail"),
        "of no job": lambda: str(uuid4()),
    }
    broker.give_back([ref(ids[stale]())])
    look(relay)
    assert listed(broker) == [lost]


def test_a_list_that_nobody_pops_does_not_grow_with_every_tick(
    database: Database, jobs: JobStore, broker: RedisBroker, relay: Relay
) -> None:
    ids = [answer.id for answer in jobs.create_jobs([submission() for _ in range(30)])]
    age(database)
    for _ in range(50):
        look(relay)
    assert listed(broker) == ids


def test_a_job_that_expired_in_its_queue_is_not_pushed_for_ever(
    database: Database, jobs: JobStore, broker: RedisBroker, relay: Relay
) -> None:
    submit(jobs)
    age(database)
    database.run("UPDATE jobs SET expires_at = now()")
    look(relay)
    assert listed(broker) == []


def test_a_tick_does_not_push_a_whole_backlog(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    ids = [answer.id for answer in jobs.create_jobs([submission() for _ in range(35)])]
    age(database)
    for _ in range(3):
        look(Relay(RelayStore(database), broker, batch=10))
        assert listed(broker) == ids[:10]


# Rule 16: the lease is PostgreSQL's, only a finished round renews it, and two at once do no harm.


class Hanging:
    """A duty that hangs in its round until it is let go."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.goes_on = threading.Event()

    def step(self) -> float:
        self.has_begun.set()
        assert self.goes_on.wait(10)
        return 0.0


class Counting:
    """A duty that counts its rounds."""

    def __init__(self) -> None:
        self.rounds = 0

    def step(self) -> float:
        self.rounds += 1
        return 0.0


def test_a_worker_that_hangs_in_a_round_does_not_keep_its_duty_from_the_others(database: Database) -> None:
    store, hanging, counting = MaintenanceStore(database), Hanging(), Counting()
    hung, follower = (LeasedDuty(duty, "relay", str(uuid4()), store) for duty in (hanging, counting))
    with ThreadPoolExecutor(1) as pool:
        round_ = pool.submit(hung.step)
        assert hanging.has_begun.wait(10)
        follower.step()
        assert counting.rounds == 0
        database.run("UPDATE maintenance_leases SET expires_at = now() - interval '1 ms'")  # so much time has passed
        follower.step()
        hanging.goes_on.set()
        round_.result(10)
    assert counting.rounds == 1
    ((holder,),) = database.run("SELECT holder::text FROM maintenance_leases")
    assert holder == follower._holder, "a round that ended late renewed a lease that was no longer its own"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each answers; all begin at the same moment."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_promoters_at_once_queue_no_job_twice(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    ids = [answer.id for answer in jobs.create_jobs([submission(delay_seconds=LONG_SECONDS) for _ in range(500)])]
    make_due(database)
    at_once(*(promoter(database, broker).step for _ in range(2)))
    promoter(database, broker).step()  # what each of them skipped because the other held it
    assert sorted(listed(broker)) == sorted(ids)


def test_two_expirers_at_once_fail_and_announce_no_job_twice(database: Database, jobs: JobStore) -> None:
    ids = [answer.id for answer in jobs.create_jobs([submission() for _ in range(500)])]
    database.run("UPDATE jobs SET expires_at = now()")
    store = MaintenanceStore(database)
    first, second = at_once(*(lambda: store.expire(1_000) for _ in range(2)))
    assert sorted(change.id for change in [*first, *second, *store.expire(1_000)]) == sorted(ids)


def test_two_rescuers_at_once_count_no_death_twice(database: Database, jobs: JobStore, broker: RedisBroker) -> None:
    worker = LedWorker(database, broker)
    held = [(worker.claim(submit(jobs)).id, 1) for _ in range(50)]
    at_once(*(lambda: take_back(database, broker, worker, *held) for _ in range(2)))
    assert Counter(database.run("SELECT status, rescues FROM jobs")) == {("queued", 1): 50}
    assert sorted(listed(broker)) == sorted(job_id for job_id, _ in held)


def test_two_relays_at_once_have_no_job_run_twice(
    database: Database, jobs: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    ids = [answer.id for answer in jobs.create_jobs([submission() for _ in range(200)])]
    age(database)
    at_once(*(lambda: look(Relay(RelayStore(database), broker)) for _ in range(2)))
    claimed: list[str] = []
    while popped := broker.dequeue_many([DEFAULT], 7, 0):
        claimed += [job.id for job in jobs.claim(worker_id, [job.id for job in popped], None)]
    assert claimed == ids


def test_one_row_that_somebody_locks_keeps_no_other_worker_s_jobs_from_being_rescued(
    database: Database, impatient: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    held = {worker_id: start(jobs, worker_id, submit(jobs)).id for worker_id in (register_worker(database) for _ in "abc")}
    for worker_id in held:
        WorkerStore(database).declare_lost(worker_id)
        ended_long_ago(database, worker_id)
    judge = Judge(impatient, Recovery(JobStore(impatient), RecoveryStore(impatient), broker))
    first, *others = RecoveryStore(database).orphaning_workers(5.0)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held[first]})
        for _ in range(2):
            judge.try_step()
        assert [jobs.get_job_by_id(held[worker_id]).status for worker_id in others] == [JobStatus.QUEUED] * 2
