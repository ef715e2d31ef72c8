"""Workers and their leases, and the job types they publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from goqueue_common.database import Database

_PUBLISH: Final = """
INSERT INTO job_types (type, fingerprint, schema, max_retries, timeout_seconds, isolation, description)
SELECT type, fingerprint, schema, max_retries, timeout_seconds, isolation, description
FROM jsonb_to_recordset(%(types)s::jsonb) AS t(type text, fingerprint text, schema jsonb, max_retries int,
    timeout_seconds double precision, isolation text, description text)
ORDER BY type, fingerprint
ON CONFLICT (type, fingerprint) DO UPDATE SET published_at = now()
"""

_REGISTER: Final = """
INSERT INTO workers (id, host, pid, version, queues, types, slots, lease_seconds)
VALUES (%(id)s, %(host)s, %(pid)s, %(version)s, %(queues)s, %(types)s, %(slots)s, %(lease)s)
"""

_BEAT: Final = """
WITH mine AS MATERIALIZED (
    SELECT id FROM workers WHERE id = ANY(%(ids)s::uuid[]) AND state = 'alive' ORDER BY id FOR NO KEY UPDATE
), beaten AS (
    UPDATE workers SET beat_at = now(), memory_bytes = said.memory_bytes
    FROM mine JOIN unnest(%(ids)s::uuid[], %(memory)s::bigint[]) AS said(id, memory_bytes) USING (id)
    WHERE workers.id = mine.id RETURNING workers.id::text
)
SELECT ARRAY(SELECT id FROM beaten), pg_postmaster_start_time(), now()
"""

_DECLARE_STALE: Final = """
WITH stale AS MATERIALIZED (
    SELECT id FROM workers
    WHERE state = 'alive' AND beat_at < now() - lease_seconds * interval '1 second' AND lease_seconds <= %(steady)s
      AND now() <= %(until)s
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE workers w SET state = 'lost', ended_at = now() FROM stale
WHERE w.id = stale.id AND w.state = 'alive' RETURNING w.id::text
"""

_TYPES: Final = """
SELECT t.type, t.fingerprint, t.schema, t.max_retries, t.timeout_seconds, t.isolation, t.description, t.published_at,
    (SELECT count(*) FROM workers w WHERE w.state = 'alive' AND w.beat_at > now() - w.lease_seconds * interval '1 second'
        AND w.types ->> t.type = t.fingerprint)
FROM job_types t ORDER BY t.type, t.published_at DESC
"""

_LIVE: Final = """
SELECT id::text, host, pid, version, queues, types, slots, lease_seconds
FROM workers WHERE state = 'alive' AND beat_at > now() - lease_seconds * interval '1 second' ORDER BY host, pid
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerInfo:
    """One worker process as it registers itself; queues None: it serves all; types: job type -> fingerprint.

    lease_seconds: after how long without a heartbeat others may declare it lost.
    """

    id: str
    host: str
    pid: int
    version: str
    queues: Sequence[str] | None
    types: Mapping[str, str]
    slots: int
    lease_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobType:
    """One version of a handler. schema: JSON Schema of its payload, None: any object; live_workers: as last read."""

    type: str
    fingerprint: str
    schema: dict[str, Any] | None
    max_retries: int
    timeout_seconds: float | None
    isolation: str
    description: str
    live_workers: int | None = None


class Beat(NamedTuple):
    """What a heartbeat has shown. alive: whose leases were renewed. server_started_at, at: by the database's clock."""

    alive: frozenset[str]
    server_started_at: datetime
    at: datetime


class WorkerStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, types: Sequence[JobType]) -> None:
        """Make these versions known to the API."""
        document = [
            {
                "type": item.type,
                "fingerprint": item.fingerprint,
                "schema": item.schema,
                "max_retries": item.max_retries,
                "timeout_seconds": item.timeout_seconds,
                "isolation": item.isolation,
                "description": item.description,
            }
            for item in types
        ]
        self._database.run_again(_PUBLISH, {"types": orjson.dumps(document).decode()})

    def register(self, worker: WorkerInfo) -> None:
        """Begin a lease under a fresh id."""
        self._database.run(
            _REGISTER,
            {
                "id": worker.id,
                "host": worker.host,
                "pid": worker.pid,
                "version": worker.version,
                "queues": None if worker.queues is None else list(worker.queues),
                "types": orjson.dumps(dict(worker.types)).decode(),
                "slots": worker.slots,
                "lease": worker.lease_seconds,
            },
        )

    def beat(self, worker_ids: Sequence[str], memory: Mapping[str, int] = MappingProxyType({})) -> Beat:
        """Renew leases; those not in the answer have been declared lost. Never an upsert: lost is final.

        memory: the bytes that their processes occupy, of those of which that is known.
        """
        said = {"ids": list(worker_ids), "memory": [memory.get(worker_id) for worker_id in worker_ids]}
        alive, server_started_at, at = self._database.run(_BEAT, said)[0]
        return Beat(frozenset(alive), server_started_at, at)

    def stop(self, worker_id: str) -> None:
        """End a lease in order; a worker already declared lost stays so."""
        self._end(worker_id, "stopped")

    def declare_lost(self, worker_id: str) -> None:
        """End the lease of a worker whose process is known to be dead."""
        self._end(worker_id, "lost")

    def declare_stale_lost(self, steady_seconds: float, until: datetime) -> list[str]:
        """End the leases that have run out; the ids of their workers.

        steady_seconds: how long the caller has beaten without a gap. A lease longer than that is not judged: its worker
        may have been kept from beating by the same outage as the caller. until: nobody is judged when the database's
        clock has passed this, or a clock that was set forward would make everybody lost.
        """
        return [row[0] for row in self._database.run(_DECLARE_STALE, {"steady": steady_seconds, "until": until})]

    def _end(self, worker_id: str, state: str) -> None:
        self._database.run_again(
            "UPDATE workers SET state = %(state)s, ended_at = now() WHERE id = %(id)s AND state = 'alive'",
            {"id": worker_id, "state": state},
        )

    def live(self) -> list[WorkerInfo]:
        """Workers whose last heartbeat is younger than their lease."""
        return [
            WorkerInfo(
                id=row[0],
                host=row[1],
                pid=row[2],
                version=row[3],
                queues=row[4],
                types=row[5],
                slots=row[6],
                lease_seconds=row[7],
            )
            for row in self._database.run_again(_LIVE)
        ]

    def job_types(self) -> list[JobType]:
        """Every version ever published, by type, the latest published first, with how many live workers have it."""
        return [
            JobType(
                type=row[0],
                fingerprint=row[1],
                schema=row[2],
                max_retries=row[3],
                timeout_seconds=row[4],
                isolation=row[5],
                description=row[6],
                live_workers=row[8],
            )
            for row in self._database.run_again(_TYPES)
        ]
