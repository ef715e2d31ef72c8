"""Figures of the whole system, each a read of a few small tables however many jobs there are."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple

from goqueue_common import histogram
from goqueue_common.database import Database
from goqueue_common.lifecycle import JobStatus
from goqueue_common.overview import Activity, Overview, QueueSight, WorkerCounts
from goqueue_common.scheduler_store import SchedulerStore

RATE_MINUTES: Final = 5
"""Rates of queues are those of so many minutes, the present one among them."""
RECENT_MINUTES: Final = 2
"""What happens now is what happened in so many minutes, the present one among them."""
LOST_SHOWN: Final = "1 hour"
DUE_CAPPED_AT: Final = 10_000
"""Jobs whose time has come and that nobody has promoted yet are counted up to here."""

JOB_COUNTS: Final = """job_counted AS (
    SELECT queue, type, status, sum(jobs)::bigint AS jobs FROM (
        SELECT queue, type, status, jobs FROM job_counts
        UNION ALL SELECT queue, type, target, jobs FROM job_moves WHERE target IS NOT NULL
        UNION ALL SELECT coalesce(from_queue, queue), type, origin, -jobs FROM job_moves WHERE origin IS NOT NULL
    ) AS part GROUP BY queue, type, status HAVING sum(jobs) <> 0
)"""
"""A CTE with how many jobs there are by queue, type and status: what was folded, and what is still in the outbox.

Named once in a statement, it is read by the index of what that asks for.
"""

OLDEST: Final = """SELECT extract(epoch FROM now() - min(oldest.queued_at))::float8
    FROM unnest('{0,1,2}'::smallint[]) AS p(priority) CROSS JOIN LATERAL (
        SELECT queued_at FROM jobs j WHERE j.status = 'queued' AND j.queue = q.name AND j.priority = p.priority
        ORDER BY queued_at, id LIMIT 1
    ) AS oldest"""
"""How many seconds the oldest queued job of the queue `q.name` has waited: a scalar subquery of three looks at an index."""

_COUNTS: Final = f"WITH {JOB_COUNTS} SELECT queue, type, status, jobs FROM job_counted ORDER BY queue, type, status"  # noqa: S608
_DEPTHS: Final = f"WITH {JOB_COUNTS} SELECT queue, status, sum(jobs)::bigint FROM job_counted GROUP BY queue, status"  # noqa: S608

_QUEUES: Final = f"SELECT q.name, q.paused_at IS NOT NULL, ({OLDEST}) FROM queues q"  # noqa: S608 - a constant


def rated(minutes: int) -> str:
    """SQL: rows of rollups of the last `minutes` minutes, the present one among them."""
    # What a clock that ran ahead has noted lies in the future, and would be counted until that has come.
    return f"minute BETWEEN date_trunc('minute', now()) - interval '{minutes - 1} minutes' AND now()"


def per_minute(total: str, minutes: int) -> str:
    """SQL: a total over `rated(minutes)` as a rate."""
    return f"round(({total}) / ({minutes - 1} + greatest(1, extract(second FROM now())) / 60), 3)::float8"


def summed_histogram(column: str) -> str:
    """SQL: an aggregate that adds up a column of histograms."""
    return f"ARRAY[{', '.join(f'sum({column}[{bucket + 1}])' for bucket in range(histogram.BUCKETS))}]::bigint[]"


RATES: Final = f"""
SELECT queue, {per_minute("sum(submitted)", RATE_MINUTES)} AS in_per_minute,
    {per_minute("sum(completed + failed + cancelled)", RATE_MINUTES)} AS out_per_minute
FROM rollups WHERE {rated(RATE_MINUTES)} AND (%(queue)s::text IS NULL OR queue = %(queue)s) GROUP BY queue
"""  # noqa: S608 - constants
"""How many jobs a minute come into each queue, and end in it; parameter queue: only this one, NULL: all."""

_EVENTS: Final = ("submitted", "completed", "failed", "retried", "cancelled")
_ACTIVITY: Final = f"""
SELECT {", ".join(per_minute(f"coalesce(sum({name}), 0)", RECENT_MINUTES) for name in _EVENTS)},
    {summed_histogram("wait")}, {summed_histogram("run")}
FROM rollups WHERE {rated(RECENT_MINUTES)}
"""  # noqa: S608 - constants

_WORKERS: Final = f"""
WITH seen AS (
    SELECT slots, CASE
        WHEN state = 'lost' OR beat_at < now() - lease_seconds * interval '1 second' THEN 'lost'
        WHEN drain_requested_at IS NULL THEN 'alive' ELSE 'draining' END AS shown
    FROM workers WHERE state = 'alive' OR (state = 'lost' AND ended_at > now() - interval '{LOST_SHOWN}')
)
SELECT count(*) FILTER (WHERE shown = 'alive'), count(*) FILTER (WHERE shown = 'draining'),
    count(*) FILTER (WHERE shown = 'lost'), coalesce(sum(slots) FILTER (WHERE shown = 'alive'), 0)::bigint
FROM seen
"""  # noqa: S608 - a constant

_DUE: Final = f"""
SELECT now(), (SELECT count(*) FROM (
    SELECT FROM jobs WHERE status IN ('scheduled', 'retrying') AND run_at <= now() LIMIT {DUE_CAPPED_AT}
) AS due)
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
        self._schedulers = SchedulerStore(database)

    def counts(self) -> list[StatusCount]:
        """How many jobs there are, by queue, type and status."""
        return [StatusCount._make(row) for row in self._database.run_again(_COUNTS)]

    def oldest(self) -> dict[str, float]:
        """By queue, how many seconds its oldest queued job has waited; queues without one are left out."""
        return {name: age for name, _, age in self._database.run_again(_QUEUES) if age is not None}

    def rates(self, queue: str | None = None) -> list[QueueRate]:
        """Of the last RATE_MINUTES minutes; queues in which nothing happened are left out. queue: only of this one."""
        return [QueueRate._make(row) for row in self._database.run_again(RATES, {"queue": queue})]

    def overview(self) -> Overview:
        """Everything at one look; a second old at most."""
        depths: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(JobStatus, 0))
        for queue, status, count in self._database.run_again(_DEPTHS):
            depths[queue][status] = count
        jobs = {str(status): sum(depth[status] for depth in depths.values()) for status in JobStatus}
        rates = {rate.queue: rate for rate in self.rates()}
        queues = [
            QueueSight(
                name=name,
                queued=depths[name][JobStatus.QUEUED],
                processing=depths[name][JobStatus.PROCESSING],
                paused=paused,
                oldest_seconds=age,
                in_per_minute=rates[name].in_per_minute if name in rates else 0.0,
                out_per_minute=rates[name].out_per_minute if name in rates else 0.0,
            )
            for name, paused, age in self._database.run_again(_QUEUES)
        ]
        *happened, wait, run = self._database.run_again(_ACTIVITY)[0]
        now, overdue = self._database.run_again(_DUE)[0]
        return Overview(
            at=now,
            jobs=jobs,
            due=jobs[JobStatus.QUEUED] + jobs[JobStatus.PROCESSING] + overdue,
            queues=queues,
            activity=Activity(
                per_minute=dict(zip(_EVENTS, happened, strict=True)),
                wait=[count or 0 for count in wait],
                run=[count or 0 for count in run],
            ),
            workers=WorkerCounts(*self._database.run_again(_WORKERS)[0]),
            scheduler=self._schedulers.sight(),
        )
