"""Figures of the jobs created in a period: by status, type, queue and time, and their most frequent errors.

Ids are uuid7, made when a job is submitted, so every statement here restricts the primary key too: a report of one day
reads the rows of about one day, however large the table is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from goqueue_common.database import Database

MAX_ERRORS: Final = 10
"""So many different errors are counted, the most frequent ones."""
ERROR_CHARACTERS: Final = 200
"""Errors that begin with the same characters are one."""
_CLOCK_SLACK_MS: Final = 3_600_000
"""How far the clock of an API, which makes the ids, may be from PostgreSQL's, which says when a job was created."""

_PERIOD: Final = """
    id >= %(first_id)s::uuid AND id < %(end_id)s::uuid AND created_at >= %(since)s AND created_at < %(until)s
    AND (%(queues)s::text[] IS NULL OR queue = ANY(%(queues)s::text[]))
    AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s::text[]))
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs stand where now; `failures` and `rescues` are the sums of what those jobs went through."""

    scheduled: int = 0
    queued: int = 0
    processing: int = 0
    retrying: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    failures: int = 0
    rescues: int = 0

    @property
    def unfinished(self) -> int:
        """Jobs that wait or run."""
        return self.scheduled + self.queued + self.processing + self.retrying

    @property
    def finished(self) -> int:
        """Jobs that nothing will happen to by itself."""
        return self.completed + self.failed + self.cancelled

    @property
    def created(self) -> int:
        """All of them."""
        return self.unfinished + self.finished

    @classmethod
    def added(cls, several: Iterable[Counts]) -> Counts:
        """Each number added up."""
        return cls(*map(sum, zip(*(astuple(counts) for counts in several), strict=True)))


_SUMS: Final = ("failures", "rescues")
_STATUSES: Final = tuple(field.name for field in fields(Counts) if field.name not in _SUMS)

_COUNTS: Final = f"""
SELECT type, queue, bucket, {", ".join(f"count(*) FILTER (WHERE status = '{status}')" for status in _STATUSES)},
    sum(failures), sum(rescues)
FROM (
    SELECT type, queue, width_bucket(created_at, %(edges)s::timestamptz[]) - 1 AS bucket, status, failures, rescues
    FROM jobs WHERE {_PERIOD}
) AS job
GROUP BY GROUPING SETS ((type), (queue), (bucket))
"""  # noqa: S608 - constants

# A row keeps the times of its last attempt. One that became due again since then has not waited for that attempt.
_TIMES: Final = f"""
SELECT type, avg(run), percentile_cont(0.5) WITHIN GROUP (ORDER BY run), percentile_cont(0.95) WITHIN GROUP (ORDER BY run),
    avg(wait), percentile_cont(0.95) WITHIN GROUP (ORDER BY wait)
FROM (
    SELECT type,
        CASE WHEN status = 'completed' THEN extract(epoch FROM finished_at - started_at)::double precision END AS run,
        CASE WHEN started_at >= queued_at THEN extract(epoch FROM started_at - queued_at)::double precision END AS wait
    FROM jobs WHERE {_PERIOD}
) AS job
GROUP BY type
"""  # noqa: S608 - constants

_ERRORS: Final = f"""
SELECT left(error, {ERROR_CHARACTERS}), count(*) FROM jobs WHERE {_PERIOD} AND error IS NOT NULL AND status <> 'cancelled'
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MAX_ERRORS}
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Selection:
    """Which jobs: those created from `edges[0]` on and before `edges[-1]`, in these queues, of these types (empty: all).

    edges: at least two aware instants, ascending; between each two lies one interval of the series.
    """

    edges: Sequence[datetime]
    queues: Sequence[str] = ()
    types: Sequence[str] = ()

    @property
    def since(self) -> datetime:
        """The first instant of the period."""
        return self.edges[0]

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return self.edges[-1]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; None: no job to measure. run: of completed jobs, their last attempt. wait: from due to taken, the last time;
    for a job taken back from a dead process, from when it was due before that.
    """

    run_average: float | None = None
    run_p50: float | None = None
    run_p95: float | None = None
    wait_average: float | None = None
    wait_p95: float | None = None


@dataclass(frozen=True, slots=True)
class TypeFigures:
    """The jobs of one type."""

    type: str
    counts: Counts
    times: Times


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The jobs of one queue."""

    queue: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Interval:
    """The jobs created from `since` on and before `until`, as they stand now."""

    since: datetime
    until: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """An error, its first characters, and how many jobs ended, or wait to be tried again, with it."""

    error: str
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What became of the jobs of a selection. types, queues, errors: the most frequent first; series: every interval."""

    totals: Counts
    types: list[TypeFigures]
    queues: list[QueueFigures]
    series: list[Interval]
    errors: list[ErrorCount]


class ReportStore:
    """Reads whole periods: give it a database of its own, whose statements may take a minute."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def statistics(self, selection: Selection) -> Statistics:
        """The figures of a selection, by three statements: what changes in between is in some of them only.

        Raises StoreUnavailable, QueryTimeout.
        """
        parameters = _parameters(selection)
        by_type: dict[str, Counts] = {}
        by_queue: dict[str, Counts] = {}
        by_bucket: dict[int, Counts] = {}
        for type_, queue, bucket, *numbers in self._database.run_again(_COUNTS, parameters):
            counts = Counts(*map(int, numbers))
            if type_ is not None:
                by_type[type_] = counts
            elif queue is not None:
                by_queue[queue] = counts
            else:
                by_bucket[bucket] = counts
        times = {type_: Times(*rest) for type_, *rest in self._database.run_again(_TIMES, parameters)}
        errors = [ErrorCount(*row) for row in self._database.run_again(_ERRORS, parameters)]
        return Statistics(
            totals=Counts.added([Counts(), *by_type.values()]),
            types=[TypeFigures(name, counts, times.get(name, Times())) for name, counts in _most_first(by_type)],
            queues=[QueueFigures(name, counts) for name, counts in _most_first(by_queue)],
            series=[
                Interval(since, until, by_bucket.get(bucket, Counts()))
                for bucket, (since, until) in enumerate(pairwise(selection.edges))
            ],
            errors=errors,
        )


def _parameters(selection: Selection) -> dict[str, Any]:
    return {
        "edges": list(selection.edges),
        "since": selection.since,
        "until": selection.until,
        "first_id": str(_lowest_id(selection.since, -_CLOCK_SLACK_MS)),
        "end_id": str(_lowest_id(selection.until, _CLOCK_SLACK_MS)),
        "queues": list(selection.queues) or None,
        "types": list(selection.types) or None,
    }


def _lowest_id(instant: datetime, slack_ms: int) -> UUID:
    """No uuid7 made at or after the instant is lower: its first 48 bits are the milliseconds since 1970."""
    return UUID(int=max(int(instant.timestamp() * 1000) + slack_ms, 0) << 80)


def _most_first(by_name: dict[str, Counts]) -> list[tuple[str, Counts]]:
    return sorted(by_name.items(), key=lambda item: (-item[1].created, item[0]))
