"""Claim and acknowledge: the two statements that every job goes through.

Both drive from a list of ids to the primary key. `status || ''` hides the status from the planner: with stale statistics
it would scan the partial index of that status for every batch (61 ms instead of 1.4). An acknowledgement has a lateral
query and an array for it: where the planner expects one job of a worker, a join compared all of them with every outcome,
115 ms instead of 6. Both lock first, by id ascending, so that no two writers deadlock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import orjson

from goqueue_common.database import Database
from goqueue_common.errors import StaleJob
from goqueue_common.failure_store import error_and_fingerprint
from goqueue_common.finished_store import FINAL_LIST, noting_finished
from goqueue_common.job import MAX_ATTEMPT_LOG, ClaimedJob, Outcome, Settled
from goqueue_common.lifecycle import TRANSITIONS, YIELDS_TO_CANCEL, FailureReason, JobEvent, sources

START_PICKED: Final = f"""UPDATE jobs SET status = '{TRANSITIONS[JobEvent.CLAIM].target}', attempts = attempts + 1,
    worker_id = %(worker_id)s, attempted_by = %(worker_id)s, started_at = now(), updated_at = now()
FROM picked WHERE jobs.id = picked.id
RETURNING jobs.id::text, queue, type, payload::text, attempts, failures, max_retries, rescues, timeout_seconds, priority,
    tags, cancel_requested_at IS NOT NULL, started_at, queued_at, created_at, schedule, scheduled_for, parent_id::text,
    traceparent
"""  # noqa: S608 - a constant from the lifecycle
"""The end of a statement that claims the ids of a query `picked`; its rows are ClaimedJobs."""

_CLAIM: Final = f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM jobs
    WHERE id = ANY(%(ids)s::uuid[])
      AND status || '' = ANY(%(sources)s)
      AND (expires_at IS NULL OR expires_at > now())
      AND (%(queues)s::text[] IS NULL OR queue = ANY(%(queues)s::text[]))
      AND EXISTS (SELECT FROM workers WHERE id = %(worker_id)s AND state = 'alive')
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
)
{START_PICKED}"""  # noqa: S608 - a constant from the lifecycle

# The first list in the given order that has any, like a pop; its rows by the index of dispatch, oldest first.
_CLAIM_WAITING: Final = f"""
WITH list AS MATERIALIZED (
    SELECT l.queue, l.priority FROM unnest(%(queues)s::text[], %(priorities)s::smallint[]) WITH ORDINALITY
        AS l(queue, priority, place)
    CROSS JOIN LATERAL ( -- as EXISTS it would become a join that reads every queued row
        SELECT 1 FROM jobs j WHERE j.status = 'queued' AND j.queue = l.queue AND j.priority = l.priority
          AND (j.expires_at IS NULL OR j.expires_at > now())
        ORDER BY j.queued_at, j.id LIMIT 1
    ) AS oldest
    ORDER BY place LIMIT 1
), picked AS MATERIALIZED (
    SELECT j.id FROM list CROSS JOIN LATERAL (
        SELECT id FROM jobs
        WHERE status = 'queued' AND queue = list.queue AND priority = list.priority
          AND (expires_at IS NULL OR expires_at > now())
          AND EXISTS (SELECT FROM workers WHERE id = %(worker_id)s AND state = 'alive')
        ORDER BY queued_at, id LIMIT %(limit)s
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS j
)
{START_PICKED}"""  # noqa: S608 - a constant from the lifecycle


def attempt_log_with(entry: str) -> str:
    """The row's attempt_log with this jsonb, an expression, at its end; of too long a log the oldest entry goes."""
    return (
        f"CASE WHEN jsonb_array_length(attempt_log) >= {MAX_ATTEMPT_LOG} "
        f"THEN (attempt_log - 0) || {entry} ELSE coalesce(attempt_log, '[]') || {entry} END"
    )


_COMPLETED: Final = str(TRANSITIONS[JobEvent.COMPLETE].target)

SETTLED_OF: Final = "SELECT id::text, attempts, status, queue, priority FROM"
"""What every statement that settles jobs answers of the rows it wrote."""

_ACKNOWLEDGE: Final = f"""
WITH outcome AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(outcomes)s::jsonb) AS o(id uuid, attempt int, target text, yields boolean,
        failed smallint, delay double precision, result jsonb, error text, reason text, entry jsonb,
        fingerprint text)
), held AS MATERIALIZED (
    SELECT o.*, CASE WHEN o.yields AND mine.is_unwanted THEN 'cancelled' ELSE o.target END AS next_status
    FROM (SELECT * FROM outcome ORDER BY id) AS o CROSS JOIN LATERAL (
        SELECT j.cancel_requested_at IS NOT NULL AS is_unwanted FROM jobs j
        WHERE j.id = o.id AND j.worker_id = %(worker_id)s AND j.attempts = o.attempt AND j.status || '' = ANY(%(sources)s)
        FOR NO KEY UPDATE OF j
    ) AS mine
), written AS (
UPDATE jobs j SET
    status = next_status,
    worker_id = NULL,
    failures = failures + coalesce(failed, 0),
    run_at = CASE WHEN delay IS NULL THEN run_at ELSE now() + delay * interval '1 second' END,
    finished_at = CASE WHEN next_status IN ({FINAL_LIST}) THEN now() END,
    result = held.result,
    error = CASE WHEN next_status = 'completed' THEN NULL ELSE coalesce(held.error, j.error) END,
    fingerprint = CASE WHEN next_status = 'completed' THEN NULL WHEN held.error IS NULL THEN j.fingerprint
        ELSE held.fingerprint END,
    failure_reason = CASE WHEN next_status = 'failed' THEN reason END,
    no_handler_since = NULL,
    attempt_log = CASE WHEN entry IS NULL THEN attempt_log ELSE {attempt_log_with("entry")} END,
    updated_at = now()
FROM held WHERE j.id = held.id AND j.id = ANY(ARRAY(SELECT id FROM held))
RETURNING j.id, j.attempts, j.status, j.queue, j.priority
), {noting_finished("written", worker_id="%(worker_id)s::uuid")}
{SETTLED_OF} written
"""  # noqa: S608 - constants from the lifecycle

_ACKNOWLEDGE_FREE: Final = _ACKNOWLEDGE.replace("FOR NO KEY UPDATE OF j", "FOR NO KEY UPDATE OF j SKIP LOCKED")

_RETURN_UNKNOWN: Final = f"""
WITH mine AS MATERIALIZED (
    SELECT j.id, j.cancel_requested_at IS NOT NULL AS cancelled,
        j.no_handler_since < now() - %(give_up)s * interval '1 second' AND NOT EXISTS (
            SELECT FROM workers w WHERE w.beat_at > now() - %(give_up)s * interval '1 second' AND w.types ? j.type
        ) AS hopeless
    FROM jobs j
    WHERE j.id = ANY(%(ids)s::uuid[]) AND j.worker_id = %(worker_id)s AND j.status || '' = 'processing'
      AND (j.id, j.attempts) IN (SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::int[]))
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
), written AS (
UPDATE jobs j SET
    status = CASE WHEN cancelled THEN 'cancelled' WHEN hopeless THEN '{TRANSITIONS[JobEvent.FAIL].target}'
        ELSE '{TRANSITIONS[JobEvent.SNOOZE].target}' END,
    finished_at = CASE WHEN cancelled OR hopeless THEN now() END,
    failure_reason = CASE WHEN hopeless AND NOT cancelled THEN '{FailureReason.UNKNOWN_TYPE}' END,
    {error_and_fingerprint("no_handler: no worker that met this job has a handler for its type", job_type="j.type")},
    no_handler_since = coalesce(no_handler_since, now()),
    worker_id = NULL,
    run_at = now() + least(%(longest)s, 0.25 * 2 ^ least(attempts, 10)) * interval '1 second',
    updated_at = now()
FROM mine WHERE j.id = mine.id
RETURNING j.id, j.attempts, j.status, j.queue, j.priority
), {noting_finished("written", worker_id="%(worker_id)s::uuid")}
{SETTLED_OF} written
"""  # noqa: S608 - constants from the lifecycle


UNKNOWN_TYPE_AFTER_SECONDS: Final = 600.0
"""After how long without a worker that knows its type a job fails, unless a worker's settings say otherwise."""

JobAttempt = tuple[str, int]
"""A job's id and the number of an attempt of it."""


class DispatchStore:
    """What a worker writes to jobs, in batches. Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def increment_attempts(self, job_id: str, worker_id: str) -> ClaimedJob | None:
        """See JobStorage."""
        claimed = self.claim(worker_id, [job_id], None)
        return claimed[0] if claimed else None

    def claim(self, worker_id: str, job_ids: Sequence[str], queues: Sequence[str] | None) -> list[ClaimedJob]:
        """See JobStorage. In the order of `job_ids`; never tried twice: a claim whose reply is lost has happened."""
        rows = self._database.run(
            _CLAIM,
            {
                "ids": list(job_ids),
                "queues": None if queues is None else list(queues),
                "worker_id": worker_id,
                "sources": sources(JobEvent.CLAIM),
            },
        )
        claimed = {row[0]: ClaimedJob._make(row) for row in rows}
        return [claimed[job_id] for job_id in dict.fromkeys(job_ids) if job_id in claimed]

    def claim_waiting(self, worker_id: str, lists: Sequence[tuple[str, int]], limit: int) -> list[ClaimedJob]:
        """Claim without Redis: up to `limit` jobs of the first (queue, priority) that has any, oldest first.

        Never tried twice, like claim. A worker that is not alive gets none.
        """
        rows = self._database.run(
            _CLAIM_WAITING,
            {
                "worker_id": worker_id,
                "queues": [queue for queue, _ in lists],
                "priorities": [int(priority) for _, priority in lists],
                "limit": limit,
            },
        )
        claimed = [ClaimedJob._make(row) for row in rows]
        return sorted(claimed, key=lambda job: (job.queued_at, job.id))

    def held_by(self, worker_id: str) -> list[JobAttempt]:
        """Every attempt that is this worker's by PostgreSQL."""
        rows = self._database.run(
            "SELECT id::text, attempts FROM jobs WHERE status = 'processing' AND worker_id = %(worker_id)s",
            {"worker_id": worker_id},
        )
        return [(row[0], row[1]) for row in rows]

    def save_result(self, worker_id: str, outcome: Outcome) -> Settled:
        """See JobStorage."""
        settled = self.acknowledge(worker_id, [outcome])
        if not settled:
            raise StaleJob(f"worker {worker_id} no longer holds attempt {outcome.attempt} of job {outcome.id}")
        return settled[0]

    def acknowledge(self, worker_id: str, outcomes: Sequence[Outcome]) -> list[Settled]:
        """See JobStorage. Safe to repeat: what was applied before is stale the second time."""
        return self._acknowledge(_ACKNOWLEDGE, worker_id, outcomes)

    def acknowledge_free(self, worker_id: str, outcomes: Sequence[Outcome]) -> list[Settled]:
        """Like acknowledge, but waits for no row: those that somebody holds are left, as are stale ones."""
        return self._acknowledge(_ACKNOWLEDGE_FREE, worker_id, outcomes)

    def _acknowledge(self, statement: str, worker_id: str, outcomes: Sequence[Outcome]) -> list[Settled]:
        document = orjson.dumps([_encoded(outcome) for outcome in outcomes]).decode()
        # One source status serves them all: every outcome ends a processing row.
        guards = {"worker_id": worker_id, "sources": sources(JobEvent.COMPLETE)}
        return [Settled._make(row) for row in self._database.run(statement, {"outcomes": document, **guards})]

    def return_unknown(
        self,
        worker_id: str,
        jobs: Sequence[ClaimedJob],
        *,
        give_up_seconds: float,
        longest_seconds: float = 30.0,
    ) -> list[Settled]:
        """Give back jobs of types this worker does not know: due again after a growing delay, counted nowhere.

        They fail (`unknown_type`) once no worker that knows the type has beaten for `give_up_seconds` since the job was
        first met.
        """
        rows = self._database.run(
            _RETURN_UNKNOWN,
            {
                "ids": [job.id for job in jobs],
                "attempts": [job.attempt for job in jobs],
                "worker_id": worker_id,
                "give_up": give_up_seconds,
                "longest": longest_seconds,
            },
        )
        return [Settled._make(row) for row in rows]

    def cancel_requests(self, worker_ids: Sequence[str]) -> list[JobAttempt]:
        """(id, attempt) of jobs that these workers run and somebody wants cancelled."""
        rows = self._database.run(
            "SELECT id::text, attempts FROM jobs WHERE status = 'processing' AND worker_id = ANY(%(workers)s::uuid[]) "
            "AND cancel_requested_at IS NOT NULL",
            {"workers": list(worker_ids)},
        )
        return [(row[0], row[1]) for row in rows]

    def any_queued(self, queues: Sequence[str] | None, but_for: Collection[str] = ()) -> bool:
        """Whether a due job waits in these queues (None: in any), those of `but_for` left out."""
        rows = self._database.run(
            "SELECT EXISTS (SELECT FROM jobs WHERE status = 'queued' AND queue <> ALL(%(but_for)s::text[]) "
            "AND (%(queues)s::text[] IS NULL OR queue = ANY(%(queues)s::text[])))",
            {"queues": None if queues is None else list(queues), "but_for": list(but_for)},
        )
        return bool(rows[0][0])


def _encoded(outcome: Outcome) -> dict[str, Any]:
    event = outcome.event
    if event is JobEvent.COMPLETE:  # most of them: no look-ups, and what is absent is NULL
        document: dict[str, Any] = {"id": outcome.id, "attempt": outcome.attempt, "target": _COMPLETED}
        if outcome.result is not None:
            document["result"] = orjson.Fragment(outcome.result)
        return document
    counts = event in (JobEvent.RETRY_LATER, JobEvent.FAIL) and outcome.failure_reason != FailureReason.UNKNOWN_TYPE
    return {
        "id": outcome.id,
        "attempt": outcome.attempt,
        "target": TRANSITIONS[event].target,
        "yields": event in YIELDS_TO_CANCEL,
        "failed": int(counts),
        "delay": outcome.delay_seconds,
        "error": outcome.error,
        "reason": outcome.failure_reason,
        "entry": outcome.log_entry,
        "fingerprint": outcome.fingerprint,
    }
