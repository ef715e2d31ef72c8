"""Submit: store first, commit, then push. A job whose push failed is not lost: the relay pushes it later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import structlog

from goqueue_common.audit_store import Actor
from goqueue_common.broker.contract import Broker
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.group_commit import GroupCommit
from goqueue_common.idempotency import IdempotencyKey
from goqueue_common.job import JobRef
from goqueue_common.job_storage import JobStorage
from goqueue_common.lifecycle import JobStatus
from goqueue_common.live_events import JobChange, Topic, jobs_news
from goqueue_common.new_job import Submission, Submitted
from goqueue_common.submission_store import BatchAnswer

log = structlog.get_logger(__name__)


class Submitter:
    """The one way into the queue, for the API and for handlers that submit child jobs.

    count: told what was stored: queue, type, and how many jobs.
    """

    def __init__(self, storage: JobStorage, broker: Broker, count: Callable[[str, str, int], None] | None = None) -> None:
        self._storage = storage
        self._broker = broker
        self._count = count
        self._group = GroupCommit(storage.create_each, self.send_on)

    def submit(self, submissions: Sequence[Submission]) -> list[Submitted]:
        """All or nothing, answers in order. Raises IdempotencyKeyReused, IdempotencyKeyInUse, StoreUnavailable."""
        if len(submissions) == 1:
            return [self._group.submit(submissions[0])]
        answers = self._storage.create_jobs(submissions)
        self.send_on(submissions, answers)
        return answers

    def submit_batch(
        self, submissions: Sequence[Submission], key: IdempotencyKey | None = None
    ) -> tuple[list[BatchAnswer], bool]:
        """Like submit, answered more briefly. key: one for the whole batch; True beside the answers of its first use."""
        answers, is_replayed = self._storage.create_batch(submissions, key)
        if not is_replayed:
            self.send_on(submissions, answers)
        return answers, is_replayed

    def submit_rerun(self, submission: Submission, actor: Actor) -> Submitted:
        """Like submit for a job that runs another one again, as a deed of this actor."""
        answer = self._storage.create_rerun(submission, actor)
        self.send_on([submission], [answer])
        return answer

    def send_on(self, submissions: Sequence[Submission], answers: Sequence[Submitted] | Sequence[BatchAnswer]) -> None:
        """Count what was just stored, push what is due, and tell who looks on of the rest."""
        self._count_new(submissions, answers)
        told: Iterable[tuple[Submission, Submitted | BatchAnswer]] = zip(submissions, answers, strict=True)
        new = [(submission.job, answer.status) for submission, answer in told if not answer.replayed]
        self.push(JobRef(job.id, job.queue, job.priority) for job, status in new if status == JobStatus.QUEUED)
        later = [JobChange(job.id, 0, status, job.queue) for job, status in new if status == JobStatus.SCHEDULED]
        if later:
            self._quietly(lambda: self._broker.tell(Topic.JOBS, jobs_news(later)), jobs=len(later))

    def announce(self, change: JobChange) -> None:
        """Wake who waits for a job that was just ended by hand; without Redis they look by themselves."""
        self.announce_many([change])

    def announce_many(self, changes: Sequence[JobChange]) -> None:
        """Like announce, in one message."""
        if changes:
            job_ids = [change.id for change in changes]
            self._quietly(lambda: self._broker.ack_many([], job_ids, jobs_news(changes)), jobs=len(changes))

    def _quietly(self, announce: Callable[[], None], *, jobs: int) -> None:
        try:
            announce()
        except BrokerUnavailable as error:
            log.debug("announcement_failed", jobs=jobs, reason=str(error))

    def push(self, jobs: Iterable[JobRef]) -> None:
        """Make due jobs available to workers; when Redis is away the relay will."""
        refs = list(jobs)
        if not refs:
            return
        try:
            self._broker.enqueue_many(refs)
        except BrokerUnavailable as error:
            say = log.debug if self._broker.is_away else log.warning  # the broker says once that Redis is away
            say("push_failed", jobs=len(refs), reason=str(error))

    def _count_new(self, submissions: Sequence[Submission], answers: Sequence[Submitted | BatchAnswer]) -> None:
        if self._count is None:
            return
        new = Counter(
            [
                (submission.job.queue, submission.job.type)
                for submission, answer in zip(submissions, answers, strict=True)
                if not answer.replayed
            ]
        )
        for (queue, job_type), jobs in new.items():
            self._count(queue, job_type, jobs)
