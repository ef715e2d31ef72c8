"""Figures of the whole system, each a read of a few small tables however many jobs there are."""

from __future__ import annotations

from typing import Final, NamedTuple

from goqueue_common.database import Database

RATE_MINUTES: Final = 5
"""Rates are of so many full minutes."""
RECENT_SECONDS: Final = 60.0
QUEUES_SHOWN: Final = 20

JOB_COUNTS: Final = """job_counted AS MATERIALIZED (
    SELECT queue, type, status, sum(jobs)::bigint AS jobs FROM (
        SELECT queue, type, status, jobs FROM job_counts
        UNION ALL SELECT queue, type, target, jobs FROM job_moves WHERE target IS NOT NULL
        UNION ALL SELECT coalesce(from_queue, queue), type, origin, -jobs FROM job_moves WHERE origin IS NOT NULL
    ) AS part GROUP BY queue, type, status HAVING sum(jobs) <> 0
)"""
"""A CTE with how many jobs there are by queue, type and status: what was folded, and what is still in the outbox."""

_COUNTS: Final = f"WITH {JOB_COUNTS} SELECT queue, type, status, jobs FROM job_counted ORDER BY queue, type, status"  # noqa: S608

OLDEST: Final = """SELECT extract(epoch FROM now() - min(oldest.queued_at))::float8
    FROM unnest('{0,1,2}'::smallint[]) AS p(priority) CROSS JOIN LATERAL (
        SELECT queued_at FROM jobs j WHERE j.status = 'queued' AND j.queue = q.name AND j.priority = p.priority
        ORDER BY queued_at, id LIMIT 1
    ) AS oldest"""
"""How many seconds the oldest queued job of the queue `q.name` has waited: a scalar subquery of three looks at an index."""

_OLDEST: Final = f"""
SELECT name, age FROM (SELECT q.name, ({OLDEST}) AS age FROM queues q) AS aged WHERE age IS NOT NULL
"""  # noqa: S608 - a constant

_RATES: Final = f"""
SELECT queue, sum(submitted)::float8 / {RATE_MINUTES}, sum(completed + failed + cancelled)::float8 / {RATE_MINUTES}
FROM rollups
WHERE minute >= date_trunc('minute', now()) - interval '{RATE_MINUTES} minutes' AND minute < date_trunc('minute', now())
  AND (%(queue)s::text IS NULL OR queue = %(queue)s)
GROUP BY queue
"""  # noqa: S608 - a constant number


class StatusCount(NamedTuple):
    """How many jobs of a queue and type are in a status; exact, and never zero."""

    queue: str
    type: str
    status: str
    jobs: int


class QueueRate(NamedTuple):
    """Jobs that came into a queue, and that ended in it, in a minute."""

    queue: str
    in_per_minute: float
    out_per_minute: float


class StatsStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self) -> list[StatusCount]:
        """How many jobs there are, by queue, type and status."""
        return [StatusCount._make(row) for row in self._database.run_again(_COUNTS)]

    def oldest(self) -> dict[str, float]:
        """By queue, how many seconds its oldest queued job has waited; queues without one are left out."""
        return dict(self._database.run_again(_OLDEST))

    def rates(self, queue: str | None = None) -> list[QueueRate]:
        """Of the last RATE_MINUTES full minutes; queues in which nothing happened are left out. queue: only of this one."""
        return [QueueRate._make(row) for row in self._database.run_again(_RATES, {"queue": queue})]
