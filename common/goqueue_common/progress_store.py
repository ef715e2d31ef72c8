"""How far running jobs say they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from goqueue_common.database import Database

# FOR KEY SHARE: none outlives its job, for the reasons of job_log_store.
_SAVE: Final = """
WITH tick AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(fractions)s::float8[], %(messages)s::text[])
        AS t(job_id, attempt, fraction, message)
), held AS MATERIALIZED (
    SELECT id, attempts FROM jobs WHERE id = ANY(%(ids)s::uuid[]) AND worker_id = %(worker_id)s
    ORDER BY id FOR KEY SHARE SKIP LOCKED
)
INSERT INTO job_progress AS p (job_id, attempt, fraction, message)
SELECT t.job_id, t.attempt, t.fraction, t.message FROM tick t JOIN held h ON h.id = t.job_id AND h.attempts = t.attempt
ORDER BY t.job_id
ON CONFLICT (job_id) DO UPDATE SET attempt = excluded.attempt, fraction = excluded.fraction, message = excluded.message,
    updated_at = now()
WHERE p.attempt <= excluded.attempt
"""


class ProgressTick(NamedTuple):
    """fraction: 0 to 1, or None when only the message is known."""

    job_id: str
    attempt: int
    fraction: float | None
    message: str | None


class ProgressStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, worker_id: str, ticks: Sequence[ProgressTick]) -> None:
        """Keep the latest tick of each job that this worker still holds."""
        columns = [list(column) for column in zip(*ticks, strict=True)]
        names = ("ids", "attempts", "fractions", "messages")
        self._database.run(_SAVE, dict(zip(names, columns, strict=True)) | {"worker_id": worker_id})
