"""What the demo shows: each story submits its job, follows it, and looks from outside whether it was really done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from goqueue import Client, Job, JobRequest


@dataclass(frozen=True, slots=True)
class Row:
    """A story as it stands. fraction: 0..1; finding: what was seen; is_right: None until it has ended."""

    title: str
    type: str
    status: str = "waiting"
    fraction: float = 0.0
    tries: int = 0
    finding: str = ""
    is_right: bool | None = None


class NotAsPromised(Exception):
    """What the demo looked for is not there; the message says what was found instead."""


class Story(Protocol):
    """One line of the table."""

    row: Row

    def start(self, client: Client) -> None:
        """Submit. Raises GoQueueError."""
        ...

    def look(self, client: Client) -> None:
        """Bring `row` up to date. Raises GoQueueError."""
        ...


class JobStory:
    """One job. check: looks whether it was done and says what it saw; raises NotAsPromised."""

    def __init__(self, title: str, request: JobRequest, check: Callable[[Job], str]) -> None:
        self.row = Row(title, request.type)
        self._request = request
        self._check = check
        self._id = ""

    def start(self, client: Client) -> None:
        """See Story."""
        options = {name: value for name, value in self._request.to_json().items() if name not in ("type", "payload")}
        job = client.submit(self._request.type, self._request.payload, **options)  # type: ignore[arg-type]  # its own fields
        self._id = job.id
        self.row = replace(self.row, status=job.status)

    def look(self, client: Client) -> None:
        """See Story."""
        job = client.get(self._id)
        said = job.progress.message if job.progress is not None and job.progress.message else job.error
        fraction = (job.progress.fraction if job.progress is not None else None) or 0.0
        self.row = replace(self.row, status=job.status, tries=job.attempts, finding=said or "", fraction=fraction)
        if job.is_finished:
            self._end(client, job)

    def _end(self, _client: Client, job: Job) -> None:
        if job.status != "completed":
            self.row = replace(self.row, is_right=False, finding=job.error or job.status)
            return
        try:
            self.row = replace(self.row, fraction=1.0, finding=self._check(job), is_right=True)
        except NotAsPromised as error:
            self.row = replace(self.row, fraction=1.0, finding=str(error), is_right=False)


class RetriedByHand(JobStory):
    """A job that runs out of retries, and is given one more by hand."""

    _was_retried = False

    def _end(self, client: Client, job: Job) -> None:
        if job.status == "failed" and job.failure_reason == "exhausted" and not self._was_retried:
            self._was_retried = True
            client.retry(job.id)
            self.row = replace(self.row, status="failed", finding=f"failed after {job.attempts} tries; retried by hand")
        else:
            super()._end(client, job)


class BatchStory:
    """Many small jobs in one request, in a queue and with a tag that no others have."""

    def __init__(self, title: str, requests: list[JobRequest], *, queue: str, tag: str) -> None:
        self.row = Row(title, requests[0].type)
        self._requests = requests
        self._queue = queue
        self._tag = tag
        self._ids: list[str] = []

    def start(self, client: Client) -> None:
        """See Story."""
        submitted = client.submit_many(self._requests)
        self._ids = [job.id for job in submitted]
        self.row = replace(self.row, status="queued")

    def look(self, client: Client) -> None:
        """See Story."""
        depth = next((queue for queue in client.queues() if queue.name == self._queue), None)
        if depth is None:
            return
        left = depth.queued + depth.scheduled + depth.retrying + depth.processing
        total = len(self._ids)
        done = max(0, total - left)
        self.row = replace(self.row, status="processing", fraction=done / total, finding=f"{done:,} of {total:,}")
        if left == 0:
            self._end(client)

    def _end(self, client: Client) -> None:
        jobs = list(client.jobs(tag=self._tag, page_size=200))
        completed = [job for job in jobs if job.status == "completed"]
        ends = [job.finished_at for job in jobs if job.finished_at is not None]
        starts = [job.started_at for job in jobs if job.started_at is not None]
        seconds = (max(ends) - min(starts)).total_seconds() if ends and starts else 0.0
        self.row = replace(
            self.row,
            status="completed",
            tries=max((job.attempts for job in jobs), default=0),
            fraction=1.0,
            finding=f"{len(completed):,} completed, the last {seconds:.2f} s after the first began",
            is_right={job.id for job in completed} == set(self._ids) and all(job.attempts == 1 for job in completed),
        )
