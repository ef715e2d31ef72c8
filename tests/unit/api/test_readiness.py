from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from goqueue_api.readiness import Readiness
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable


class Stores:
    """Both stores, as a test wants them."""

    def __init__(self) -> None:
        self.schema_is_current: bool | None = True  # None: PostgreSQL is away
        self.redis_is_there = True
        self.schema_readings = 0
        self.hang: threading.Event | None = None

    def is_current(self) -> bool:
        self.schema_readings += 1
        self.ping_database()
        return bool(self.schema_is_current)

    def ping_database(self) -> None:
        if self.hang is not None:
            self.hang.wait(10)
        if self.schema_is_current is None:
            raise StoreUnavailable("gone")

    def ping_redis(self) -> None:
        if not self.redis_is_there:
            raise BrokerUnavailable("gone")


@pytest.fixture
def stores() -> Iterator[Stores]:
    made = Stores()
    yield made
    if made.hang is not None:
        made.hang.set()


@pytest.fixture
def readiness(stores: Stores) -> Readiness:
    return Readiness(is_current=stores.is_current, ping_database=stores.ping_database, ping_redis=stores.ping_redis)


def state(status: str, *, postgres: str = "ok", redis: str = "ok", schema: str = "current") -> dict[str, Any]:
    return {"status": status, "postgres": postgres, "redis": redis, "schema": schema}


def test_with_both_stores_and_a_current_schema_it_is_ready(readiness: Readiness) -> None:
    assert readiness.state() == state("ready")


def test_a_schema_that_is_behind_is_starting_until_the_migration_comes(stores: Stores, readiness: Readiness) -> None:
    stores.schema_is_current = False
    assert readiness.state() == state("starting", schema="behind")
    stores.schema_is_current = True
    assert readiness.state() == state("ready")


def test_an_absent_postgres_before_the_schema_was_ever_seen_is_starting(stores: Stores, readiness: Readiness) -> None:
    stores.schema_is_current = None
    assert readiness.state() == state("starting", postgres="degraded", schema="unknown")


def test_absent_stores_are_named_and_leave_it_ready(stores: Stores, readiness: Readiness) -> None:
    readiness.state()
    stores.schema_is_current, stores.redis_is_there = None, False
    assert readiness.state() == state("ready", postgres="degraded", redis="degraded")
    stores.schema_is_current, stores.redis_is_there = True, True
    assert readiness.state() == state("ready")
    assert stores.schema_readings == 1, "a schema once seen good is not read again"


def test_a_store_that_hangs_is_called_degraded_and_asked_once(stores: Stores, readiness: Readiness) -> None:
    readiness.state()
    stores.hang = threading.Event()
    assert readiness.state() == state("ready", postgres="degraded")
    assert readiness.state() == state("ready", postgres="degraded")
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("readiness")]
    assert len(threads) <= 2


def test_draining_wins_over_everything(readiness: Readiness) -> None:
    readiness.drain()
    assert readiness.state()["status"] == "draining"
