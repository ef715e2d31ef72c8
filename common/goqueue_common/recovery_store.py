"""Taking back what dead workers held. Everything here is safe if two do it at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goqueue_common.database import Database
from goqueue_common.dispatch_store import ATTEMPT_LOG_WITH_ENTRY
from goqueue_common.job import Settled
from goqueue_common.lifecycle import TRANSITIONS, JobEvent

_RESCUE: Final = f"""
WITH died AS MATERIALIZED (
    SELECT j.id, j.cancel_requested_at IS NOT NULL AS cancelled, j.rescues >= %(max_rescues)s AS poisonous,
        jsonb_build_object('attempt', j.attempts, 'worker_id', j.worker_id, 'started_at', j.started_at,
            'finished_at', now(), 'outcome', 'died', 'error', %(error)s::text, 'traceback', NULL) AS entry
    FROM jobs j
    JOIN unnest(%(ids)s::uuid[], %(attempts)s::int[]) AS held(id, attempt) ON j.id = held.id AND j.attempts = held.attempt
    WHERE j.worker_id = %(worker_id)s AND j.status || '' = 'processing'
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
)
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' WHEN poisonous THEN '{TRANSITIONS[JobEvent.POISON].target}'
        ELSE '{TRANSITIONS[JobEvent.RESCUE].target}' END,
    rescues = rescues + 1,
    worker_id = NULL,
    finished_at = CASE WHEN cancelled OR poisonous THEN now() END,
    failure_reason = CASE WHEN poisonous AND NOT cancelled THEN 'poison' END,
    error = %(error)s,
    attempt_log = {ATTEMPT_LOG_WITH_ENTRY},
    updated_at = now()
FROM died WHERE j.id = died.id
RETURNING j.id::text, j.attempts, j.status, j.queue, j.priority
"""  # noqa: S608 - constants from the lifecycle

_RELEASE_ALL: Final = f"""
WITH left_over AS MATERIALIZED (
    SELECT id, cancel_requested_at IS NOT NULL AS cancelled FROM jobs
    WHERE worker_id = %(worker_id)s AND status = 'processing' ORDER BY id FOR NO KEY UPDATE
)
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' ELSE '{TRANSITIONS[JobEvent.RELEASE].target}' END,
    finished_at = CASE WHEN cancelled THEN now() END,
    worker_id = NULL,
    updated_at = now()
FROM left_over WHERE j.id = left_over.id
RETURNING j.id::text, j.attempts, j.status, j.queue, j.priority
"""  # noqa: S608 - a constant from the lifecycle


class RecoveryStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rescue(self, worker_id: str, attempts: Sequence[tuple[str, int]], *, max_rescues: int, error: str) -> list[Settled]:
        """Take (id, attempt) that had started from a worker known to be dead: back to the queue, or failed as poison.

        Their recorded outcomes must have been looked for before.
        """
        rows = self._database.run(
            _RESCUE,
            {
                "ids": [job_id for job_id, _ in attempts],
                "attempts": [attempt for _, attempt in attempts],
                "worker_id": worker_id,
                "max_rescues": max_rescues,
                "error": error,
            },
        )
        return [Settled._make(row) for row in rows]

    def release_all(self, worker_id: str) -> list[Settled]:
        """Give back, uncounted, every row that still names a worker known to be dead: those had never started."""
        return [Settled._make(row) for row in self._database.run(_RELEASE_ALL, {"worker_id": worker_id})]
