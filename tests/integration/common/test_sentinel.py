"""A Redis behind Sentinels: found by any of them, and found anew after a failover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.event_stream import EventStream
from goqueue_common.broker.keys import Keys
from goqueue_common.broker.lock import Lock
from goqueue_common.clock import SystemClock
from goqueue_common.errors import BrokerUnavailable
from tests.factories import eventually, ref
from tests.sentinels import Sentinels

KEYS = Keys("watched")
FAILOVER_SECONDS = 20


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Sentinels]:
    with Sentinels(tmp_path) as running:
        yield running


def works(broker: RedisBroker) -> bool:
    try:
        broker.ping()
    except BrokerUnavailable:
        return False
    return True


def test_a_broker_a_lock_and_a_stream_go_on_with_the_new_master(watched: Sentinels) -> None:
    broker, stream = RedisBroker(watched.url, KEYS), EventStream(watched.url, KEYS)
    lock = Lock(watched.url, KEYS, SystemClock(), name="leader", ttl_seconds=2)
    broker.enqueue(ref("a"))
    assert lock.acquire()
    stream.end()

    before = watched.kill_master()
    eventually(lambda: works(broker), within_seconds=FAILOVER_SECONDS)
    assert watched.master_port != before
    broker.enqueue(ref("b"))
    assert "b" in watched.master.lrange(KEYS.queue("default", 1), 0, -1)
    assert lock.extend() or lock.acquire()
    stream.end()
    for used in (broker, lock, stream):
        used.close()


def test_a_sentinel_that_is_gone_is_passed_over(watched: Sentinels) -> None:
    watched.kill_sentinel()
    broker = RedisBroker(watched.url, KEYS)
    broker.enqueue(ref("a"))
    assert broker.dequeue([("default", 1)], 0) == ref("a")
    broker.close()


def test_nothing_stays_open_when_a_client_is_closed(watched: Sentinels) -> None:
    clients = len(watched.master.client_list(_type="normal"))
    broker = RedisBroker(watched.url, KEYS)
    broker.ping()
    assert len(watched.master.client_list(_type="normal")) == clients + 1
    broker.close()
    eventually(lambda: len(watched.master.client_list(_type="normal")) == clients)


def test_a_service_that_no_sentinel_knows_is_a_redis_that_is_away(watched: Sentinels) -> None:
    broker = RedisBroker(watched.url.replace("/main/", "/other/"), KEYS)
    with pytest.raises(BrokerUnavailable, match="other"):
        broker.enqueue(ref("a"))
    broker.close()
