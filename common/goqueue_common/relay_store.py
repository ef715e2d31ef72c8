"""What the relay reads: jobs that should be in a list of Redis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.job import JobRef

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


class QueuedRow(NamedTuple):
    """Where and since when a queued job waits; for the relay."""

    queue: str
    priority: int
    queued_at: datetime


class RelayStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
