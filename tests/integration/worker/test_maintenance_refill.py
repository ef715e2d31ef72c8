"""A long list that Redis lost comes back in order, batch by batch, on real stores."""

from __future__ import annotations

from itertools import count
from uuid import uuid4

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.relay_store import RelayStore
from goqueue_worker.maintenance.relay import Relay
from tests.factories import ref, submit
from tests.integration.worker.waiting_list import BATCH, WHERE_ALONE, WaitingList, look_again

JOBS = 73


def work_off(waiting: WaitingList, *relays: Relay, most: int = 3) -> None:
    """Relays and the worker in turn, until a relay leaves the list empty."""
    while True:
        for relay in relays:
            relay.step()
        if not waiting.work(most):
            return


def test_what_was_flushed_comes_back_in_order_in_batches_and_never_runs_dry(waiting: WaitingList, relay: Relay) -> None:
    ids = waiting.lost(JOBS)
    relay.step()
    while waiting.work(2):
        assert waiting.listed or len(waiting.claimed) == JOBS
        relay.step()
        assert len(waiting.listed) <= BATCH + BATCH // 5
    assert (waiting.claimed, waiting.popped) == (ids, JOBS)


def test_jobs_submitted_meanwhile_come_after_those_that_were_lost_and_once(waiting: WaitingList, relay: Relay) -> None:
    lost, new = waiting.lost(JOBS), waiting.submit(3)
    for number in count():
        relay.step()
        if number % 4 == 0:
            new += waiting.submit(2)
        if len(waiting.claimed) >= JOBS or not waiting.work(3):
            break
    work_off(waiting, relay)
    assert (waiting.claimed, waiting.popped) == (lost + new, len(lost + new))


def test_jobs_submitted_once_the_refill_has_begun_come_last_and_once(waiting: WaitingList, relay: Relay) -> None:
    lost = waiting.lost(JOBS)
    relay.step()
    waiting.work(3)
    new = waiting.submit(5)
    work_off(waiting, relay)
    assert (waiting.claimed, waiting.popped) == (lost + new, JOBS + 5)


def test_a_cancelled_job_ahead_of_a_refill_does_not_hide_where_the_new_ones_begin(
    waiting: WaitingList, relay: Relay, jobs: JobStore
) -> None:
    lost, new = waiting.lost(JOBS), waiting.submit(4)
    relay.step()
    jobs.cancel(new[0])
    work_off(waiting, relay, most=2)
    assert (waiting.claimed, waiting.popped) == (lost + new[1:], JOBS + 4)


def test_a_second_flush_in_the_middle_of_a_refill_loses_and_repeats_nothing(waiting: WaitingList, relay: Relay) -> None:
    ids = waiting.lost(JOBS)
    relay.step()
    for _ in range(8):
        waiting.work(3)
        relay.step()
    waiting.flush()
    relay.step()
    assert waiting.listed[0] == ids[len(waiting.claimed)]
    work_off(waiting, relay)
    assert (waiting.claimed, waiting.popped) == (ids, JOBS)


def test_a_list_that_ran_dry_is_filled_by_the_same_step_that_sees_it(waiting: WaitingList, relay: Relay) -> None:
    ids = waiting.lost(JOBS)
    for _ in range(3):
        relay.step()
        assert waiting.work(BATCH) == BATCH
    relay.step()
    assert waiting.listed == ids[3 * BATCH : 4 * BATCH]


def test_two_relays_at_once_keep_the_order_and_run_nothing_twice(
    waiting: WaitingList, relay: Relay, database: Database, broker: RedisBroker
) -> None:
    ids = waiting.lost(JOBS)
    other = Relay(RelayStore(database), broker, grace_seconds=0.0, batch=BATCH)
    work_off(waiting, relay, other)
    for each in (relay, other):
        look_again(each)
    work_off(waiting, relay, other)
    assert waiting.claimed == ids
    assert waiting.popped <= 2 * JOBS


def test_two_relays_that_refill_from_one_place_insert_each_batch_once(
    waiting: WaitingList, relay: Relay, database: Database, broker: RedisBroker
) -> None:
    ids = waiting.lost(JOBS)
    other = Relay(RelayStore(database), broker, grace_seconds=0.0, batch=BATCH)
    relay.step()
    waiting.flush()
    other.step()  # both now wait for the tenth job to come near the tail
    while waiting.listed:
        waiting.work(4)
        relay.step()
        other.step()
    assert (waiting.claimed, waiting.popped) == (ids, JOBS)


def test_jobs_given_back_in_the_middle_of_a_refill_are_next(
    waiting: WaitingList, relay: Relay, broker: RedisBroker
) -> None:
    ids = waiting.lost(JOBS)
    relay.step()
    taken = broker.dequeue_many(WHERE_ALONE, 9, 0)
    relay.step()
    broker.give_back(taken)
    work_off(waiting, relay)
    assert (waiting.claimed, waiting.popped) == (ids, JOBS)


def test_more_given_back_than_a_batch_does_not_end_a_refill(
    waiting: WaitingList, relay: Relay, broker: RedisBroker
) -> None:
    old, ids = waiting.lost(2 * BATCH), waiting.lost(JOBS)
    broker.give_back([ref(job_id) for job_id in old])  # as if a worker gave back what it held
    broker.enqueue_many([ref(job_id) for job_id in ids[:BATCH]])
    waiting.work(2 * BATCH)
    waiting.flush()
    relay.step()
    broker.give_back([ref(str(uuid4())) for _ in range(BATCH + 5)])
    work_off(waiting, relay)
    assert waiting.claimed == old + ids


def test_an_old_id_listed_a_second_time_does_not_end_a_refill(
    waiting: WaitingList, relay: Relay, broker: RedisBroker
) -> None:
    ids = waiting.lost(JOBS)
    relay.step()
    broker.enqueue(ref(ids[BATCH - 2]))
    waiting.work(BATCH - 2)
    relay.step()
    assert waiting.listed == [*ids[BATCH - 2 : 2 * BATCH], ids[BATCH - 2]]


def test_older_jobs_lost_in_the_middle_of_a_refill_come_next_and_it_goes_on(
    waiting: WaitingList, relay: Relay, database: Database
) -> None:
    ids = waiting.lost(JOBS)
    relay.step()
    waiting.work(2)
    old = waiting.lost(BATCH)
    database.run("UPDATE jobs SET queued_at = queued_at - interval '1 h' WHERE id = ANY(%(ids)s::uuid[])", {"ids": old})
    look_again(relay)
    while waiting.work(2):
        assert waiting.listed or len(waiting.claimed) == JOBS + BATCH
        relay.step()
    assert (waiting.claimed, waiting.popped) == ([*ids[:2], *old, *ids[2:]], JOBS + BATCH)


def test_while_nobody_pops_nothing_more_is_pushed(waiting: WaitingList, relay: Relay) -> None:
    waiting.lost(JOBS)
    for _ in range(5):
        look_again(relay)
        relay.step()
    assert len(waiting.listed) == BATCH


def test_a_refill_is_looked_at_more_often_than_a_list_that_lacks_nothing(waiting: WaitingList, relay: Relay) -> None:
    idle = relay.step()
    waiting.lost(BATCH + 1)
    assert look_again(relay) < idle / 4
    waiting.work(BATCH - 1)
    relay.step()
    assert look_again(relay) > idle / 2


def test_every_list_is_refilled(jobs: JobStore, relay: Relay, broker: RedisBroker) -> None:
    lists = [(queue, priority) for queue in ("a", "b") for priority in Priority]
    ids = {where: [submit(jobs, queue=where[0], priority=where[1]) for _ in range(BATCH + 5)] for where in lists}
    relay.step()
    assert {where: broker.tails(*where, 100) for where in lists} == {where: ids[where][:BATCH] for where in lists}
    for where in lists:
        broker.dequeue_many([where], BATCH - 1, 0)
    relay.step()
    assert {where: broker.tails(*where, 100) for where in lists} == {where: ids[where][BATCH - 1 :] for where in lists}
