"""Redis stopped, silent, read-only, full or flushed: callers learn it quickly and the broker recovers by itself."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from time import monotonic

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from goqueue_cli.local import LocalStores
from goqueue_cli.local.binaries import find_valkey
from goqueue_cli.local.ports import find_free_port
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.errors import BrokerUnavailable
from tests.black_hole import BlackHole
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


def refusal(broker: RedisBroker) -> str:
    """Why a push is refused."""
    with pytest.raises(BrokerUnavailable) as caught:
        broker.enqueue(ref("refused"))
    return str(caught.value)


@contextmanager
def replica(client: Redis, serves_stale_data: str = "yes") -> Iterator[None]:
    """Read-only, as after a failover; its primary does not answer."""
    client.config_set("replica-serve-stale-data", serves_stale_data)
    client.replicaof("127.0.0.1", 1)
    try:
        yield
    finally:
        client.replicaof("NO", "ONE")
        client.config_set("replica-serve-stale-data", "yes")


@contextmanager
def full(client: Redis) -> Iterator[None]:
    """The server has all the memory it may have."""
    client.config_set("maxmemory", 1)
    try:
        yield
    finally:
        client.config_set("maxmemory", 0)


@contextmanager
def slow_to_load(folder: Path) -> Iterator[str]:
    """The URL of a server that has just begun to load its data, and needs a second for it: a millisecond a key."""
    port = find_free_port()
    with server_in(folder, port), Redis(port=port, decode_responses=True) as client:
        eventually(lambda: answers(client))
        client.config_set("rdbcompression", "no")
        client.mset({f"key {number}": "x" * 1_024 for number in range(1_000)})
        client.save()
    delayed = ("--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")
    with server_in(folder, port, *delayed), Redis(port=port, decode_responses=True) as client:
        eventually(lambda: is_loading(client))
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def server_in(folder: Path, port: int, *options: str) -> Iterator[None]:
    words = [str(find_valkey()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *options]
    with (folder / "log").open("ab") as log, subprocess.Popen(words, stdout=log) as server:
        try:
            yield
        finally:
            server.kill()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisConnectionError:
        return False


def is_loading(client: Redis) -> bool:
    try:
        return bool(client.info("persistence")["loading"])
    except RedisConnectionError:
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


def test_while_redis_is_silent_only_the_first_call_waits(stores: LocalStores, broker: RedisBroker) -> None:
    broker.ping()
    with silent(stores):
        began = monotonic()
        with pytest.raises(BrokerUnavailable, match="Timeout"):
            broker.enqueue(ref("a"))
        assert monotonic() - began < 1.5
        assert broker.is_away
        for call in CALLS.values():
            with pytest.raises(BrokerUnavailable, match="left alone"):
                call(broker)
    eventually(lambda: not broker.is_away)
    assert works(broker)


def test_threads_that_meet_a_silent_redis_together_wait_once_each(stores: LocalStores, broker: RedisBroker) -> None:
    together = Barrier(4)

    def pushes_until_told() -> list[str]:
        together.wait(10)
        return [refusal(broker) for _ in range(3)]

    with silent(stores), ThreadPoolExecutor(4) as pool:
        threads = [pool.submit(pushes_until_told) for _ in range(4)]
        for thread in threads:
            first, *others = thread.result(10)
            assert "Timeout" in first
            assert all("left alone" in other for other in others)


def test_a_pop_that_finds_redis_silent_spares_the_pushes(stores: LocalStores, broker: RedisBroker) -> None:
    with silent(stores):
        with pytest.raises(BrokerUnavailable, match="Timeout"):
            broker.dequeue(DEFAULT, 0.1)
        assert "left alone" in refusal(broker)


def test_connections_from_before_a_black_hole_are_not_tried_one_by_one(redis_url: str, prefix: str) -> None:
    with BlackHole(redis_url) as hole, closing(RedisBroker(hole.url, Keys(prefix))) as broker:
        at_once = Barrier(3)
        with ThreadPoolExecutor(3) as pool:  # three connections to push by, and one to pop by
            for pushed in [pool.submit(lambda: (at_once.wait(10), broker.enqueue(ref("a")))) for _ in range(3)]:
                pushed.result(10)
        assert broker.dequeue(DEFAULT, 0.1)
        hole.swallow()
        assert "Timeout" in refusal(broker)
        hole.heal()
        eventually(lambda: not broker.is_away)
        for _ in range(4):
            broker.enqueue(ref("b"))
            assert broker.dequeue(DEFAULT, 0.1)
        assert not broker.is_away


@pytest.mark.parametrize("serves_stale_data", ["yes", "no"])
def test_a_redis_that_became_a_replica_is_away_until_it_is_a_primary_again(
    broker: RedisBroker, redis_client: Redis, serves_stale_data: str
) -> None:
    broker.enqueue(ref("kept"))
    with replica(redis_client, serves_stale_data):
        assert re.search("read.only replica|MASTERDOWN|Link with MASTER", refusal(broker))
        assert "left alone" in refusal(broker)
    eventually(lambda: not broker.is_away)
    assert broker.dequeue(DEFAULT, 0) == ref("kept")


def test_a_pop_that_waits_learns_that_redis_became_a_replica(broker: RedisBroker, redis_client: Redis) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(broker.dequeue, DEFAULT, 1.0)
        eventually(lambda: redis_client.info("clients")["blocked_clients"])
        with replica(redis_client), pytest.raises(BrokerUnavailable, match="UNBLOCKED"):
            waiting.result(10)
    eventually(lambda: works(broker))


def test_while_redis_loads_its_data_it_is_away(tmp_path: Path) -> None:
    with slow_to_load(tmp_path) as url, closing(RedisBroker(url, Keys())) as broker:
        assert "loading the dataset in memory" in refusal(broker)
        assert broker.is_away
        eventually(lambda: not broker.is_away)
        assert works(broker)


def test_a_redis_without_memory_refuses_pushes_and_still_serves_pops(broker: RedisBroker, redis_client: Redis) -> None:
    broker.enqueue(ref("waiting"))
    with full(redis_client):
        assert "OOM" in refusal(broker) or "maxmemory" in refusal(broker)
        with pytest.raises(BrokerUnavailable):
            broker.record("w", {"a:1": b"1"})
        assert not broker.is_away
        assert broker.dequeue(DEFAULT, 0) == ref("waiting")
    assert works(broker)


def test_a_key_of_another_kind_spoils_one_queue_only(broker: RedisBroker, redis_client: Redis) -> None:
    redis_client.set(broker.keys.queue("default", 1), "not a list")
    assert "WRONGTYPE" in refusal(broker)
    assert not broker.is_away
    broker.enqueue(ref("a", queue="other"))


def test_a_password_that_was_changed_is_an_outage_of_its_own(redis_url: str, prefix: str, redis_client: Redis) -> None:
    user = f"user-{prefix}"
    redis_client.acl_setuser(user, enabled=True, passwords=["+old"], categories=["+@all"], keys=["*"], channels=["*"])
    url = re.sub("//.*@", f"//{user}:old@", redis_url)
    with closing(RedisBroker(url, Keys(prefix))) as broker:
        redis_client.acl_setuser(user, reset_passwords=True, enabled=True, passwords=["+new"])
        assert "old" not in refusal(broker)
        assert broker.is_away
        redis_client.acl_setuser(user, enabled=True, passwords=["+old"])
        eventually(lambda: not broker.is_away)
    redis_client.acl_deluser(user)


def test_a_pop_that_timed_out_leaves_no_answer_for_the_next_one(stores: LocalStores, redis_url: str, prefix: str) -> None:
    broker = RedisBroker(redis_url, Keys(prefix), max_wait_seconds=0.1)
    broker.enqueue_many([ref("a"), ref("b"), ref("c", queue="other")])
    with silent(stores), pytest.raises(BrokerUnavailable):
        broker.dequeue(DEFAULT, 0)
    eventually(lambda: not broker.is_away)
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
