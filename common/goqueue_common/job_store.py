"""Jobs in PostgreSQL: read, and what people do to one job by hand; submit, claim and acknowledge come from its bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from goqueue_common import audit_store, job_search, suggest_search
from goqueue_common.attempts import AttemptOutcome
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, Params, Rows, Run
from goqueue_common.dispatch_store import DispatchStore, attempt_log_with
from goqueue_common.errors import JobNotFound, WrongStatus
from goqueue_common.failure_store import error_and_fingerprint
from goqueue_common.finished_store import forgetting, noting_finished
from goqueue_common.job import Job, Priority
from goqueue_common.job_filter import Count, JobFilter
from goqueue_common.job_search import JobPage, Place
from goqueue_common.lifecycle import TRANSITIONS, JobEvent, JobStatus, sources
from goqueue_common.submission_store import SubmissionStore

_COLUMNS: Final = tuple(f.name for f in fields(Job) if f.name != "progress")
_GET: Final = f"""
SELECT {", ".join(f"j.{name}" for name in _COLUMNS)},
    CASE WHEN p.job_id IS NOT NULL THEN jsonb_build_object(
        'fraction', p.fraction, 'message', p.message, 'updated_at', p.updated_at) END
FROM jobs j LEFT JOIN job_progress p ON p.job_id = j.id AND p.attempt = j.attempts
WHERE j.id = %(id)s
"""  # noqa: S608 - our own column names

EXPIRED: Final = "finished_at = now(), failure_reason = 'expired', " + error_and_fingerprint(
    "expired: it could not start in time", job_type="jobs.type"
)
"""What a job's row is told, besides its status, when it expires."""

# What completed a job is told by its row alone, until the job is to run again.
_COMPLETED_ATTEMPT: Final = f"""jsonb_build_object('attempt', attempts, 'worker_id', attempted_by, 'queued_at', queued_at,
    'started_at', started_at, 'finished_at', finished_at, 'outcome', '{AttemptOutcome.COMPLETED}', 'error', NULL,
    'traceback', NULL)"""

BY_HAND: Final[Mapping[JobEvent, str]] = {
    JobEvent.PROMOTE: "queued_at = now()",
    JobEvent.RUN_NOW: "queued_at = now(), run_at = now()",
    JobEvent.EXPIRE: EXPIRED,
    JobEvent.CANCEL: "finished_at = now(), cancel_requested_at = coalesce(cancel_requested_at, now())",
    JobEvent.REQUEST_CANCEL: "cancel_requested_at = coalesce(cancel_requested_at, now())",
    JobEvent.RETRY: (
        "queued_at = now(), run_at = NULL, max_retries = greatest(max_retries, failures + 1), rescues = 0, "
        "cancel_requested_at = NULL, result = NULL, error = NULL, fingerprint = NULL, failure_reason = NULL, "
        "finished_at = NULL, no_handler_since = NULL, expires_at = CASE WHEN expires_at > now() THEN expires_at END, "
        f"attempt_log = CASE WHEN status = '{JobStatus.COMPLETED}' AND attempts > 0 "
        f"THEN {attempt_log_with(_COMPLETED_ATTEMPT)} ELSE attempt_log END"
    ),
}
"""What a job's row is told, besides its status and updated_at, when a person does this to it."""


_DEEDS: Final = {JobEvent.REQUEST_CANCEL: "cancel", JobEvent.RUN_NOW: "run-now"}
"""What a person calls an event, where that differs."""


class JobStore(SubmissionStore, DispatchStore):
    """JobStorage on PostgreSQL: everything that can happen to a job's row."""

    def __init__(self, database: Database) -> None:
        SubmissionStore.__init__(self, database)
        DispatchStore.__init__(self, database)

    def get_job_by_id(self, job_id: str) -> Job:
        """See JobStorage."""
        rows = self._database.run_again(_GET, {"id": job_id})
        if not rows:
            raise JobNotFound(f"no job has the id {job_id}: it never existed here, or was pruned after its retention")
        return _job(rows[0])

    def update_status(self, job_id: str, event: JobEvent, actor: Actor | None = None) -> Job:
        """See JobStorage. actor: whose deed it is, for the audit log; None: nobody's."""
        rows = self._run_by_hand(
            f"WITH written AS (UPDATE jobs SET status = %(target)s, {BY_HAND[event]}, updated_at = now() "  # noqa: S608
            "WHERE id = %(id)s AND status = ANY(%(sources)s) RETURNING id, status), "
            f"{noting_finished('written')}, {forgetting('written')} SELECT 1 FROM written",
            {"id": job_id, "target": TRANSITIONS[event].target, "sources": sources(event)},
            actor,
            f"job.{_DEEDS.get(event, event)}",
        )
        job = self.get_job_by_id(job_id)
        if not rows:
            allowed = " or ".join(sources(event))
            raise WrongStatus(f"job {job_id} is {job.status}; {event} wants a job that is {allowed}", job.status)
        return job

    def _run_by_hand(self, sql: str, params: Params, actor: Actor | None, action: str) -> Rows:
        if actor is None:
            return self._database.run_again(sql, params)

        def work(run: Run) -> Rows:
            rows = run(sql, params)
            if rows:
                audit_store.record(run, actor, action, {"job": params["id"]})
            return rows

        return self._database.together(work)

    def cancel(self, job_id: str, actor: Actor | None = None) -> Job:
        """Cancel a waiting job, or ask for it when it runs (then `cancel_requested_at` is set and it is still processing).

        Raises JobNotFound, WrongStatus.
        """
        status = ""
        # The third time, because it may come back from processing between the first two.
        for event in (JobEvent.CANCEL, JobEvent.REQUEST_CANCEL, JobEvent.CANCEL):
            try:
                return self.update_status(job_id, event, actor)
            except WrongStatus as error:
                status = error.status
        allowed = " or ".join([*sources(JobEvent.CANCEL), *sources(JobEvent.REQUEST_CANCEL)])
        raise WrongStatus(f"job {job_id} is {status}; cancel wants a job that is {allowed}", status)

    def list_jobs(
        self, job_filter: JobFilter, *, place: Place | None = None, limit: int, oldest_first: bool = False
    ) -> JobPage:
        """See JobStorage."""
        return job_search.search(self._database, job_filter, place=place, limit=limit, oldest_first=oldest_first)

    def count_jobs(self, job_filter: JobFilter) -> Count:
        """See JobStorage."""
        return job_search.count(self._database, job_filter)

    def suggest(self, field: str, prefix: str, limit: int) -> list[tuple[str, Count]]:
        """See JobStorage."""
        return suggest_search.suggest(self._database, field, prefix, limit)


def _job(row: Sequence[Any]) -> Job:
    values = dict(zip((*_COLUMNS, "progress"), row, strict=True))
    for name in ("id", "worker_id", "attempted_by", "rerun_of", "parent_id"):
        if values[name] is not None:
            values[name] = str(values[name])
    values["status"] = JobStatus(values["status"])
    values["priority"] = Priority(values["priority"])
    values["attempt_log"] = values["attempt_log"] or []
    return Job(**values)
