"""Values to filter by, as somebody types them: what is known at little cost, never a look through all jobs.

Tags are kept nowhere by themselves: those of the newest jobs are offered, and the most common ones of all by the statistics
of PostgreSQL. So are types that no worker published and no job ended with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from goqueue_common import job_search
from goqueue_common.database import Database
from goqueue_common.index_search import PAIRS
from goqueue_common.job_filter import Count, JobFilter
from goqueue_common.lifecycle import JobStatus
from goqueue_common.stats_store import JOB_COUNTS

COUNT_CAP: Final = 1_001
_NEWEST: Final = "(SELECT * FROM jobs ORDER BY id DESC LIMIT 2000) AS newest"


def _each(column: str) -> str:
    """The distinct values of the first column of an index of job_search: from one to the next greater one."""
    return f"""(
        WITH RECURSIVE each AS (
            (SELECT {column} AS value FROM job_search WHERE {column} IS NOT NULL ORDER BY {column} LIMIT 1)
            UNION ALL
            SELECT (SELECT {column} FROM job_search WHERE {column} > each.value ORDER BY {column} LIMIT 1)
            FROM each WHERE each.value IS NOT NULL
        )
        SELECT value::text FROM (SELECT value FROM each LIMIT 1000) AS few WHERE value IS NOT NULL
    )"""


_TYPES: Final = f"(SELECT type FROM ({PAIRS} LIMIT 5000) AS pairs)"

_VALUES: Final[Mapping[str, str]] = {
    "queue": "SELECT name AS value FROM queues",
    "type": f"SELECT type AS value FROM job_types UNION {_TYPES} UNION SELECT type FROM {_NEWEST}",
    "tag": f"""
        SELECT unnest(tags) AS value FROM {_NEWEST} UNION
        SELECT unnest(most_common_elems::text::text[]) FROM pg_stats
        WHERE schemaname = current_schema() AND tablename = 'job_search' AND attname = 'tags'
    """,
    "worker": f"SELECT id::text AS value FROM workers UNION {_each('worker_id')}",
    "schedule": f"SELECT schedule AS value FROM {_NEWEST} WHERE schedule IS NOT NULL UNION {_each('schedule')}",
    "status": "SELECT unnest(%(statuses)s::text[]) AS value",
}
FIELDS: Final = tuple(_VALUES)
"""What may be asked for; each is a filter of the same name, for one value."""

_SUMMED: Final = frozenset({"queue", "type", "status"})
"""Fields of which the sums say how many jobs there are, at no cost."""

_FILTERS: Final[Mapping[str, str]] = {
    "queue": "queues",
    "type": "types",
    "tag": "tags",
    "worker": "workers",
    "schedule": "schedules",
    "status": "statuses",
}


def suggest(database: Database, field: str, prefix: str, limit: int) -> list[tuple[str, Count]]:
    """Up to `limit` values of one of FIELDS that begin with `prefix`, in order, each with its jobs, up to COUNT_CAP.

    Raises StoreUnavailable, QueryTimeout.
    """
    rows = database.run_again(
        f"SELECT value FROM ({_VALUES[field]}) AS known WHERE starts_with(value, %(prefix)s) "
        "ORDER BY value LIMIT %(limit)s",
        {"prefix": prefix, "limit": limit, "statuses": [str(status) for status in JobStatus]},
    )
    values = [value for (value,) in rows]
    if field in _SUMMED:
        totals: dict[str, int] = dict(database.run_again(_totals(field), {"values": values}))
        return [(value, _capped(totals.get(value, 0))) for value in values]
    return [(value, job_search.count(database, _filter(field, value), COUNT_CAP)) for value in values]


def _totals(column: str) -> str:
    return (
        f"WITH {JOB_COUNTS} SELECT {column}, sum(jobs)::bigint FROM job_counted "
        f"WHERE {column} = ANY(%(values)s::text[]) GROUP BY {column}"
    )


def _capped(total: int) -> Count:
    return Count(min(total, COUNT_CAP - 1), total >= COUNT_CAP)


def _filter(field: str, value: str) -> JobFilter:
    values: dict[str, Any] = {_FILTERS[field]: [value]}
    return JobFilter(**values)
