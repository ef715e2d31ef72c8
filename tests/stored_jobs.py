"""Jobs with a past: rows whose times are chosen, for what reports make of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from uuid_utils.compat import uuid7

from goqueue_common.database import Database
from goqueue_common.lifecycle import FINAL, JobStatus

_INSERT = """
INSERT INTO jobs (id, queue, type, status, payload, failures, rescues, error, failure_reason, run_at, queued_at, started_at,
    finished_at, created_at)
VALUES (%(id)s, %(queue)s, %(type)s, %(status)s, '{}', %(failures)s, %(rescues)s, %(error)s, %(failure_reason)s, %(at)s,
    %(at)s, %(started_at)s, %(finished_at)s, %(at)s)
"""


def store_job(
    database: Database,
    created_at: datetime,
    status: str = "completed",
    *,
    type_: str = "demo",
    queue: str = "default",
    wait: float | None = None,
    run: float = 0.0,
    failures: int = 0,
    rescues: int = 0,
    error: str | None = None,
    id_made_at: datetime | None = None,
) -> str:
    """The id of a job that was due at once, started after `wait` seconds (None: never) and ended `run` seconds later."""
    job_id = str(uuid7(nanoseconds=round((id_made_at or created_at).timestamp() * 1000) * 1_000_000))
    started_at = None if wait is None else created_at + timedelta(seconds=wait)
    row = {
        "id": job_id,
        "queue": queue,
        "type": type_,
        "status": status,
        "failures": failures,
        "rescues": rescues,
        "error": error,
        "failure_reason": "exhausted" if status == "failed" else None,
        "at": created_at,
        "started_at": started_at,
        "finished_at": (started_at or created_at) + timedelta(seconds=run) if JobStatus(status) in FINAL else None,
    }
    database.run(_INSERT, row)
    return job_id
