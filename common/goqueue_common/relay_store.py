"""What the relay reads: jobs that should be in a list of Redis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from goqueue_common.database import Database

# LATERAL and LIMIT: the planner makes a join of EXISTS and reads every queued row for it.
_WAITING_LISTS: Final = """
SELECT q.name, p.priority FROM queues q CROSS JOIN (VALUES (0), (1), (2)) AS p(priority)
CROSS JOIN LATERAL (
    SELECT FROM jobs j WHERE j.status = 'queued' AND j.queue = q.name AND j.priority = p.priority
      AND j.queued_at <= now() - %(grace)s * interval '1 second'
    ORDER BY j.queued_at LIMIT 1
) AS oldest
"""

# The bounds are there twice: a scan of the index begins and ends at plain columns, not at rows that are compared.
_MISSING: Final = """
SELECT j.queued_at, j.id::text FROM jobs j
WHERE j.status = 'queued' AND j.queue = %(queue)s AND j.priority = %(priority)s
  AND j.queued_at <= least(now() - %(grace)s * interval '1 second', %(before_at)s::timestamptz)
  AND (%(before_at)s::timestamptz IS NULL OR (j.queued_at, j.id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
  AND (%(after_at)s::timestamptz IS NULL OR j.queued_at >= %(after_at)s::timestamptz
    AND (j.queued_at, j.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
  AND (j.expires_at IS NULL OR j.expires_at > now())
ORDER BY j.queued_at, j.id LIMIT %(limit)s
"""

_PLACES: Final = """
SELECT queued_at, id::text FROM jobs
WHERE id = ANY(%(ids)s::uuid[]) AND queue = %(queue)s AND priority = %(priority)s AND status || '' = 'queued'
"""


class Place(NamedTuple):
    """A queued job's place in the order of dispatch of its list; places compare."""

    queued_at: datetime
    id: str


class RelayStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting_lists(self, grace_seconds: float) -> list[tuple[str, int]]:
        """(queue, priority) of every list that should hold a job queued longer than `grace_seconds` ago."""
        return [(row[0], row[1]) for row in self._database.run(_WAITING_LISTS, {"grace": grace_seconds})]

    def places(self, queue: str, priority: int, job_ids: Sequence[str]) -> dict[str, Place]:
        """By id, those of these jobs that are still queued in this list."""
        rows = self._database.run(_PLACES, {"ids": list(job_ids), "queue": queue, "priority": priority})
        return {place.id: place for place in map(Place._make, rows)}

    def missing(
        self,
        queue: str,
        priority: int,
        *,
        grace_seconds: float,
        limit: int,
        after: Place | None = None,
        before: Place | None = None,
    ) -> list[Place]:
        """Jobs queued longer than `grace_seconds` ago, oldest first, those after and before a place if given."""
        after_at, after_id = after or (None, None)
        before_at, before_id = before or (None, None)
        rows = self._database.run(
            _MISSING,
            {
                "queue": queue,
                "priority": priority,
                "grace": grace_seconds,
                "limit": limit,
                "after_at": after_at,
                "after_id": after_id,
                "before_at": before_at,
                "before_id": before_id,
            },
        )
        return [Place._make(row) for row in rows]
