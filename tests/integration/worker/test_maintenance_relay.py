"""The relay on real stores: what Redis lost comes back, and what it has is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.relay_store import RelayStore
from goqueue_worker.maintenance import relay as relay_module
from goqueue_worker.maintenance.relay import Relay
from tests.factories import ref, submit
from tests.integration.worker.waiting_list import WHERE_ALONE, WaitingList, look_again


def test_slow_looks_are_fewer_looks_but_never_more_than_five_seconds_apart(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_LOOKING_SHARE", 1e-9)
    assert 4.0 < relay.step() <= 5.0


@pytest.mark.parametrize("stale", [1, 99, 100, 101, 350])
def test_ids_that_have_no_business_at_the_tail_go_and_what_they_hid_comes_back(
    waiting: WaitingList, relay: Relay, broker: RedisBroker, jobs: JobStore, stale: int
) -> None:
    ids, elsewhere = waiting.lost(2), submit(jobs, queue="mail")
    broker.give_back([ref(str(uuid4())) for _ in range(stale - 1)])
    broker.give_back([ref(elsewhere)])
    broker.enqueue(ref(ids[1]))
    relay.step()
    assert waiting.listed == ids


def test_a_list_whose_tail_is_its_oldest_job_is_left_as_it_is(waiting: WaitingList, relay: Relay) -> None:
    ids = waiting.submit(5)
    for _ in range(3):
        look_again(relay)
    assert waiting.listed == ids


def test_more_stale_tails_than_one_look_takes_away_are_no_empty_list(
    waiting: WaitingList, relay: Relay, broker: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_TAILS", 4)
    ids = waiting.submit(3)
    broker.give_back([ref(str(uuid4())) for _ in range(4 * relay_module._PAGES + 2)])
    relay.step()
    assert len(waiting.listed) == 2 + len(ids)
    look_again(relay)
    assert waiting.listed == ids


@pytest.fixture
def patient(database: Database, broker: RedisBroker) -> Relay:
    """As in production, but with a grace that no test outlives; jobs have to be made older."""
    return Relay(RelayStore(database), broker, grace_seconds=60.0)


def age(database: Database) -> None:
    database.run("UPDATE jobs SET queued_at = queued_at - interval '61 s'")


def look_twice(relay: Relay) -> None:
    for name in ("_look_at", "_confirm_at"):
        setattr(relay, name, float("-inf"))
        assert relay.step() <= 1.0


def test_a_job_just_queued_is_left_to_its_submitter(waiting: WaitingList, patient: Relay, database: Database) -> None:
    (old,) = waiting.lost(1)
    age(database)
    waiting.lost(1)
    look_twice(patient)
    assert waiting.listed == [old]


def test_a_job_just_popped_is_left_to_its_claim(
    waiting: WaitingList, patient: Relay, database: Database, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    ids = waiting.submit(3)
    age(database)
    for job_id in ids:
        popped = broker.dequeue(WHERE_ALONE, 0)
        assert popped == ref(job_id)
        assert look_again(patient) < 0.5, "soon, to see whether it was claimed"
        jobs.claim(worker_id, [job_id], None)
        look_twice(patient)
    assert waiting.listed == []


def test_two_looks_that_each_meet_another_job_on_its_way_push_neither(
    waiting: WaitingList, patient: Relay, database: Database, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    first, second, third = waiting.submit(3)
    age(database)
    broker.dequeue(WHERE_ALONE, 0)
    patient.step()
    jobs.claim(worker_id, [first], None)
    broker.dequeue(WHERE_ALONE, 0)
    patient._confirm_at = float("-inf")
    patient.step()
    assert (waiting.listed, jobs.get_job_by_id(second).status) == ([third], JobStatus.QUEUED)


def test_a_job_that_was_popped_and_never_claimed_comes_back(
    waiting: WaitingList, patient: Relay, database: Database, broker: RedisBroker
) -> None:
    ids = waiting.submit(2)
    age(database)
    broker.dequeue(WHERE_ALONE, 0)
    look_twice(patient)
    assert waiting.listed == ids


@pytest.fixture
def unreachable() -> Iterator[RedisBroker]:
    opened = RedisBroker("redis://127.0.0.1:1/0", Keys())
    yield opened
    opened.close()


def test_without_redis_it_waits(waiting: WaitingList, database: Database, unreachable: RedisBroker) -> None:
    waiting.lost(1)
    assert Relay(RelayStore(database), unreachable, grace_seconds=0.0).step() > 0.1
