"""Rules 13 to 15, 17 and 18: ids in Redis that mean something, in their order, and nothing that hangs on them.

The relay (15) batch by batch: tests/integration/worker/test_maintenance_relay.py. Pops that time out (17):
tests/integration/common/test_broker_outage.py.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
import structlog
from redis import Redis

from goqueue_api.waiting import JobWaiter, SettledListener
from goqueue_cli.local import LocalStores
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.job import ClaimedJob, JobRef, Outcome, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.relay_store import RelayStore
from goqueue_common.server_store import ServerStore
from goqueue_common.submitter import Submitter
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.maintenance.promoter import Promoter
from goqueue_worker.maintenance.relay import Relay
from goqueue_worker.recovery import Recovery
from goqueue_worker.settler import DeadChild, Settler
from goqueue_worker.slot_table import HeldAttempt
from goqueue_worker.store_check import StoreCheck
from tests.factories import eventually, idempotency_key, job_in, ref, register_worker, start, submission, submit
from tests.integration.protocol.lone_child import LoneChild
from tests.stalled import stalled

NORMAL = Priority.NORMAL


@pytest.fixture
def unreachable() -> Iterator[RedisBroker]:
    opened = RedisBroker("redis://127.0.0.1:1/0", Keys())
    yield opened
    opened.close()


# Rule 13


class GreedyBroker(RedisBroker):
    """A worker stands behind it that claims an id in the very moment in which it is pushed."""

    def __init__(self, url: str, keys: Keys, impatient: Database) -> None:
        super().__init__(url, keys)
        self._store = JobStore(impatient)
        self._worker_id = register_worker(impatient)
        self.pushed: list[str] = []
        self.claimed: list[str] = []

    def enqueue_many(self, jobs: Sequence[JobRef]) -> None:
        self._claim(jobs)

    def give_back(self, jobs: Sequence[JobRef]) -> None:
        self._claim(jobs)

    def _claim(self, jobs: Sequence[JobRef]) -> None:
        self.pushed += [job.id for job in jobs]
        self.claimed += [job.id for job in self._store.claim(self._worker_id, [job.id for job in jobs], None)]


@pytest.fixture
def greedy(redis_url: str, prefix: str, impatient: Database) -> Iterator[GreedyBroker]:
    opened = GreedyBroker(redis_url, Keys(prefix), impatient)
    yield opened
    opened.close()


def submits(database: Database, broker: RedisBroker) -> None:
    Submitter(JobStore(database), broker).submit([submission(), submission()])


def submits_under_keys(database: Database, broker: RedisBroker) -> None:
    Submitter(JobStore(database), broker).submit([submission(key=idempotency_key(name)) for name in "ab"])


def submits_a_batch_once(database: Database, broker: RedisBroker) -> None:
    Submitter(JobStore(database), broker).submit_once([submission(), submission()], idempotency_key())


def promotes(database: Database, broker: RedisBroker) -> None:
    store = JobStore(database)
    for _ in range(2):
        submit(store, delay_seconds=60)
    database.run("UPDATE jobs SET run_at = now()")
    Promoter(MaintenanceStore(database), Submitter(store, broker)).step()


def settles_a_dead_child(database: Database, broker: RedisBroker) -> None:
    store, dead = JobStore(database), register_worker(database)
    held = [HeldAttempt(start(store, dead, submit(store)).id, 1, running=running) for running in (True, False)]
    settler = Settler(WorkerStore(database), Recovery(store, RecoveryStore(database), broker))
    settler.add(DeadChild(worker_id=dead, held=held, unwritten=[], how="signal 9"))
    settler.step()


def releases(database: Database, broker: RedisBroker) -> None:
    store = JobStore(database)
    child = LoneChild(database, broker, lambda _payload, _job: None, slots=2)
    child.hold([submit(store), submit(store)])
    child.release_all()


PUSHES = [submits, submits_under_keys, submits_a_batch_once, promotes, settles_a_dead_child, releases]


@pytest.mark.parametrize("push", PUSHES, ids=lambda push: push.__name__)
def test_rule_13_whoever_is_told_of_a_job_can_claim_it_at_once(
    database: Database, greedy: GreedyBroker, push: Callable[[Database, RedisBroker], None]
) -> None:
    push(database, greedy)
    assert len(greedy.pushed) == 2
    assert sorted(greedy.claimed) == sorted(greedy.pushed), "an id whose row was still locked, or not there yet, is gone"


# Rule 14


def test_rule_14_what_is_given_back_is_next_and_what_is_retried_by_hand_is_last(
    database: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    submitter = Submitter(jobs, broker)
    first, second, third = (answer.id for answer in submitter.submit([submission() for _ in range(3)]))
    child = LoneChild(database, broker, lambda _payload, _job: None)
    child.poll()
    assert broker.tails("default", NORMAL, 9) == [second, third]
    places = {job_id: jobs.get_job_by_id(job_id).queued_at for job_id in (first, second)}
    child.release_all()
    assert broker.tails("default", NORMAL, 9) == [first, second, third]
    assert jobs.get_job_by_id(first).queued_at == places[first]
    jobs.cancel(second)
    jobs.update_status(second, JobEvent.RETRY)
    submitter.push([ref(second)])
    waiting = RelayStore(database).missing("default", NORMAL, grace_seconds=0.0, limit=9)
    assert [place.id for place in waiting] == [first, third, second]
    assert broker.tails("default", NORMAL, 9)[-1] == second


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (JobStatus.SCHEDULED, JobEvent.RUN_NOW),
        (JobStatus.RETRYING, JobEvent.PROMOTE),
        (JobStatus.FAILED, JobEvent.RETRY),
    ],
)
def test_rule_14_a_place_is_given_by_the_clock_of_the_database(
    database: Database, jobs: JobStore, worker_id: str, status: JobStatus, event: JobEvent
) -> None:
    job_id = job_in(status, jobs, worker_id)
    job = jobs.update_status(job_id, event)
    new = jobs.get_job_by_id(submit(jobs))
    assert (job.queued_at, new.queued_at) == (job.updated_at, new.created_at)


class AbsentClaims(JobStore):
    """Claims find no PostgreSQL."""

    def claim(self, worker_id: str, job_ids: Sequence[str], queues: Sequence[str] | None) -> list[ClaimedJob]:
        raise StoreUnavailable("PostgreSQL is away")


def test_rule_14_ids_popped_when_postgresql_went_away_go_back_to_where_they_were(
    database: Database, broker: RedisBroker
) -> None:
    ids = [f"01999999-0000-7000-8000-{number:012d}" for number in range(5)]
    broker.enqueue_many([ref(job_id) for job_id in ids])
    child = LoneChild(
        database, broker, lambda _payload, _job: None, slots=3, store=AbsentClaims(database), queues=["default"]
    )
    child.poll()
    assert broker.tails("default", NORMAL, 9) == ids


# Rule 15


def test_rule_15_an_id_lost_among_its_neighbours_comes_back_in_its_turn(
    database: Database, broker: RedisBroker, jobs: JobStore, redis_client: Redis
) -> None:
    ids = [answer.id for answer in Submitter(jobs, broker).submit([submission() for _ in range(5)])]
    redis_client.lrem(broker.keys.queue("default", NORMAL), 1, ids[2])
    relay = Relay(RelayStore(database), broker, grace_seconds=0.0)
    popped = []
    while True:
        relay._look_at = float("-inf")
        relay.step()
        job = broker.dequeue([("default", NORMAL)], 0)
        if job is None:
            break
        popped.append(job.id)
        jobs.claim(register_worker(database), [job.id], None)
    assert popped == ids


# Rule 17


@pytest.mark.parametrize("where", ["broker", "unreachable"], ids=["with Redis", "without Redis"])
def test_rule_17_of_eight_polls_one_starts_at_low_and_one_at_normal(
    database: Database, jobs: JobStore, request: pytest.FixtureRequest, where: str
) -> None:
    broker: RedisBroker = request.getfixturevalue(where)
    Submitter(jobs, broker).submit(
        [submission(priority=priority, payload={"priority": priority.label}) for priority in Priority for _ in range(9)]
    )
    ran: list[str] = []

    def note(payload: Any, _job: object) -> None:
        ran.append(payload["priority"])
        time.sleep(0.06)  # so long that nothing is prefetched: one job a poll

    child = LoneChild(database, broker, note)
    child.pool.start()
    for number in range(1, 9):
        child.poll()
        eventually(lambda number=number: child.ended == number)
        child.acknowledge()
    child.pool.stop()
    assert Counter(ran) == {"high": 6, "normal": 1, "low": 1}


def test_rule_17_a_push_that_was_not_answered_is_sent_once(broker: RedisBroker, stores: LocalStores) -> None:
    broker.ping()
    with stalled(stores.valkey), pytest.raises(BrokerUnavailable):
        broker.enqueue(ref("a"))
    eventually(lambda: not broker.is_away)
    assert broker.waiting(["default"]) <= 1


# Rule 18


def test_rule_18_a_worker_that_starts_complains_of_a_redis_that_may_drop_queues(
    database: Database, broker: RedisBroker, redis_client: Redis
) -> None:
    redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with structlog.testing.capture_logs() as logged:
            StoreCheck(ServerStore(database), broker).step()
    finally:
        redis_client.config_set("maxmemory-policy", "noeviction")
    (line,) = logged
    assert (line["event"], line["store"]) == ("store_unfit", "redis")
    assert "noeviction" in line["reason"]


@pytest.mark.parametrize("ends", ["before", "while"])
def test_rule_18_who_waits_for_a_job_sees_its_end_although_nobody_told(
    jobs: JobStore, broker: RedisBroker, redis_url: str, worker_id: str, ends: str
) -> None:
    """Before it listens, or while it does: the announcement is lost either way."""
    job_id = submit(jobs)
    attempt = start(jobs, worker_id, job_id).attempt
    end = Outcome(id=job_id, attempt=attempt, event=JobEvent.COMPLETE)
    listener = SettledListener(redis_url, broker.keys.settled, is_away=lambda: False)
    waiter = JobWaiter(jobs, listener, slots=1, is_stopping=lambda: False)
    began = monotonic()
    with ThreadPoolExecutor(1) as pool:
        if ends == "before":
            jobs.save_result(worker_id, end)
        waiting = pool.submit(waiter.wait, job_id, 20)
        if ends == "while":
            eventually(listener.is_listening)
            jobs.save_result(worker_id, end)
        assert waiting.result(10).job.status == JobStatus.COMPLETED
    assert monotonic() - began < 5.0
    listener.close()
