"""The states of jobs that people look at, all read by one statement by primary key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.job_log_store import LATE_SECONDS

_SHOWN: Final = (
    "id",
    "queue",
    "type",
    "status",
    "attempts",
    "max_retries",
    "error",
    "failure_reason",
    "run_at",
    "started_at",
    "finished_at",
    "cancel_requested_at",
    "worker_id",
)
_READ: Final = f"""
SELECT {", ".join(f"j.{name}" for name in _SHOWN)},
    CASE WHEN p.job_id IS NOT NULL THEN jsonb_build_object('fraction', p.fraction, 'message', p.message) END,
    coalesce(j.finished_at < now() - {LATE_SECONDS} * interval '1 second', false)
FROM unnest(%(ids)s::uuid[]) AS wanted(id) JOIN jobs j ON j.id = wanted.id
LEFT JOIN job_progress p ON p.job_id = j.id AND p.attempt = j.attempts
"""  # noqa: S608 - our own column names


class JobState(NamedTuple):
    """document: what is shown. is_settled: it ended long enough ago for the last lines of its log to have been stored."""

    id: str
    document: dict[str, Any]
    is_settled: bool


class JobStateStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, job_ids: Sequence[str]) -> list[JobState]:
        """Of those that there are."""
        rows = self._database.run_again(_READ, {"ids": list(job_ids)})
        return [JobState(str(row[0]), _document(row), bool(row[-1])) for row in rows]


def _document(row: tuple[Any, ...]) -> dict[str, Any]:
    shown = dict(zip(_SHOWN, row, strict=False))
    return shown | {"id": str(row[0]), "progress": row[len(_SHOWN)]}


def deleted(job_id: str) -> JobState:
    """What is shown of a job that is there no more."""
    nothing: dict[str, Any] = dict.fromkeys((*_SHOWN, "progress"))
    return JobState(job_id, nothing | {"id": job_id, "status": "deleted"}, is_settled=True)
