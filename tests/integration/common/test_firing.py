"""What is fired is in its queue at once, counted, and told to who looks on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from redis import Redis

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.firing import NAMED_AT_MOST, Firing
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.live_events import Topic
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.submitter import Submitter
from tests.factories import idempotency_key
from tests.schedules import ADA, fire, make


@pytest.fixture
def counted() -> list[tuple[str, str, int]]:
    return []


@pytest.fixture
def firing(database: Database, store: JobStore, broker: RedisBroker, counted: list[tuple[str, str, int]]) -> Firing:
    submitter = Submitter(store, broker, lambda *new: counted.append(new))
    return Firing(ScheduleRunStore(database), submitter, broker, lambda _: None)


@pytest.fixture
def cut_off(database: Database, store: JobStore) -> Iterator[Firing]:
    """One whose Redis is not there."""
    broker = RedisBroker("redis://127.0.0.1:1/0", Keys())
    yield Firing(ScheduleRunStore(database), Submitter(store, broker), broker, lambda _: None)
    broker.close()


def pushed(broker: RedisBroker) -> list[str]:
    return [job.id for job in broker.dequeue_many([("default", Priority.NORMAL)], 100, 0)]


def told(redis_client: Redis, prefix: str) -> list[dict[str, Any]]:
    entries = redis_client.xrange(Keys(prefix).events)
    return [orjson.loads(entry["news"]) for _, entry in entries if entry["topic"] == Topic.SCHEDULE]


def test_what_is_fired_is_pushed_counted_and_told_once(
    firing: Firing,
    database: Database,
    broker: RedisBroker,
    redis_client: Redis,
    prefix: str,
    counted: list[tuple[str, str, int]],
) -> None:
    for name in ("a", "b"):
        make(database, name, overlap="skip")
    requests = [fire("a", 3), fire("b", 3), fire("a", 2), fire("gone")]
    report = firing.fire(requests)
    assert pushed(broker) == [answer.job_id for answer in report.answers[:2]]
    assert counted == [("default", "demo", 2)]
    firing.fire(requests[:2])
    assert (pushed(broker), len(counted)) == ([], 1)
    assert told(redis_client, prefix) == [
        {"action": "fired", "names": ["a", "b"], "count": 2},
        {"action": "skipped", "names": ["a"], "count": 1},
    ]


def test_of_many_schedules_some_are_named(firing: Firing, database: Database, redis_client: Redis, prefix: str) -> None:
    names = [f"s{number:02}" for number in range(NAMED_AT_MOST + 5)]
    for name in names:
        make(database, name)
    firing.fire([fire(name) for name in names])
    assert told(redis_client, prefix) == [{"action": "fired", "names": names[:NAMED_AT_MOST], "count": len(names)}]


def test_a_run_by_hand_is_pushed_and_told_once_however_often_it_is_asked_for(
    firing: Firing, database: Database, broker: RedisBroker, redis_client: Redis, prefix: str
) -> None:
    make(database)
    answers = [firing.run_by_hand("report", ADA, idempotency_key())[1] for _ in range(2)]
    assert pushed(broker) == [answers[0].id]
    assert told(redis_client, prefix) == [{"action": "fired", "names": ["report"], "count": 1}]


def test_without_redis_it_fires_all_the_same(cut_off: Firing, database: Database) -> None:
    make(database)
    cut_off.fire([fire("report")])
    cut_off.run_by_hand("report", ADA)
    assert database.run("SELECT count(*) FROM jobs WHERE status = 'queued'") == [(2,)]
