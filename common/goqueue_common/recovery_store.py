"""What maintenance reads and writes: due jobs, rows that Redis has lost, and the lease under which it is done.

Everything here is safe if two do it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.dispatch_store import ATTEMPT_LOG_WITH_ENTRY
from goqueue_common.job import JobRef, Settled
from goqueue_common.lifecycle import TRANSITIONS, JobEvent

_PROMOTE: Final = f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM jobs WHERE status IN ('scheduled', 'retrying') AND run_at <= now()
    ORDER BY run_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
), promoted AS (
    UPDATE jobs SET status = '{TRANSITIONS[JobEvent.PROMOTE].target}', queued_at = now(), updated_at = now()
    FROM picked WHERE jobs.id = picked.id RETURNING jobs.id, queue, priority, run_at
)
SELECT id::text, queue, priority FROM promoted ORDER BY run_at, id
"""  # noqa: S608 - a constant from the lifecycle

_RESCUE: Final = f"""
WITH died AS MATERIALIZED (
    SELECT j.id, j.cancel_requested_at IS NOT NULL AS cancelled, j.rescues >= %(max_rescues)s AS poisonous,
        jsonb_build_object('attempt', j.attempts, 'worker_id', j.worker_id, 'started_at', j.started_at,
            'finished_at', now(), 'outcome', 'died', 'error', %(error)s::text, 'traceback', NULL) AS entry
    FROM jobs j
    JOIN unnest(%(ids)s::uuid[], %(attempts)s::int[]) AS held(id, attempt) ON j.id = held.id AND j.attempts = held.attempt
    WHERE j.worker_id = %(worker_id)s AND j.status || '' = 'processing'
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
)
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' WHEN poisonous THEN '{TRANSITIONS[JobEvent.POISON].target}'
        ELSE '{TRANSITIONS[JobEvent.RESCUE].target}' END,
    rescues = rescues + 1,
    worker_id = NULL,
    finished_at = CASE WHEN cancelled OR poisonous THEN now() END,
    failure_reason = CASE WHEN poisonous AND NOT cancelled THEN 'poison' END,
    error = %(error)s,
    attempt_log = {ATTEMPT_LOG_WITH_ENTRY},
    updated_at = now()
FROM died WHERE j.id = died.id
RETURNING j.id::text, j.attempts, j.status, j.queue, j.priority
"""  # noqa: S608 - constants from the lifecycle

_RELEASE_ALL: Final = f"""
WITH left_over AS MATERIALIZED (
    SELECT id, cancel_requested_at IS NOT NULL AS cancelled FROM jobs
    WHERE worker_id = %(worker_id)s AND status = 'processing' ORDER BY id FOR NO KEY UPDATE
)
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' ELSE '{TRANSITIONS[JobEvent.RELEASE].target}' END,
    finished_at = CASE WHEN cancelled THEN now() END,
    worker_id = NULL,
    updated_at = now()
FROM left_over WHERE j.id = left_over.id
RETURNING j.id::text, j.attempts, j.status, j.queue, j.priority
"""  # noqa: S608 - a constant from the lifecycle

_WAITING_LISTS: Final = """
SELECT q.name, p.priority FROM queues q CROSS JOIN (VALUES (0), (1), (2)) AS p(priority)
WHERE EXISTS (
    SELECT FROM jobs j WHERE j.status = 'queued' AND j.queue = q.name AND j.priority = p.priority
      AND j.queued_at < now() - %(grace)s * interval '1 second'
)
"""

_MISSING: Final = """
SELECT id::text FROM jobs
WHERE status = 'queued' AND queue = %(queue)s AND priority = %(priority)s
  AND queued_at < now() - %(grace)s * interval '1 second' AND (expires_at IS NULL OR expires_at > now())
  AND (%(before_at)s::timestamptz IS NULL OR (queued_at, id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
ORDER BY queued_at, id LIMIT %(limit)s
"""

_TAKE_LEASE: Final = """
INSERT INTO maintenance_leases AS l (duty, holder, expires_at)
VALUES (%(duty)s, %(holder)s, now() + %(seconds)s * interval '1 second')
ON CONFLICT (duty) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE l.holder = excluded.holder OR l.expires_at < now()
RETURNING 1
"""


class QueuedRow(NamedTuple):
    """Where and since when a queued job waits; for the relay."""

    queue: str
    priority: int
    queued_at: datetime


class RecoveryStore:
    """Statements of the maintenance duties. Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold_lease(self, duty: str, holder: str, seconds: float) -> bool:
        """Take or renew the lease of a duty by the database clock; False: somebody else does it."""
        return bool(self._database.run(_TAKE_LEASE, {"duty": duty, "holder": holder, "seconds": seconds}))

    def give_up_lease(self, duty: str, holder: str) -> None:
        """Let the next one begin at once."""
        self._database.run(
            "DELETE FROM maintenance_leases WHERE duty = %(duty)s AND holder = %(holder)s",
            {"duty": duty, "holder": holder},
        )

    def rescue(self, worker_id: str, attempts: Sequence[tuple[str, int]], *, max_rescues: int, error: str) -> list[Settled]:
        """Take (id, attempt) that had started from a worker known to be dead: back to the queue, or failed as poison.

        Their recorded outcomes must have been looked for before.
        """
        rows = self._database.run(
            _RESCUE,
            {
                "ids": [job_id for job_id, _ in attempts],
                "attempts": [attempt for _, attempt in attempts],
                "worker_id": worker_id,
                "max_rescues": max_rescues,
                "error": error,
            },
        )
        return [Settled._make(row) for row in rows]

    def release_all(self, worker_id: str) -> list[Settled]:
        """Give back, uncounted, every row that still names a worker known to be dead: those had never started."""
        return [Settled._make(row) for row in self._database.run(_RELEASE_ALL, {"worker_id": worker_id})]

    def promote(self, limit: int) -> list[JobRef]:
        """Queue jobs whose `run_at` has come, the most overdue first; the caller pushes them."""
        return [JobRef._make(row) for row in self._database.run(_PROMOTE, {"limit": limit})]

    def waiting_lists(self, grace_seconds: float) -> list[tuple[str, int]]:
        """(queue, priority) of every list that should hold a job queued longer than `grace_seconds` ago."""
        return [(row[0], row[1]) for row in self._database.run(_WAITING_LISTS, {"grace": grace_seconds})]

    def queued_row(self, job_id: str) -> QueuedRow | None:
        """The row, if it is still queued."""
        rows = self._database.run(
            "SELECT queue, priority, queued_at FROM jobs WHERE id = %(id)s AND status || '' = 'queued'",
            {"id": job_id},
        )
        return QueuedRow._make(rows[0]) if rows else None

    def missing(
        self,
        queue: str,
        priority: int,
        *,
        before: tuple[datetime, str] | None,
        grace_seconds: float,
        limit: int,
    ) -> list[JobRef]:
        """Jobs queued longer than `grace_seconds` ago, oldest first, those before (queued_at, id) if given."""
        before_at, before_id = before or (None, None)
        rows: Sequence[tuple[str]] = self._database.run(
            _MISSING,
            {
                "queue": queue,
                "priority": priority,
                "before_at": before_at,
                "before_id": before_id,
                "grace": grace_seconds,
                "limit": limit,
            },
        )
        return [JobRef(row[0], queue, priority) for row in rows]
