"""Jobs to be explained: those of api_jobs, and a million more that wait in one queue, with a fleet that is busy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

from bench.read_cases import Read
from goqueue_common.database import Database
from goqueue_common.worker_store import WorkerInfo, WorkerStore

BACKLOG: Final = 1_000_000
LIMIT_MS: Final = 20.0
_WORKERS: Final = 100
_SLOTS: Final = 8
_QUEUE: Final = "backlog"
_TYPE: Final = "order.pay"

_MAKE: Final = """
INSERT INTO jobs (id, queue, type, status, priority, payload, queued_at)
SELECT gen_random_uuid(), %(queue)s, %(type)s, 'queued', 1 + n %% 2, '{}', now() - n * interval '1 ms'
FROM generate_series(1, %(count)s) AS n
"""
_HOLD: Final = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at, started_at, attempts, worker_id)
SELECT gen_random_uuid(), %(queue)s, %(type)s, 'processing', '{}', now(), now(), 1, %(worker)s
FROM generate_series(1, %(slots)s)
"""
_AT: Final = """
SELECT id::text FROM jobs WHERE status = 'queued' AND queue = %(queue)s ORDER BY priority, queued_at, id
OFFSET %(place)s LIMIT 1
"""
_ANY: Final = "SELECT id::text FROM jobs WHERE status = %(status)s LIMIT 5"


@contextmanager
def backlog(database: Database, count: int) -> Iterator[dict[str, Read]]:
    """So many jobs in one queue, for the length of the block; what is asked about them and others."""
    named = {"queue": _QUEUE, "type": _TYPE}
    database.run("INSERT INTO queues (name) VALUES (%(queue)s) ON CONFLICT DO NOTHING", named)
    database.run(_MAKE, named | {"count": count})
    workers = [_worker() for _ in range(_WORKERS)]
    for worker in workers:
        WorkerStore(database).register(worker)
        database.run(_HOLD, named | {"worker": worker.id, "slots": _SLOTS})
    limit = named | {"running": 2 * _WORKERS * _SLOTS}
    database.run("INSERT INTO concurrency_limits (kind, name, max_running) VALUES ('type', %(type)s, %(running)s)", limit)
    try:
        yield _explanations(database, count)
    finally:
        database.run("DELETE FROM concurrency_limits WHERE kind = 'type' AND name = %(type)s", named)
        database.run("DELETE FROM jobs WHERE queue = %(queue)s", named)
        database.run("DELETE FROM workers WHERE id = ANY(%(ids)s::uuid[])", {"ids": [worker.id for worker in workers]})
        database.run("VACUUM jobs")


def _explanations(database: Database, count: int) -> dict[str, Read]:
    """Of jobs at all places of the backlog, and of each other status."""
    places = {"first": 0, "amid": count // 2, "last": count - 1}
    found = {
        f"explain, {name} of {count:,} queued": database.run(_AT, {"queue": _QUEUE, "place": place})
        for name, place in places.items()
    }
    found |= {
        f"explain, {status}": database.run(_ANY, {"status": status})
        for status in ("queued", "scheduled", "retrying", "processing", "failed", "completed")
    }
    return {
        name: Read(LIMIT_MS, [(f"/jobs/{job_id}/explain", {}) for (job_id,) in rows])
        for name, rows in found.items()
        if rows
    }


def _worker() -> WorkerInfo:
    types = {_TYPE: "f", "email.send": "f", "image.scale": "f"}
    return WorkerInfo(
        id=str(uuid4()), host="bench", pid=1, version="0", queues=None, types=types, slots=_SLOTS, lease_seconds=86_400.0
    )
