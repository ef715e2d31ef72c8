"""What a poller does with pauses, limits and what waits for its threads, step by step."""

from __future__ import annotations

import pytest

from goqueue_common.audit_store import Actor
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.contract import QueueList
from goqueue_common.database import Database
from goqueue_common.dispatch_view_store import DispatchView, DispatchViewStore
from goqueue_common.errors import StoreUnavailable
from goqueue_common.job import JobRef
from goqueue_common.job_store import JobStore
from goqueue_common.limit_store import LimitKind, LimitStore
from goqueue_common.limited_dispatch_store import LimitedDispatchStore
from goqueue_common.queue_store import QueueStore
from goqueue_worker.dispatch_watch import DispatchWatch
from goqueue_worker.pool import Pool
from tests.factories import ref, submission
from tests.integration.protocol.lone_child import LoneChild

SOMEBODY = Actor("tests")
DEFAULT: QueueList = ("default", 1)


def submitted(store: JobStore, broker: RedisBroker, count: int, type_: str = "demo") -> list[str]:
    ids = [item.id for item in store.create_jobs([submission(type_) for _ in range(count)])]
    broker.enqueue_many([ref(job_id) for job_id in ids])
    return ids


def held(child: LoneChild) -> list[str]:
    return [item.id for item in child.table.held()]


def idle_child(database: Database, broker: RedisBroker, slots: int = 4) -> LoneChild:
    """Its pool has not started: what it claims stays in hand."""
    return LoneChild(database, broker, lambda _payload, _job: None, slots=slots)


def with_past(pool: Pool, attempts: int, seconds: float) -> None:
    """As if it had run so many attempts in that time, so that it claims ahead."""
    pool._pace.meters[0].finished, pool._pace.meters[0].busy_seconds = attempts, seconds
    pool._taken_in = attempts


@pytest.mark.parametrize(("kind", "name"), [(LimitKind.QUEUE, "default"), (LimitKind.TYPE, "demo")])
def test_ids_over_a_limit_go_back_to_where_they_came_from(
    jobs: JobStore, database: Database, broker: RedisBroker, kind: LimitKind, name: str
) -> None:
    LimitStore(database).set(kind, name, 1, SOMEBODY)
    ids = submitted(jobs, broker, 6)
    child = idle_child(database, broker)
    child.poll()
    assert held(child) == ids[:1]
    assert broker.tails(*DEFAULT, 10) == ids[1:]
    child.poll()
    assert (held(child), broker.tails(*DEFAULT, 10)) == (ids[:1], ids[1:])


def test_under_a_full_type_others_are_claimed_and_their_ids_leave_the_list(
    jobs: JobStore, database: Database, broker: RedisBroker
) -> None:
    LimitStore(database).set(LimitKind.TYPE, "demo", 1, SOMEBODY)
    full = submitted(jobs, broker, 6)
    child = idle_child(database, broker)
    child.poll()
    submitted(jobs, broker, 1, "unheard")  # given back as unknown: enough to see that it was reached
    child.poll()
    assert broker.tails(*DEFAULT, 10) == full[1:]
    assert database.run("SELECT no_handler_since IS NOT NULL FROM jobs WHERE type = 'unheard'") == [(True,)]


@pytest.mark.parametrize("limited", [(), ("elsewhere",)], ids=["no limit", "one elsewhere"])
def test_without_a_limit_that_concerns_it_a_worker_claims_as_ever(
    jobs: JobStore, database: Database, broker: RedisBroker, monkeypatch: pytest.MonkeyPatch, limited: tuple[str, ...]
) -> None:
    for name in limited:
        LimitStore(database).set(LimitKind.QUEUE, name, 1, SOMEBODY)
        LimitStore(database).set(LimitKind.TYPE, name, 1, SOMEBODY)
    monkeypatch.delattr(LimitedDispatchStore, "claim")
    monkeypatch.delattr(LimitedDispatchStore, "claim_waiting")
    ids = submitted(jobs, broker, 3)
    child = idle_child(database, broker)
    child.poll()
    assert sorted(held(child)) == sorted(ids)


def test_what_a_pop_got_of_a_queue_that_was_paused_meanwhile_goes_back(
    jobs: JobStore, database: Database, broker: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = submitted(jobs, broker, 3)
    child = idle_child(database, broker)
    pop = broker.dequeue_many

    def slow_pop(lists: list[QueueList], limit: int, wait_seconds: float) -> list[JobRef]:
        found = pop(lists, limit, wait_seconds)
        QueueStore(database).pause("default", SOMEBODY)
        child.watch.step()
        return found

    monkeypatch.setattr(broker, "dequeue_many", slow_pop)
    child.poll()
    assert (held(child), broker.tails(*DEFAULT, 10)) == ([], ids)


@pytest.mark.parametrize(("in_hand", "waits_in_redis"), [(4, True), (6, False)])
def test_redis_which_ends_waits_late_is_not_waited_for_while_attempts_wait_for_a_thread(
    jobs: JobStore,
    database: Database,
    broker: RedisBroker,
    monkeypatch: pytest.MonkeyPatch,
    in_hand: int,
    waits_in_redis: bool,
) -> None:
    submitted(jobs, broker, in_hand)
    child = idle_child(database, broker, slots=4)
    with_past(child.pool, attempts=100, seconds=0.1)
    child.poll()
    assert len(held(child)) == in_hand
    waits = []

    def pop(_lists: list[QueueList], _limit: int, wait_seconds: float) -> list[JobRef]:
        waits.append(wait_seconds)
        return []

    monkeypatch.setattr(broker, "dequeue_many", pop)
    child.poll()
    assert [wait > 0 for wait in waits] == [waits_in_redis]


class LostStore(DispatchViewStore):
    """Reads until PostgreSQL is away."""

    is_away = False

    def read(self, *arguments: object) -> DispatchView:
        if self.is_away:
            raise StoreUnavailable("away")
        return super().read(*arguments)  # type: ignore[arg-type]


def test_while_postgresql_is_away_the_last_view_holds(database: Database, worker_id: str) -> None:
    QueueStore(database).pause("b", SOMEBODY)
    store = LostStore(database)
    watch = DispatchWatch(worker_id, ["a", "b"], [], store)
    store.is_away = True
    watch.step()
    with pytest.raises(StoreUnavailable):
        watch.current()
    store.is_away = False
    view = watch.current()
    assert (view.queues, view.paused, view.is_limited) == (("a",), {"b"}, False)
    store.is_away = True
    watch.step()
    assert watch.current() is view
