"""Taking back what dead workers held. Everything here is safe if two do it at once, and waits for no row that somebody
holds: one open transaction must not keep the others from being rescued. What was skipped is there the next time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from goqueue_common.attempts import AttemptOutcome
from goqueue_common.database import Database
from goqueue_common.dispatch_store import SETTLED_OF, attempt_log_with
from goqueue_common.failure_store import sql_fingerprint
from goqueue_common.fingerprint import normalised
from goqueue_common.finished_store import noting_finished
from goqueue_common.job import Settled
from goqueue_common.lifecycle import TRANSITIONS, JobEvent

_RESCUE: Final = f"""
WITH died AS MATERIALIZED (
    SELECT j.id, j.cancel_requested_at IS NOT NULL AS cancelled, j.rescues >= %(max_rescues)s AS poisonous,
        jsonb_build_object('attempt', j.attempts, 'worker_id', j.worker_id, 'queued_at', j.queued_at,
            'started_at', j.started_at, 'finished_at', now(), 'outcome', '{AttemptOutcome.DIED}',
            'error', %(error)s::text, 'traceback', NULL) AS entry
    FROM jobs j
    WHERE j.id = ANY(%(ids)s::uuid[]) AND j.worker_id = %(worker_id)s AND j.status || '' = 'processing'
      AND (j.id, j.attempts) IN (SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::int[]))
    ORDER BY j.id
    FOR NO KEY UPDATE OF j SKIP LOCKED
), written AS (
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' WHEN poisonous THEN '{TRANSITIONS[JobEvent.POISON].target}'
        ELSE '{TRANSITIONS[JobEvent.RESCUE].target}' END,
    rescues = rescues + 1,
    worker_id = NULL,
    finished_at = CASE WHEN cancelled OR poisonous THEN now() END,
    failure_reason = CASE WHEN poisonous AND NOT cancelled THEN 'poison' END,
    error = %(error)s,
    fingerprint = {sql_fingerprint("%(message)s::text", job_type="j.type")},
    attempt_log = {attempt_log_with("entry")},
    updated_at = now()
FROM died WHERE j.id = died.id
RETURNING j.id, j.attempts, j.status, j.queue, j.priority
), {noting_finished("written", worker_id="%(worker_id)s::uuid")}
{SETTLED_OF} written
"""  # noqa: S608 - constants from the lifecycle

_HELD: Final = """
SELECT id::text, attempts, rescues = 0 OR alone_attempt IS NOT DISTINCT FROM attempts FROM jobs
WHERE status = 'processing' AND worker_id = %(worker_id)s ORDER BY id
"""

# From one worker id to the next greater one: as many steps as there are workers, however many rows each holds.
_ORPHANING: Final = """
WITH RECURSIVE named AS (
    (SELECT worker_id FROM jobs WHERE status = 'processing' ORDER BY worker_id LIMIT 1)
    UNION ALL
    SELECT (SELECT worker_id FROM jobs WHERE status = 'processing' AND worker_id > n.worker_id ORDER BY worker_id LIMIT 1)
    FROM named n WHERE n.worker_id IS NOT NULL
)
SELECT n.worker_id::text FROM named n
WHERE n.worker_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM workers w WHERE w.id = n.worker_id
      AND (w.state = 'alive' OR w.ended_at > now() - %(grace)s * interval '1 second')
)
"""

_MARK_ALONE: Final = """
UPDATE jobs SET alone_attempt = attempts
WHERE id = %(id)s AND attempts = %(attempt)s AND worker_id = %(worker_id)s AND status || '' = 'processing' RETURNING 1
"""

_RELEASE_ALL: Final = f"""
WITH left_over AS MATERIALIZED (
    SELECT id, cancel_requested_at IS NOT NULL AS cancelled FROM jobs
    WHERE worker_id = %(worker_id)s AND status = 'processing' AND id <> ALL(%(but_for)s::uuid[])
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
), written AS (
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' ELSE '{TRANSITIONS[JobEvent.RELEASE].target}' END,
    finished_at = CASE WHEN cancelled THEN now() END,
    worker_id = NULL,
    updated_at = now()
FROM left_over WHERE j.id = left_over.id
RETURNING j.id, j.attempts, j.status, j.queue, j.priority
), {noting_finished("written", worker_id="%(worker_id)s::uuid")}
{SETTLED_OF} written
"""  # noqa: S608 - a constant from the lifecycle


MAX_RESCUES: Final = 3
"""A job that has died with its process more often than this fails as poison."""
RESCUE_GRACE_SECONDS: Final = 5.0
"""How long after its end a worker's jobs are left to its parent, which knows more of them than anybody else."""


class HeldRow(NamedTuple):
    """A row that a worker holds. counts: should the worker be dead, this attempt may be what killed it."""

    id: str
    attempt: int
    counts: bool


class RecoveryStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def orphaning_workers(self, grace_seconds: float) -> list[str]:
        """Ids that rows in processing name and that are no longer alive, nor ended within `grace_seconds`.

        The grace is for a parent, which settles its dead child with more knowledge than anybody else has.
        """
        return [row[0] for row in self._database.run_again(_ORPHANING, {"grace": grace_seconds})]

    def held(self, worker_id: str) -> list[HeldRow]:
        """The rows in processing that name this worker.

        A job that never died counts, since nobody knows how far it had come; one that died before counts only if this
        attempt had begun to run alone (see mark_alone): so what was only prefetched is not taken for poison.
        """
        return [HeldRow._make(row) for row in self._database.run_again(_HELD, {"worker_id": worker_id})]

    def mark_alone(self, worker_id: str, job_id: str, attempt: int) -> bool:
        """Before an attempt runs alone because its job died with a process before; False: it is not this worker's."""
        rows = self._database.run_again(_MARK_ALONE, {"id": job_id, "attempt": attempt, "worker_id": worker_id})
        return bool(rows)

    def rescue(
        self, worker_id: str, attempts: Sequence[tuple[str, int]], *, error: str, max_rescues: int = MAX_RESCUES
    ) -> list[Settled]:
        """Take (id, attempt) that had started from a worker known to be dead: back to the queue, or failed as poison.

        Their recorded outcomes must have been looked for before. Rows that somebody holds are left.
        """
        rows = self._database.run(
            _RESCUE,
            {
                "ids": [job_id for job_id, _ in attempts],
                "attempts": [attempt for _, attempt in attempts],
                "worker_id": worker_id,
                "max_rescues": max_rescues,
                "error": error,
                "message": normalised(error),
            },
        )
        return [Settled._make(row) for row in rows]

    def release_all(self, worker_id: str, *, but_for: Sequence[str] = ()) -> list[Settled]:
        """Give back, uncounted, the rows that still name a worker known to be dead: those had never started.

        but_for: ids that are not to be released, since their end is known and could not be written yet.
        """
        rows = self._database.run(_RELEASE_ALL, {"worker_id": worker_id, "but_for": list(but_for)})
        return [Settled._make(row) for row in rows]
