from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from goqueue_cli.local import LocalStores
from goqueue_common.broker.keys import Keys
from goqueue_common.broker.lock import Lock
from goqueue_common.errors import BrokerUnavailable
from tests.factories import FrozenClock, eventually

TTL = 10.0
MARGIN = 1.0
MakeLock = Callable[..., Lock]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def make_lock(redis_url: str, prefix: str, clock: FrozenClock) -> Iterator[MakeLock]:
    """A new would-be holder of one lock; all read the same clock."""
    made: list[Lock] = []

    def make(name: str = "scheduler", ttl_seconds: float = TTL) -> Lock:
        made.append(Lock(redis_url, Keys(prefix), clock, name=name, ttl_seconds=ttl_seconds))
        return made[-1]

    yield make
    for lock in made:
        lock.close()


def test_a_lock_has_one_holder(make_lock: MakeLock) -> None:
    first, second = make_lock(), make_lock()
    assert (first.is_held, second.is_held) == (False, False)
    assert (first.acquire(), second.acquire()) == (True, False)
    assert (first.is_held, second.is_held) == (True, False)


def test_who_is_refused_knows_when_the_lease_of_the_holder_ends(make_lock: MakeLock) -> None:
    first, second = make_lock(ttl_seconds=2.0), make_lock()
    first.acquire()
    assert second.acquire() is False
    assert 1.0 < second.free_in_seconds <= 2.0


def test_locks_of_two_names_are_two_locks(make_lock: MakeLock) -> None:
    assert (make_lock("a").acquire(), make_lock("b").acquire()) == (True, True)


def test_a_lease_that_lost_its_end_gets_one(make_lock: MakeLock, redis_client: Redis, prefix: str) -> None:
    first, second = make_lock(), make_lock(ttl_seconds=0.3)
    first.acquire()
    redis_client.persist(Keys(prefix).lock("scheduler"))
    assert second.acquire() is False
    assert 0.0 < second.free_in_seconds <= 0.3
    eventually(second.acquire)


def test_acquiring_again_renews_without_a_new_term(make_lock: MakeLock, clock: FrozenClock) -> None:
    lock = make_lock()
    lock.acquire()
    clock.advance(TTL - MARGIN - 0.1)
    assert (lock.acquire(), lock.term) == (True, 1)
    clock.advance(TTL - MARGIN - 0.1)
    assert lock.is_held


def test_only_the_holder_extends(make_lock: MakeLock) -> None:
    holder, other = make_lock(), make_lock()
    holder.acquire()
    assert (holder.extend(), other.extend()) == (True, False)
    assert (holder.is_held, other.is_held) == (True, False)


def test_an_extension_moves_the_lease_in_redis_too(make_lock: MakeLock, redis_client: Redis, prefix: str) -> None:
    lock = make_lock()
    lock.acquire()
    redis_client.pexpire(Keys(prefix).lock("scheduler"), 1_000)
    lock.extend()
    assert redis_client.pttl(Keys(prefix).lock("scheduler")) > 5_000


def test_a_holder_that_lost_the_lock_knows_it_when_it_extends(
    make_lock: MakeLock, redis_client: Redis, prefix: str
) -> None:
    lost, winner = make_lock(), make_lock()
    lost.acquire()
    redis_client.delete(Keys(prefix).lock("scheduler"))
    assert winner.acquire()
    assert (lost.extend(), lost.is_held, winner.is_held) == (False, False, True)


def test_a_released_lock_is_free_at_once(make_lock: MakeLock) -> None:
    first, second = make_lock(), make_lock()
    first.acquire()
    assert (first.release(), first.is_held) == (True, False)
    assert second.acquire()


def test_only_the_holder_releases(make_lock: MakeLock) -> None:
    holder, other, third = make_lock(), make_lock(), make_lock()
    holder.acquire()
    assert other.release() is False
    assert third.acquire() is False
    assert holder.is_held


@pytest.mark.parametrize(
    ("elapsed", "is_held"), [(0.0, True), (TTL - MARGIN - 0.01, True), (TTL - MARGIN, False), (TTL * 2, False)]
)
def test_the_holder_trusts_its_lock_until_a_margin_before_the_lease_ends(
    make_lock: MakeLock, clock: FrozenClock, elapsed: float, is_held: bool
) -> None:
    lock = make_lock()
    lock.acquire()
    clock.advance(elapsed)
    assert lock.is_held is is_held


def test_the_deadline_counts_from_before_the_request_was_sent(make_lock: MakeLock, clock: FrozenClock) -> None:
    lock = make_lock()
    acquire = lock._acquire

    def slowly(**arguments: Any) -> Any:
        clock.advance(4.0)
        return acquire(**arguments)

    lock._acquire = slowly  # type: ignore[assignment]  # an answer that takes four seconds
    lock.acquire()
    clock.advance(TTL - MARGIN - 4.0)
    assert not lock.is_held


def test_a_lease_that_ended_in_redis_is_taken_over(make_lock: MakeLock) -> None:
    first, second = make_lock(ttl_seconds=0.2), make_lock()
    first.acquire()
    eventually(second.acquire)
    assert first.extend() is False


def test_the_term_counts_how_often_the_lock_changed_hands(make_lock: MakeLock) -> None:
    first, second = make_lock(), make_lock()
    terms = []
    for lock in (first, second, first):
        lock.acquire()
        terms.append(lock.term)
        lock.extend()
        lock.release()
    assert terms == [1, 2, 3]


def test_without_redis_a_lock_is_held_until_its_deadline_and_no_longer(
    make_lock: MakeLock, clock: FrozenClock, stores: LocalStores
) -> None:
    lock = make_lock()
    lock.acquire()
    stores.valkey.stop()
    try:
        for call in (lock.acquire, lock.extend):
            with pytest.raises(BrokerUnavailable):
                call()
        clock.advance(TTL - MARGIN - 0.01)
        held = [lock.is_held]
        clock.advance(0.02)
        assert [*held, lock.is_held] == [True, False]
        with pytest.raises(BrokerUnavailable):
            lock.release()
    finally:
        stores.valkey.start()
