"""Queues: which exist, how much waits in each, and which are paused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from goqueue_common.audit_store import Actor, record
from goqueue_common.database import Database, run_on
from goqueue_common.errors import QueueNotFound
from goqueue_common.lifecycle import JobStatus
from goqueue_common.overview import seconds_to_drain
from goqueue_common.stats_store import JOB_COUNTS, OLDEST, RATES

_DEPTHS: Final = f"""
WITH {JOB_COUNTS}, deep AS MATERIALIZED (
    SELECT queue, jsonb_object_agg(status, jobs) AS jobs FROM (
        SELECT queue, status, sum(jobs) AS jobs FROM job_counted
        WHERE %(queue)s::text IS NULL OR queue = %(queue)s GROUP BY queue, status
    ) AS depth GROUP BY queue
), rated AS MATERIALIZED ({RATES})
SELECT q.name, q.paused_at, q.paused_by,
    (SELECT max_running FROM concurrency_limits l WHERE l.kind = 'queue' AND l.name = q.name),
    d.jobs, ({OLDEST}), coalesce(r.in_per_minute, 0), coalesce(r.out_per_minute, 0)
FROM queues q LEFT JOIN deep d ON d.queue = q.name LEFT JOIN rated r ON r.queue = q.name
WHERE %(queue)s::text IS NULL OR q.name = %(queue)s ORDER BY q.name
"""  # noqa: S608 - constants

_TYPES: Final = f"""
WITH {JOB_COUNTS} SELECT type, jsonb_object_agg(status, jobs) FROM job_counted
WHERE queue = %(queue)s GROUP BY type ORDER BY type
"""  # noqa: S608 - a constant

_PAUSE: Final = """
INSERT INTO queues AS q (name, paused_at, paused_by) VALUES (%(name)s, now(), %(actor)s)
ON CONFLICT (name) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by
WHERE q.paused_at IS NULL RETURNING 1
"""

_RESUME: Final = """
UPDATE queues SET paused_at = NULL, paused_by = NULL WHERE name = %(name)s AND paused_at IS NOT NULL RETURNING 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """A queue, and how many jobs it has in each status.

    paused_at: since when no worker claims from it, None: they do. max_running: its concurrency limit, None: it has none.
    oldest_seconds: how long its oldest queued job has waited, None: nothing is queued.
    """

    name: str
    paused_at: datetime | None = None
    paused_by: str | None = None
    max_running: int | None = None
    jobs: Mapping[JobStatus, int]
    oldest_seconds: float | None = None
    in_per_minute: float = 0.0
    out_per_minute: float = 0.0

    @property
    def seconds_to_drain(self) -> float | None:
        """How long until nothing is queued if jobs come and end as they do now; None: never."""
        if self.paused_at is not None and self.jobs[JobStatus.QUEUED]:
            return None
        return seconds_to_drain(self.jobs[JobStatus.QUEUED], self.in_per_minute, self.out_per_minute)


class QueueStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> list[str]:
        """Every queue that a job was ever submitted to, sorted."""
        return [str(row[0]) for row in self._database.run_again("SELECT name FROM queues ORDER BY name")]

    def depths(self) -> list[QueueDepth]:
        """Every queue with what waits in it."""
        return self._depths(None)

    def depth(self, name: str) -> QueueDepth:
        """One queue with what waits in it. Raises QueueNotFound."""
        found = self._depths(name)
        if not found:
            raise QueueNotFound(_unknown(name))
        return found[0]

    def types(self, name: str) -> dict[str, dict[JobStatus, int]]:
        """By type, how many jobs of it the queue has in each status."""
        rows = self._database.run_again(_TYPES, {"queue": name})
        return {type_: {status: jobs.get(status, 0) for status in JobStatus} for type_, jobs in rows}

    def pause(self, name: str, actor: Actor) -> None:
        """Have workers claim nothing from it any more; a queue that has no job yet may be paused, too."""
        with self._database.transaction() as connection:
            changed = run_on(connection, _PAUSE, {"name": name, "actor": actor.name})
            record(partial(run_on, connection), actor, "queue.pause", {"queue": name}, len(changed))

    def resume(self, name: str, actor: Actor) -> None:
        """Have workers claim from it again. Raises QueueNotFound."""
        with self._database.transaction() as connection:
            if not run_on(connection, "SELECT 1 FROM queues WHERE name = %(name)s", {"name": name}):
                raise QueueNotFound(_unknown(name))
            changed = run_on(connection, _RESUME, {"name": name})
            record(partial(run_on, connection), actor, "queue.resume", {"queue": name}, len(changed))

    def _depths(self, name: str | None) -> list[QueueDepth]:
        return [_depth(*row) for row in self._database.run_again(_DEPTHS, {"queue": name})]


def _depth(
    name: str,
    paused_at: datetime | None,
    paused_by: str | None,
    max_running: int | None,
    jobs: Mapping[str, int] | None,
    oldest_seconds: float | None,
    in_per_minute: float,
    out_per_minute: float,
) -> QueueDepth:
    return QueueDepth(
        name=name,
        paused_at=paused_at,
        paused_by=paused_by,
        max_running=max_running,
        jobs={status: (jobs or {}).get(status, 0) for status in JobStatus},
        oldest_seconds=oldest_seconds,
        in_per_minute=in_per_minute,
        out_per_minute=out_per_minute,
    )


def _unknown(name: str) -> str:
    return f"there is no queue {name!r:.80}: its first job makes it, or pausing it"
