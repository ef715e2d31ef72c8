"""The contract of job storage: the verbs of a job's life, each guarded by the lifecycle.

Single calls are for people and tests; each has a batch form, which the hot paths use. All raise StoreUnavailable when the
store is away; then nothing of the call has happened, except where its answer was lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from goqueue_common.audit_store import Actor
from goqueue_common.errors import IdempotencyKeyReused
from goqueue_common.idempotency import IdempotencyKey
from goqueue_common.job import ClaimedJob, Job, Outcome, Settled
from goqueue_common.job_filter import Count, JobFilter
from goqueue_common.job_search import JobPage, Place
from goqueue_common.lifecycle import JobEvent
from goqueue_common.new_job import NewJob, Submission, Submitted
from goqueue_common.submission_store import BatchAnswer


class JobStorage(Protocol):
    """Where jobs are kept."""

    def create_job(self, job: NewJob, key: IdempotencyKey | None = None) -> Submitted:
        """Insert one job. A key that was used before for the same request answers with the first job, `replayed`.

        Raises IdempotencyKeyReused (other request), IdempotencyKeyInUse (the first is still running).
        """

    def create_jobs(self, submissions: Sequence[Submission]) -> list[Submitted]:
        """Like create_job for many, all or nothing, answers in order."""

    def create_each(self, submissions: Sequence[Submission]) -> list[Submitted | IdempotencyKeyReused]:
        """Like create_job for several callers at once: who is refused spoils none of the others.

        Raises IdempotencyKeyInUse for a single one only; of several, StoreUnavailable says that one waits for a lock.
        """

    def create_batch(
        self, submissions: Sequence[Submission], key: IdempotencyKey | None = None
    ) -> tuple[list[BatchAnswer], bool]:
        """Like create_jobs, answered more briefly; key: one for the whole batch, with True beside the answers of its
        first use.
        """

    def create_rerun(self, submission: Submission, actor: Actor) -> Submitted:
        """Like create_job for a job with `rerun_of`, as a deed of this actor."""

    def get_job_by_id(self, job_id: str) -> Job:
        """Raises JobNotFound."""

    def update_status(self, job_id: str, event: JobEvent, actor: Actor | None = None) -> Job:
        """Apply promote, run_now, expire, cancel, request_cancel or retry. Raises JobNotFound, WrongStatus."""

    def increment_attempts(self, job_id: str, worker_id: str) -> ClaimedJob | None:
        """Claim one queued job: attempts + 1 under this worker's lease. None: it was not there to be claimed."""

    def claim(self, worker_id: str, job_ids: Sequence[str], queues: Sequence[str] | None) -> list[ClaimedJob]:
        """Like increment_attempts for many; those in other queues than `queues` (None: any) stay. A worker that is not
        alive gets none.
        """

    def save_result(self, worker_id: str, outcome: Outcome) -> Settled:
        """Write how an attempt ended. Raises StaleJob when this worker no longer holds that attempt."""

    def acknowledge(self, worker_id: str, outcomes: Sequence[Outcome]) -> list[Settled]:
        """Like save_result for many; outcomes of attempts no longer held are not among the answers and change nothing."""

    def list_jobs(
        self, job_filter: JobFilter, *, place: Place | None = None, limit: int, oldest_first: bool = False
    ) -> JobPage:
        """A page of jobs in the order of their ids, which begins at `place`. Raises QueryTimeout."""

    def count_jobs(self, job_filter: JobFilter) -> Count:
        """How many match, counted up to 10,001. Raises QueryTimeout."""

    def suggest(self, field: str, prefix: str, limit: int) -> list[tuple[str, Count]]:
        """Values of queue, type, tag, worker, schedule or status that begin so, and how many jobs have each."""
