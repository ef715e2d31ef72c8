"""Claims under concurrency limits, exact over all workers.

A slot is a row in status `processing`. Whoever wants some locks the limits concerned, counts in a second statement, whose
snapshot has all that others claimed under these locks before, and claims at most what is free. A limit that has nothing
free is not even locked: that is how most looks at a busy one end. Without a limit none of this is used.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from goqueue_common.database import Database, run_on
from goqueue_common.dispatch_store import START_PICKED
from goqueue_common.job import ClaimedJob
from goqueue_common.lifecycle import JobEvent, sources
from goqueue_common.limit_store import LimitKind

LimitKey = tuple[str, str]
"""Kind and name of a limit."""

_NAMED: Final = "(kind, name) IN (SELECT * FROM unnest(%(kinds)s::text[], %(names)s::text[]))"

_COUNTED: Final = """, running AS MATERIALIZED (
    SELECT queue, type FROM jobs WHERE status = 'processing' AND EXISTS (SELECT FROM concerned)
)
SELECT kind, name, greatest(0, max_running -
    (SELECT count(*) FROM running r WHERE CASE c.kind WHEN 'queue' THEN r.queue ELSE r.type END = c.name))
FROM concerned c
"""

_SLOTS_FOR_JOBS: Final = f"""
WITH wanted AS MATERIALIZED (
    SELECT queue, type FROM jobs WHERE id = ANY(%(ids)s::uuid[])
), concerned AS MATERIALIZED (
    SELECT kind, name, max_running FROM concurrency_limits
    WHERE (kind = 'queue' AND name IN (SELECT queue FROM wanted)) OR (kind = 'type' AND name IN (SELECT type FROM wanted))
){_COUNTED}"""  # noqa: S608 - a constant

_SLOTS: Final = f"""
WITH concerned AS MATERIALIZED (
    SELECT kind, name, max_running FROM concurrency_limits WHERE {_NAMED}
){_COUNTED}"""  # noqa: S608 - a constant

_LOCK: Final = f"SELECT FROM concurrency_limits WHERE {_NAMED} ORDER BY kind, name FOR NO KEY UPDATE"

# In the order given, at most so many of each limited type, and of these at most so many of each limited queue.
_CLAIM: Final = f"""
WITH slots AS MATERIALIZED (
    SELECT * FROM unnest(%(kinds)s::text[], %(names)s::text[], %(free)s::bigint[]) AS s(kind, name, free)
), asked AS MATERIALIZED (
    SELECT id, queue, type, array_position(%(ids)s::uuid[], id) AS place FROM jobs
    WHERE id = ANY(%(ids)s::uuid[])
      AND status || '' = ANY(%(sources)s)
      AND (expires_at IS NULL OR expires_at > now())
      AND (%(queues)s::text[] IS NULL OR queue = ANY(%(queues)s::text[]))
      AND EXISTS (SELECT FROM workers WHERE id = %(worker_id)s AND state = 'alive')
), by_type AS MATERIALIZED (
    SELECT id, queue, place FROM (
        SELECT *, row_number() OVER (PARTITION BY type ORDER BY place) AS number FROM asked
    ) AS a LEFT JOIN slots s ON s.kind = 'type' AND s.name = a.type WHERE s.free IS NULL OR number <= s.free
), by_queue AS MATERIALIZED (
    SELECT id FROM (
        SELECT *, row_number() OVER (PARTITION BY queue ORDER BY place) AS number FROM by_type
    ) AS a LEFT JOIN slots s ON s.kind = 'queue' AND s.name = a.queue WHERE s.free IS NULL OR number <= s.free
), picked AS MATERIALIZED (
    SELECT id FROM jobs WHERE id = ANY(ARRAY(SELECT id FROM by_queue)) AND status || '' = ANY(%(sources)s)
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
)
{START_PICKED}"""  # noqa: S608 - a constant from the lifecycle

_STILL_WAITING: Final = """
SELECT id::text FROM jobs
WHERE id = ANY(%(ids)s::uuid[]) AND status || '' = ANY(%(sources)s) AND (expires_at IS NULL OR expires_at > now())
"""

# Like the claim without Redis; types that are full stand in nobody's way. Locked, so that others find other rows.
_OLDEST: Final = """
WITH list AS MATERIALIZED (
    SELECT l.queue, l.priority FROM unnest(%(queues)s::text[], %(priorities)s::smallint[]) WITH ORDINALITY
        AS l(queue, priority, place)
    CROSS JOIN LATERAL (
        SELECT 1 FROM jobs j WHERE j.status = 'queued' AND j.queue = l.queue AND j.priority = l.priority
          AND (j.expires_at IS NULL OR j.expires_at > now()) AND j.type <> ALL(%(full)s::text[])
        ORDER BY j.queued_at, j.id LIMIT 1
    ) AS oldest
    ORDER BY place LIMIT 1
)
SELECT j.id::text FROM list CROSS JOIN LATERAL (
    SELECT id, queued_at FROM jobs
    WHERE status = 'queued' AND queue = list.queue AND priority = list.priority
      AND (expires_at IS NULL OR expires_at > now()) AND type <> ALL(%(full)s::text[])
    ORDER BY queued_at, id LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
) AS j ORDER BY j.queued_at, j.id
"""


@dataclass(frozen=True, slots=True)
class LimitedClaim:
    """jobs: claimed. over: ids that wait for a free slot, in the order given. full: limits with no free slot after it."""

    jobs: list[ClaimedJob]
    over: list[str]
    full: frozenset[LimitKey]


class LimitedDispatchStore:
    """Every method raises StoreUnavailable; what its transaction had claimed is then claimed, or not, like with claim."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def free_slots(self, limits: Collection[LimitKey]) -> dict[LimitKey, int]:
        """How many slots each of these has free now; those that are no limit any more are not among the answers."""
        return {(kind, name): free for kind, name, free in self._database.run(_SLOTS, _keys(limits))}

    def claim(self, worker_id: str, job_ids: Sequence[str], queues: Sequence[str] | None) -> LimitedClaim:
        """Like DispatchStore.claim, the first given first, as far as limits allow."""
        ids = list(dict.fromkeys(job_ids))
        with self._database.transaction() as connection:
            jobs, full = _claim(connection, worker_id, ids, queues)
        claimed = {job.id for job in jobs}
        return LimitedClaim(jobs, self._still_waiting([i for i in ids if i not in claimed]) if full else [], full)

    def claim_waiting(
        self, worker_id: str, lists: Sequence[tuple[str, int]], limit: int, full_types: Collection[str]
    ) -> LimitedClaim:
        """Like DispatchStore.claim_waiting, as far as limits allow; of the types known to be full no job is looked at."""
        oldest = {
            "queues": [queue for queue, _ in lists],
            "priorities": [int(priority) for _, priority in lists],
            "full": list(full_types),
            "limit": limit,
        }
        with self._database.transaction() as connection:
            ids = [str(row[0]) for row in run_on(connection, _OLDEST, oldest)]
            jobs, full = _claim(connection, worker_id, ids, None)
        return LimitedClaim(jobs, [], full)

    def _still_waiting(self, ids: list[str]) -> list[str]:
        waiting = {row[0] for row in self._database.run(_STILL_WAITING, {"ids": ids, "sources": sources(JobEvent.CLAIM)})}
        return [job_id for job_id in ids if job_id in waiting]


def _claim(
    connection: Connection, worker_id: str, ids: list[str], queues: Sequence[str] | None
) -> tuple[list[ClaimedJob], frozenset[LimitKey]]:
    """What was claimed, in the order of `ids`, and which limits are full now."""
    if not ids:
        return [], frozenset()
    slots = _locked_slots(connection, ids)
    claim = {
        "ids": ids,
        "queues": None if queues is None else list(queues),
        "worker_id": worker_id,
        "sources": sources(JobEvent.CLAIM),
        "free": list(slots.values()),
        **_keys(slots),
    }
    claimed = {row[0]: ClaimedJob._make(row) for row in run_on(connection, _CLAIM, claim)}
    jobs = [claimed[job_id] for job_id in ids if job_id in claimed]
    for job in jobs:
        for key in ((LimitKind.QUEUE, job.queue), (LimitKind.TYPE, job.type)):
            if key in slots:
                slots[key] -= 1
    return jobs, frozenset(key for key, free in slots.items() if free <= 0)


def _locked_slots(connection: Connection, ids: list[str]) -> dict[LimitKey, int]:
    """Free slots of every limit that concerns these jobs, none of which anybody else can take until the commit."""
    seen = _slots(connection, ids)
    promising = [key for key, free in seen.items() if free > 0]
    if not promising:
        return seen
    run_on(connection, _LOCK, _keys(promising))
    now = _slots(connection, ids)  # a statement of its own: it sees what was committed while the lock was waited for
    # What was not locked counts as full: a slot of it that is free only now, or a limit that is new.
    return {key: free if key in promising else 0 for key, free in now.items()}


def _slots(connection: Connection, ids: list[str]) -> dict[LimitKey, int]:
    return {(kind, name): free for kind, name, free in run_on(connection, _SLOTS_FOR_JOBS, {"ids": ids})}


def _keys(limits: Collection[LimitKey]) -> dict[str, list[str]]:
    return {"kinds": [kind for kind, _ in limits], "names": [name for _, name in limits]}
