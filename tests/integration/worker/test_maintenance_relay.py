"""The relay on real stores: what Redis lost comes back in order, batch by batch, and what it has is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.relay_store import RelayStore
from goqueue_common.submitter import Submitter
from goqueue_worker.maintenance import relay as relay_module
from goqueue_worker.maintenance.relay import Relay
from tests.factories import ref, submission, submit

WHERE = ("default", Priority.NORMAL)
WHERE_ALONE = [WHERE]
BATCH = 10
JOBS = 73


class Queue:
    """One list, who submits to it, and a worker that claims what it pops."""

    def __init__(self, jobs: JobStore, broker: RedisBroker, worker_id: str) -> None:
        self.claimed: list[str] = []
        self.popped = 0
        self._jobs = jobs
        self._broker = broker
        self._submitter = Submitter(jobs, broker)
        self._worker_id = worker_id

    def submit(self, number: int) -> list[str]:
        """Stored and pushed."""
        return [answer.id for answer in self._submitter.submit([submission() for _ in range(number)])]

    def lost(self, number: int) -> list[str]:
        """Stored, but never pushed."""
        return [submit(self._jobs) for _ in range(number)]

    def work(self, most: int) -> int:
        """Pop and claim; how many ids came."""
        refs = self._broker.dequeue_many(WHERE_ALONE, most, 0)
        self.popped += len(refs)
        self.claimed += [job.id for job in self._jobs.claim(self._worker_id, [job.id for job in refs], None)]
        return len(refs)

    def flush(self) -> None:
        """What FLUSHALL does to this list."""
        while self._broker.dequeue_many(WHERE_ALONE, 1_000, 0):
            pass

    @property
    def listed(self) -> list[str]:
        return self._broker.tails(*WHERE, 100_000)


@pytest.fixture
def queue(jobs: JobStore, broker: RedisBroker, worker_id: str) -> Queue:
    return Queue(jobs, broker, worker_id)


@pytest.fixture
def relay(database: Database, broker: RedisBroker) -> Relay:
    return Relay(RelayStore(database), broker, grace_seconds=0.0, batch=BATCH)


def work_off(queue: Queue, *relays: Relay, most: int = 3) -> None:
    """Relays and the worker in turn, until a relay leaves the list empty."""
    while True:
        for relay in relays:
            relay.step()
        if not queue.work(most):
            return


def look_again(relay: Relay) -> float:
    """A step that looks at every list, as one does each second."""
    relay._look_at = float("-inf")
    return relay.step()


def test_what_was_flushed_comes_back_in_order_in_batches_and_never_runs_dry(queue: Queue, relay: Relay) -> None:
    ids = queue.lost(JOBS)
    relay.step()
    while queue.work(2):
        assert queue.listed or len(queue.claimed) == JOBS
        relay.step()
        assert len(queue.listed) <= BATCH + BATCH // 5
    assert (queue.claimed, queue.popped) == (ids, JOBS)


def test_jobs_submitted_meanwhile_come_after_those_that_were_lost_and_once(queue: Queue, relay: Relay) -> None:
    lost, new = queue.lost(JOBS), queue.submit(3)
    for number in count():
        relay.step()
        if number % 4 == 0:
            new += queue.submit(2)
        if len(queue.claimed) >= JOBS or not queue.work(3):
            break
    work_off(queue, relay)
    assert (queue.claimed, queue.popped) == (lost + new, len(lost + new))


def test_jobs_submitted_once_the_refill_has_begun_come_last_and_once(queue: Queue, relay: Relay) -> None:
    lost = queue.lost(JOBS)
    relay.step()
    queue.work(3)
    new = queue.submit(5)
    work_off(queue, relay)
    assert (queue.claimed, queue.popped) == (lost + new, JOBS + 5)


def test_a_cancelled_job_ahead_of_a_refill_does_not_hide_where_the_new_ones_begin(
    queue: Queue, relay: Relay, jobs: JobStore
) -> None:
    lost, new = queue.lost(JOBS), queue.submit(4)
    relay.step()
    jobs.cancel(new[0])
    work_off(queue, relay, most=2)
    assert (queue.claimed, queue.popped) == (lost + new[1:], JOBS + 4)


def test_a_second_flush_in_the_middle_of_a_refill_loses_and_repeats_nothing(queue: Queue, relay: Relay) -> None:
    ids = queue.lost(JOBS)
    relay.step()
    for _ in range(8):
        queue.work(3)
        relay.step()
    queue.flush()
    relay.step()
    assert queue.listed[0] == ids[len(queue.claimed)]
    work_off(queue, relay)
    assert (queue.claimed, queue.popped) == (ids, JOBS)


def test_a_list_that_ran_dry_is_filled_by_the_same_step_that_sees_it(queue: Queue, relay: Relay) -> None:
    ids = queue.lost(JOBS)
    for _ in range(3):
        relay.step()
        assert queue.work(BATCH) == BATCH
    relay.step()
    assert queue.listed == ids[3 * BATCH : 4 * BATCH]


def test_two_relays_at_once_keep_the_order_and_run_nothing_twice(
    queue: Queue, relay: Relay, database: Database, broker: RedisBroker
) -> None:
    ids = queue.lost(JOBS)
    other = Relay(RelayStore(database), broker, grace_seconds=0.0, batch=BATCH)
    work_off(queue, relay, other)
    for each in (relay, other):
        look_again(each)
    work_off(queue, relay, other)
    assert queue.claimed == ids
    assert queue.popped <= 2 * JOBS


def test_two_relays_that_refill_from_one_place_insert_each_batch_once(
    queue: Queue, relay: Relay, database: Database, broker: RedisBroker
) -> None:
    ids = queue.lost(JOBS)
    other = Relay(RelayStore(database), broker, grace_seconds=0.0, batch=BATCH)
    relay.step()
    queue.flush()
    other.step()  # both now wait for the tenth job to come near the tail
    while queue.listed:
        queue.work(4)
        relay.step()
        other.step()
    assert (queue.claimed, queue.popped) == (ids, JOBS)


def test_jobs_given_back_in_the_middle_of_a_refill_are_next(queue: Queue, relay: Relay, broker: RedisBroker) -> None:
    ids = queue.lost(JOBS)
    relay.step()
    taken = broker.dequeue_many(WHERE_ALONE, 9, 0)
    relay.step()
    broker.give_back(taken)
    work_off(queue, relay)
    assert (queue.claimed, queue.popped) == (ids, JOBS)


def test_more_given_back_than_a_batch_does_not_end_a_refill(queue: Queue, relay: Relay, broker: RedisBroker) -> None:
    old, ids = queue.lost(2 * BATCH), queue.lost(JOBS)
    broker.give_back([ref(job_id) for job_id in old])  # as if a worker gave back what it held
    broker.enqueue_many([ref(job_id) for job_id in ids[:BATCH]])
    queue.work(2 * BATCH)
    queue.flush()
    relay.step()
    broker.give_back([ref(str(uuid4())) for _ in range(BATCH + 5)])
    work_off(queue, relay)
    assert queue.claimed == old + ids


def test_an_old_id_listed_a_second_time_does_not_end_a_refill(queue: Queue, relay: Relay, broker: RedisBroker) -> None:
    ids = queue.lost(JOBS)
    relay.step()
    broker.enqueue(ref(ids[BATCH - 2]))
    queue.work(BATCH - 2)
    relay.step()
    assert queue.listed == [*ids[BATCH - 2 : 2 * BATCH], ids[BATCH - 2]]


def test_older_jobs_lost_in_the_middle_of_a_refill_come_next_and_it_goes_on(
    queue: Queue, relay: Relay, database: Database
) -> None:
    ids = queue.lost(JOBS)
    relay.step()
    queue.work(2)
    old = queue.lost(BATCH)
    database.run("UPDATE jobs SET queued_at = queued_at - interval '1 h' WHERE id = ANY(%(ids)s::uuid[])", {"ids": old})
    look_again(relay)
    while queue.work(2):
        assert queue.listed or len(queue.claimed) == JOBS + BATCH
        relay.step()
    assert (queue.claimed, queue.popped) == ([*ids[:2], *old, *ids[2:]], JOBS + BATCH)


def test_while_nobody_pops_nothing_more_is_pushed(queue: Queue, relay: Relay) -> None:
    queue.lost(JOBS)
    for _ in range(5):
        look_again(relay)
        relay.step()
    assert len(queue.listed) == BATCH


def test_a_refill_is_looked_at_more_often_than_a_list_that_lacks_nothing(queue: Queue, relay: Relay) -> None:
    idle = relay.step()
    queue.lost(BATCH + 1)
    assert look_again(relay) < idle / 4
    queue.work(BATCH - 1)
    relay.step()
    assert look_again(relay) > idle / 2


def test_slow_looks_are_fewer_looks_but_never_more_than_five_seconds_apart(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_LOOKING_SHARE", 1e-9)
    assert 4.0 < relay.step() <= 5.0


def test_every_list_is_refilled(jobs: JobStore, relay: Relay, broker: RedisBroker) -> None:
    lists = [(queue, priority) for queue in ("a", "b") for priority in Priority]
    ids = {where: [submit(jobs, queue=where[0], priority=where[1]) for _ in range(BATCH + 5)] for where in lists}
    relay.step()
    assert {where: broker.tails(*where, 100) for where in lists} == {where: ids[where][:BATCH] for where in lists}
    for where in lists:
        broker.dequeue_many([where], BATCH - 1, 0)
    relay.step()
    assert {where: broker.tails(*where, 100) for where in lists} == {where: ids[where][BATCH - 1 :] for where in lists}


@pytest.mark.parametrize("stale", [1, 99, 100, 101, 350])
def test_ids_that_have_no_business_at_the_tail_go_and_what_they_hid_comes_back(
    queue: Queue, relay: Relay, broker: RedisBroker, jobs: JobStore, stale: int
) -> None:
    ids, elsewhere = queue.lost(2), submit(jobs, queue="mail")
    broker.give_back([ref(str(uuid4())) for _ in range(stale - 1)])
    broker.give_back([ref(elsewhere)])
    broker.enqueue(ref(ids[1]))
    relay.step()
    assert queue.listed == ids


def test_a_list_whose_tail_is_its_oldest_job_is_left_as_it_is(queue: Queue, relay: Relay) -> None:
    ids = queue.submit(5)
    for _ in range(3):
        look_again(relay)
    assert queue.listed == ids


def test_more_stale_tails_than_one_look_takes_away_are_no_empty_list(
    queue: Queue, relay: Relay, broker: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_TAILS", 4)
    ids = queue.submit(3)
    broker.give_back([ref(str(uuid4())) for _ in range(4 * relay_module._PAGES + 2)])
    relay.step()
    assert len(queue.listed) == 2 + len(ids)
    look_again(relay)
    assert queue.listed == ids


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


def test_a_job_just_queued_is_left_to_its_submitter(queue: Queue, patient: Relay, database: Database) -> None:
    (old,) = queue.lost(1)
    age(database)
    queue.lost(1)
    look_twice(patient)
    assert queue.listed == [old]


def test_a_job_just_popped_is_left_to_its_claim(
    queue: Queue, patient: Relay, database: Database, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    ids = queue.submit(3)
    age(database)
    for job_id in ids:
        popped = broker.dequeue(WHERE_ALONE, 0)
        assert popped == ref(job_id)
        assert look_again(patient) < 0.5, "soon, to see whether it was claimed"
        jobs.claim(worker_id, [job_id], None)
        look_twice(patient)
    assert queue.listed == []


def test_two_looks_that_each_meet_another_job_on_its_way_push_neither(
    queue: Queue, patient: Relay, database: Database, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    first, second, third = queue.submit(3)
    age(database)
    broker.dequeue(WHERE_ALONE, 0)
    patient.step()
    jobs.claim(worker_id, [first], None)
    broker.dequeue(WHERE_ALONE, 0)
    patient._confirm_at = float("-inf")
    patient.step()
    assert (queue.listed, jobs.get_job_by_id(second).status) == ([third], JobStatus.QUEUED)


def test_a_job_that_was_popped_and_never_claimed_comes_back(
    queue: Queue, patient: Relay, database: Database, broker: RedisBroker
) -> None:
    ids = queue.submit(2)
    age(database)
    broker.dequeue(WHERE_ALONE, 0)
    look_twice(patient)
    assert queue.listed == ids


@pytest.fixture
def unreachable() -> Iterator[RedisBroker]:
    opened = RedisBroker("redis://127.0.0.1:1/0", Keys())
    yield opened
    opened.close()


def test_without_redis_it_waits(queue: Queue, database: Database, unreachable: RedisBroker) -> None:
    queue.lost(1)
    assert Relay(RelayStore(database), unreachable, grace_seconds=0.0).step() > 0.1
