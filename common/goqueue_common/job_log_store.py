"""The lines that handlers log, kept with their jobs. A job's row is never written for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.errors import JobNotFound
from goqueue_common.lifecycle import JobStatus

KEPT_ATTEMPTS: Final = 10
"""The lines of so many attempts of a job are kept, the latest ones."""
LATE_SECONDS: Final = 1.0
"""How long after the end of a job lines of it may still come: workers write them a few times a second."""

# FOR KEY SHARE: whoever deletes the job waits for its last lines or, passing over rows in use, comes again, so that no line
# outlives its job; whoever claims or acknowledges it is not held up. A worker that was declared lost is alive no more, and
# a live one says which attempt was its own: nobody else can have had that, and a later one may have begun since.
_APPEND: Final = f"""
WITH line AS MATERIALIZED (
    SELECT * FROM unnest(%(job_ids)s::uuid[], %(attempts)s::int[], %(ats)s::timestamptz[], %(levels)s::text[],
        %(messages)s::text[], %(fields)s::jsonb[]) WITH ORDINALITY AS l(job_id, attempt, at, level, message, fields, place)
), held AS MATERIALIZED (
    SELECT id, attempts, attempted_by FROM jobs
    WHERE id = ANY(ARRAY(SELECT DISTINCT job_id FROM line))
      AND EXISTS (SELECT FROM workers WHERE id = %(worker_id)s AND state = 'alive')
    ORDER BY id FOR KEY SHARE SKIP LOCKED
), mine AS MATERIALIZED (
    SELECT l.* FROM line l JOIN held h ON h.id = l.job_id
    WHERE l.attempt < h.attempts OR (l.attempt = h.attempts AND h.attempted_by = %(worker_id)s)
), begun AS MATERIALIZED (
    SELECT job_id, max(attempt) AS attempt FROM mine GROUP BY job_id HAVING max(attempt) > {KEPT_ATTEMPTS}
      AND max(attempt) IS DISTINCT FROM
        (SELECT k.attempt FROM job_logs k WHERE k.job_id = mine.job_id ORDER BY k.seq DESC LIMIT 1)
), forgotten AS (
    DELETE FROM job_logs k WHERE k.job_id = ANY(ARRAY(SELECT job_id FROM begun))
      AND k.attempt <= (SELECT b.attempt FROM begun b WHERE b.job_id = k.job_id) - {KEPT_ATTEMPTS}
)
INSERT INTO job_logs (job_id, attempt, at, level, message, fields)
SELECT job_id, attempt, at, level, message, fields FROM mine
WHERE NOT %(again)s OR NOT EXISTS (
    SELECT FROM job_logs k
    WHERE k.job_id = mine.job_id AND k.attempt = mine.attempt AND k.at = mine.at AND k.message = mine.message
)
ORDER BY place
RETURNING 1
"""  # noqa: S608 - a constant

_LINE: Final = "seq, attempt, at, level, message, coalesce(fields, '{}') AS fields"

_PAGE: Final = f"""
SELECT j.status, coalesce(j.finished_at < now() - {LATE_SECONDS} * interval '1 second', false), l.*
FROM jobs j LEFT JOIN LATERAL (
    SELECT {_LINE} FROM job_logs WHERE job_id = j.id AND seq > %(after)s
      AND (%(attempt)s::int IS NULL OR attempt = %(attempt)s::int)
      AND (%(levels)s::text[] IS NULL OR level = ANY(%(levels)s::text[]))
    ORDER BY seq LIMIT %(limit)s
) AS l ON true
WHERE j.id = %(id)s
ORDER BY l.seq
"""  # noqa: S608 - constants

_PAGES: Final = f"""
SELECT w.job_id::text, l.*
FROM unnest(%(ids)s::uuid[], %(afters)s::bigint[]) AS w(job_id, after)
CROSS JOIN LATERAL (
    SELECT {_LINE} FROM job_logs WHERE job_id = w.job_id AND seq > w.after ORDER BY seq LIMIT %(limit)s
) AS l
ORDER BY w.job_id, l.seq
"""  # noqa: S608 - a constant


class LogLevel(StrEnum):
    """How grave a line is, the least first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def and_above(self) -> list[str]:
        """This level and the graver ones."""
        levels = [str(level) for level in LogLevel]
        return levels[levels.index(self) :]


class NewLogLine(NamedTuple):
    """A line to be kept. at: when the handler said it, by its worker's clock. fields: JSON text of an object."""

    job_id: str
    attempt: int
    at: datetime
    level: str
    message: str
    fields: str


class LogLine(NamedTuple):
    """A line as it is kept. seq: its place among all lines; `at` may be out of order where clocks differ."""

    seq: int
    attempt: int
    at: datetime
    level: str
    message: str
    fields: dict[str, Any]


class LogPage(NamedTuple):
    """Lines in order. is_complete: nothing comes after them, unless somebody has the job run again."""

    lines: list[LogLine]
    status: JobStatus
    is_complete: bool


class JobLogStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, worker_id: str, lines: Sequence[NewLogLine], *, again: bool = False) -> int:
        """Keep lines of attempts that are or were this worker's, in their order; how many were kept.

        Of a worker that is not alive, of an attempt that is not its own, and of a job that is gone or just being deleted,
        none are. again: some of these may have been kept before, when the answer was lost.
        """
        columns = [list(column) for column in zip(*lines, strict=True)]
        names = ("job_ids", "attempts", "ats", "levels", "messages", "fields")
        params = dict(zip(names, columns, strict=True)) | {"worker_id": worker_id, "again": again}
        return len(self._database.run(_APPEND, params))

    def page(
        self, job_id: str, after: int, limit: int, *, attempt: int | None = None, level: LogLevel | None = None
    ) -> LogPage:
        """The first lines of a job with a seq greater than `after`. level: of this one and graver. Raises JobNotFound."""
        params = {
            "id": job_id,
            "after": after,
            "limit": limit,
            "attempt": attempt,
            "levels": None if level is None else level.and_above,
        }
        rows = self._database.run_again(_PAGE, params)
        if not rows:
            raise JobNotFound(f"no job has the id {job_id}: it never existed here, or was pruned after its retention")
        lines = [LogLine._make(row[2:]) for row in rows if row[2] is not None]
        return LogPage(lines, JobStatus(rows[0][0]), is_complete=bool(rows[0][1]) and len(lines) < limit)

    def pages(self, positions: Mapping[str, int], limit: int) -> dict[str, list[LogLine]]:
        """For whoever watches many jobs: of each the first lines after its seq; a job without new lines is left out."""
        rows = self._database.run_again(
            _PAGES, {"ids": list(positions), "afters": list(positions.values()), "limit": limit}
        )
        found: dict[str, list[LogLine]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(LogLine._make(row[1:]))
        return found
