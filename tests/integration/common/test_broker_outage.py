"""Redis stopped, flushed or silent: callers learn it quickly and the broker recovers by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from redis import Redis

from goqueue_cli.local import LocalStores
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.errors import BrokerUnavailable
from tests.factories import eventually, ref

DEFAULT = [("default", 1)]

CALLS: dict[str, Callable[[RedisBroker], object]] = {
    "enqueue": lambda broker: broker.enqueue(ref("a")),
    "give_back": lambda broker: broker.give_back([ref("a")]),
    "dequeue": lambda broker: broker.dequeue(DEFAULT, 0),
    "dequeue waiting": lambda broker: broker.dequeue(DEFAULT, 0.1),
    "record": lambda broker: broker.record("w", {"a:1": b"1"}),
    "recorded": lambda broker: broker.recorded(["a:1"]),
    "fence": lambda broker: broker.fence("w", 1),
    "ack": lambda broker: broker.ack("a:1", "a"),
    "tails": lambda broker: broker.tails("default", 1, 10),
    "drop_tails": lambda broker: broker.drop_tails("default", 1, ["a"]),
    "position": lambda broker: broker.position("default", 1, "a", search=10, look_ahead=1),
    "insert": lambda broker: broker.insert("default", 1, ["a"], after=None),
    "acks_page": lambda broker: broker.acks_page("0", 10),
    "drop_acks": lambda broker: broker.drop_acks(["a:1"]),
    "ping": lambda broker: broker.ping(),
    "complaints": lambda broker: broker.complaints(),
}


@contextmanager
def stopped(stores: LocalStores) -> Iterator[None]:
    stores.valkey.stop()
    try:
        yield
    finally:
        stores.valkey.start()


@contextmanager
def silent(stores: LocalStores) -> Iterator[None]:
    """The server takes connections and answers nothing."""
    pid = stores.valkey.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def works(broker: RedisBroker) -> bool:
    try:
        broker.enqueue(ref("again"))
        return broker.dequeue(DEFAULT, 0) is not None
    except BrokerUnavailable:
        return False


def test_while_redis_is_stopped_every_call_says_so_at_once_and_afterwards_works(
    stores: LocalStores, broker: RedisBroker
) -> None:
    broker.ping()
    with stopped(stores):
        began = monotonic()
        for call in CALLS.values():
            with pytest.raises(BrokerUnavailable):
                call(broker)
        assert monotonic() - began < 5.0
    eventually(lambda: works(broker))


def test_while_redis_is_silent_only_the_first_push_waits(stores: LocalStores, broker: RedisBroker) -> None:
    broker.ping()
    with silent(stores):
        began = monotonic()
        with pytest.raises(BrokerUnavailable):
            broker.enqueue(ref("a"))
        assert monotonic() - began < 3.0
        began = monotonic()
        for name in ("enqueue", "give_back", "record", "ack"):
            with pytest.raises(BrokerUnavailable, match="left alone"):
                CALLS[name](broker)
        assert monotonic() - began < 0.5
    eventually(lambda: works(broker))


def test_a_pop_that_timed_out_leaves_no_answer_for_the_next_one(stores: LocalStores, redis_url: str, prefix: str) -> None:
    broker = RedisBroker(redis_url, Keys(prefix), max_wait_seconds=0.1)
    broker.enqueue_many([ref("a"), ref("b"), ref("c", queue="other")])
    with silent(stores), pytest.raises(BrokerUnavailable):
        broker.dequeue(DEFAULT, 0)
    assert broker.dequeue([("other", 1)], 0) == ref("c", queue="other")
    broker.close()


def test_after_a_flush_the_broker_goes_on_with_empty_lists(broker: RedisBroker, redis_client: Redis) -> None:
    broker.enqueue(ref("lost"))
    broker.record("w", {"lost:1": b"1"})
    redis_client.flushall()
    redis_client.script_flush()
    assert broker.dequeue(DEFAULT, 0) is None
    assert broker.recorded(["lost:1"]) == {}
    assert broker.record("w", {"kept:1": b"1"})
    assert works(broker)


def test_a_server_that_is_not_there_is_unavailable_at_first_use() -> None:
    broker = RedisBroker("redis://127.0.0.1:1/0", Keys())
    with pytest.raises(BrokerUnavailable, match=r"^Redis: "):
        broker.ping()
    broker.close()
