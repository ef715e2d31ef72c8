"""Lists of jobs: keyset pages, newest first; documents as previews, never in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import UUID as PGUUID

from goqueue_common.database import Database
from goqueue_common.job import JobSummary, Priority
from goqueue_common.tables import JobRow

PREVIEW_CHARACTERS: Final = 200
_JOBS = JobRow.__table__.c
_FIELDS: Final = tuple(item.name for item in fields(JobSummary))
_COLUMNS: Final = [
    func.left(cast(_JOBS.payload, Text), PREVIEW_CHARACTERS) if name == "payload_preview" else _JOBS[name]
    for name in _FIELDS
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs; several values of one field mean any of them, empty means all. A job must have one of `tags`."""

    ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    queues: Sequence[str] = ()
    types: Sequence[str] = ()
    tags: Sequence[str] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs and the id after which the next page starts (None: this is the last)."""

    jobs: list[JobSummary]
    next_after: str | None


def search(database: Database, job_filter: JobFilter, *, before: UUID | None, limit: int) -> JobPage:
    """A page of jobs that match, newest first. Raises StoreUnavailable, QueryTimeout."""
    statement = _matching(select(*_COLUMNS), job_filter).order_by(_JOBS.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(_JOBS.id < before)
    jobs = [_summary(row) for row in database.select(statement)]
    return JobPage(jobs[:limit], jobs[limit - 1].id if len(jobs) > limit else None)


def matching_ids(database: Database, job_filter: JobFilter, *, after: UUID | None, limit: int) -> list[str]:
    """Ids of jobs that match, ascending, those greater than `after` if given. Raises StoreUnavailable, QueryTimeout."""
    statement = _matching(select(cast(_JOBS.id, Text)), job_filter).order_by(_JOBS.id).limit(limit)
    if after is not None:
        statement = statement.where(_JOBS.id > after)
    return [row[0] for row in database.select(statement)]


def count_matching(database: Database, job_filter: JobFilter, *, limit: int) -> list[tuple[str, str, int]]:
    """(queue, type, jobs) of up to `limit` jobs that match. Raises StoreUnavailable, QueryTimeout."""
    found = _matching(select(_JOBS.queue, _JOBS.type), job_filter).limit(limit).subquery()
    counted = select(found.c.queue, found.c.type, func.count()).group_by(found.c.queue, found.c.type)
    return [(row[0], row[1], row[2]) for row in database.select(counted)]


def _matching(statement: Select[Any], wanted: JobFilter) -> Select[Any]:
    for column, values in (
        (_JOBS.status, wanted.statuses),
        (_JOBS.queue, wanted.queues),
        (_JOBS.type, wanted.types),
    ):
        if values:
            statement = statement.where(column.in_(list(values)))
    if wanted.ids:
        statement = statement.where(_JOBS.id == any_(literal(list(wanted.ids), ARRAY(PGUUID(as_uuid=False)))))
    if wanted.tags:
        statement = statement.where(_JOBS.tags.overlap(list(wanted.tags)))
    if wanted.created_after is not None:
        statement = statement.where(_JOBS.created_at >= wanted.created_after)
    if wanted.created_before is not None:
        statement = statement.where(_JOBS.created_at < wanted.created_before)
    return statement


def _summary(row: Sequence[Any]) -> JobSummary:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in ("id", "worker_id", "rerun_of", "parent_id"):
        if values[name] is not None:
            values[name] = str(values[name])
    values["priority"] = Priority(values["priority"])
    return JobSummary(**values)
