from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.database import Database
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import register_worker

LEASE = 30.0
SCHEMA = {"type": "object", "properties": {"to": {"type": "string"}}}
SEND = JobType(
    type="email.send",
    fingerprint="f1",
    schema=SCHEMA,
    max_retries=5,
    timeout_seconds=30.0,
    isolation="thread",
    description="Sends an e-mail.",
)


@pytest.fixture
def workers(database: Database) -> WorkerStore:
    return WorkerStore(database)


def state(database: Database, worker_id: str) -> tuple[Any, ...]:
    return database.run("SELECT state, ended_at IS NOT NULL FROM workers WHERE id = %(id)s", {"id": worker_id})[0]


def beat_at(database: Database, worker_id: str) -> datetime:
    found: datetime = database.run("SELECT beat_at FROM workers WHERE id = %(id)s", {"id": worker_id})[0][0]
    return found


def test_a_registered_worker_is_alive_and_keeps_what_it_said(database: Database) -> None:
    worker_id = register_worker(database, queues=["a", "b"], types={"email.send": "f1"}, slots=16)
    assert state(database, worker_id) == ("alive", False)
    rows = database.run("SELECT queues, types, slots FROM workers WHERE id = %(id)s", {"id": worker_id})
    assert list(rows) == [(["a", "b"], {"email.send": "f1"}, 16)]


def test_a_beat_renews_the_leases_of_the_living(database: Database, workers: WorkerStore) -> None:
    ids = [register_worker(database) for _ in range(3)]
    before = [beat_at(database, worker_id) for worker_id in ids]
    assert workers.beat(ids[:2]).alive == set(ids[:2])
    renewed = [beat_at(database, worker_id) > at for worker_id, at in zip(ids, before, strict=True)]
    assert renewed == [True, True, False]


def test_a_beat_tells_how_much_memory_each_takes(database: Database, workers: WorkerStore) -> None:
    ids = [register_worker(database) for _ in range(2)]
    workers.beat(ids, {ids[0]: 2**33})
    rows = database.run("SELECT id::text, memory_bytes FROM workers")
    assert dict(row for row in rows if row[0] in ids) == {ids[0]: 2**33, ids[1]: None}


@pytest.mark.parametrize("ending", ["stop", "declare_lost"])
def test_a_beat_brings_no_worker_back(database: Database, workers: WorkerStore, worker_id: str, ending: str) -> None:
    getattr(workers, ending)(worker_id)
    before = (state(database, worker_id), beat_at(database, worker_id))
    assert workers.beat([worker_id]).alive == set()
    assert (state(database, worker_id), beat_at(database, worker_id)) == before


def test_a_beat_never_makes_a_row(database: Database, workers: WorkerStore) -> None:
    assert workers.beat([str(uuid4())]).alive == set()
    assert list(database.run("SELECT FROM workers")) == []


@pytest.mark.parametrize(
    ("endings", "expected"),
    [
        (["stop"], "stopped"),
        (["declare_lost"], "lost"),
        (["declare_lost", "stop"], "lost"),
        (["stop", "declare_lost"], "stopped"),
    ],
)
def test_the_first_ending_of_a_worker_is_its_last(
    database: Database, workers: WorkerStore, worker_id: str, endings: list[str], expected: str
) -> None:
    for ending in endings:
        getattr(workers, ending)(worker_id)
    assert state(database, worker_id) == (expected, True)


def test_a_published_type_is_read_back_with_the_number_of_its_live_workers(
    database: Database, workers: WorkerStore
) -> None:
    workers.publish([SEND])
    assert workers.job_types() == [replace(SEND, live_workers=0)]
    for types in ({"email.send": "f1"}, {"email.send": "f1", "other": "f"}, {"email.send": "f2"}, {"other": "f1"}):
        register_worker(database, types=types)
    workers.stop(register_worker(database, types={"email.send": "f1"}))
    silent = register_worker(database, types={"email.send": "f1"})
    database.run("UPDATE workers SET beat_at = now() - interval '31 s' WHERE id = %(id)s", {"id": silent})
    assert workers.job_types() == [replace(SEND, live_workers=2)]


def test_versions_of_a_type_stand_together_the_latest_published_first(workers: WorkerStore) -> None:
    second = replace(SEND, fingerprint="f2", schema=None, timeout_seconds=None)
    other = replace(SEND, type="a.type")
    for types in ([SEND, other], [second], [SEND]):
        workers.publish(types)
    assert workers.job_types() == [replace(item, live_workers=0) for item in (other, SEND, second)]


def test_publishing_nothing_is_no_error(workers: WorkerStore) -> None:
    workers.publish([])
    assert workers.job_types() == []
