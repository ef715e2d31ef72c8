"""Folding the outbox of moves into counts, rollups and failure groups: exact, because a move leaves it in the transaction
that adds it up. Safe if two do it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from goqueue_common import failure_store, histogram
from goqueue_common.database import Database, Run
from goqueue_common.lifecycle import JobStatus

_TAKE: Final = """
WITH taken AS MATERIALIZED (
    SELECT seq FROM job_moves ORDER BY seq LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM job_moves WHERE seq = ANY(ARRAY(SELECT seq FROM taken)) RETURNING *
)
SELECT minute, queue, type, from_queue, origin, target, wait_bucket, run_bucket, fingerprint, sum(jobs)::bigint, count(*),
    (array_agg(sample_id ORDER BY seq DESC) FILTER (WHERE sample_id IS NOT NULL))[1]::text
FROM gone GROUP BY minute, queue, type, from_queue, origin, target, wait_bucket, run_bucket, fingerprint
"""

_ADD_COUNTS: Final = """
INSERT INTO job_counts AS c (queue, type, status, jobs)
SELECT queue, type, status, jobs FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS r(queue text, type text, status text, jobs bigint)
ORDER BY queue, type, status
ON CONFLICT (queue, type, status) DO UPDATE SET jobs = c.jobs + excluded.jobs
"""

_ADD_ROLLUPS: Final = """
INSERT INTO rollups AS r (minute, queue, type, submitted, completed, failed, retried, cancelled, wait, run)
SELECT minute, queue, type, submitted, completed, failed, retried, cancelled, wait, run
FROM jsonb_to_recordset(%(rows)s::jsonb) AS n(minute timestamptz, queue text, type text, submitted bigint, completed bigint,
    failed bigint, retried bigint, cancelled bigint, wait int[], run int[])
ORDER BY minute, queue, type
ON CONFLICT (minute, queue, type) DO UPDATE SET
    submitted = r.submitted + excluded.submitted,
    completed = r.completed + excluded.completed,
    failed = r.failed + excluded.failed,
    retried = r.retried + excluded.retried,
    cancelled = r.cancelled + excluded.cancelled,
    wait = ARRAY(SELECT a + b FROM unnest(r.wait, excluded.wait) WITH ORDINALITY AS t(a, b, i) ORDER BY i),
    run = ARRAY(SELECT a + b FROM unnest(r.run, excluded.run) WITH ORDINALITY AS t(a, b, i) ORDER BY i)
"""

_COUNTED: Final[dict[str | None, str]] = {
    JobStatus.COMPLETED: "completed",
    JobStatus.FAILED: "failed",
    JobStatus.RETRYING: "retried",
    JobStatus.CANCELLED: "cancelled",
}
"""What entering a status is counted as."""


class Move(NamedTuple):
    """Some moves of one kind. rows: how many rows of the outbox; jobs: how many jobs; the rest is as in JobMoveRow."""

    minute: datetime
    queue: str
    type: str
    from_queue: str | None
    origin: str | None
    target: str | None
    wait_bucket: int | None
    run_bucket: int | None
    fingerprint: str | None
    jobs: int
    rows: int
    sample_id: str | None


@dataclass(slots=True)
class _Rollup:
    submitted: int = 0
    completed: int = 0
    failed: int = 0
    retried: int = 0
    cancelled: int = 0
    wait: list[int] = field(default_factory=histogram.empty)
    run: list[int] = field(default_factory=histogram.empty)


class RollupStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fold(self, limit: int) -> int:
        """Add up the oldest `limit` rows of the outbox; how many there were."""
        return self._database.together(lambda run: _fold(run, limit))


def _fold(run: Run, limit: int) -> int:
    moves = [Move._make(row) for row in run(_TAKE, {"limit": limit})]
    if not moves:
        return 0
    _add(run, _ADD_COUNTS, counts(moves))
    _add(run, _ADD_ROLLUPS, rollups(moves))
    failure_store.fold(run, failures(moves))
    return sum(move.rows for move in moves)


def _add(run: Run, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        run(statement, {"rows": orjson.dumps(rows).decode()})


def counts(moves: Iterable[Move]) -> list[dict[str, Any]]:
    """How the number of jobs in each status changed, where it did."""
    changes: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for move in moves:
        if move.origin is not None:
            changes[move.from_queue or move.queue, move.type, move.origin] -= move.jobs
        if move.target is not None:
            changes[move.queue, move.type, move.target] += move.jobs
    return [
        {"queue": queue, "type": job_type, "status": status, "jobs": jobs}
        for (queue, job_type, status), jobs in changes.items()
        if jobs
    ]


def rollups(moves: Iterable[Move]) -> list[dict[str, Any]]:
    """What happened, by minute, queue and type."""
    found: defaultdict[tuple[datetime, str, str], _Rollup] = defaultdict(_Rollup)
    for move in moves:
        if move.target is None or move.origin == move.target:  # deleted, or moved to another queue
            continue
        rollup = found[move.minute, move.queue, move.type]
        name = "submitted" if move.origin is None else _COUNTED.get(move.target)
        if name is not None:
            setattr(rollup, name, getattr(rollup, name) + move.jobs)
        if move.wait_bucket is not None:
            rollup.wait[move.wait_bucket] += move.jobs
        if move.run_bucket is not None:
            rollup.run[move.run_bucket] += move.jobs
    return [
        {"minute": minute, "queue": queue, "type": job_type, **asdict(rollup)}
        for (minute, queue, job_type), rollup in found.items()
    ]


def failures(moves: Iterable[Move]) -> list[failure_store.FailureMove]:
    """What failed, by minute, queue and fingerprint, in the order of fingerprint, minute and queue."""
    found: dict[tuple[str, datetime, str], failure_store.FailureMove] = {}
    for move in moves:
        if move.fingerprint is None or move.sample_id is None or move.origin == move.target:  # only to another queue
            continue
        key = (move.fingerprint, move.minute, move.queue)
        before = found.get(key)
        found[key] = failure_store.FailureMove(
            minute=move.minute,
            queue=move.queue,
            type=move.type,
            fingerprint=move.fingerprint,
            jobs=move.jobs + (before.jobs if before else 0),
            sample_id=move.sample_id,
        )
    return [found[key] for key in sorted(found)]
