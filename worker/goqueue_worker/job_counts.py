"""Counting jobs for /metrics: in a child by the batch as it is written, in the parent what it settles for dead children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from goqueue_common.job import Settled
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.metrics.catalogue import JOB_SECONDS, JOB_WAIT, JOBS_ENQUEUED, JOBS_FINISHED
from goqueue_common.metrics.count_folder import count_path
from goqueue_common.metrics.counts import Counts
from goqueue_worker.acknowledger import Finished

_RESCUED: Final = "rescued"


class JobCounts:
    """About a microsecond a job, in the thread that writes outcomes."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.count_submitted = partial(count_submitted, counts)

    def count_written(self, batch: Sequence[Finished], settled: Sequence[Settled]) -> None:
        """Of a batch, count what was written; attempts that were only given back did not end."""
        statuses = {(item.id, item.attempt): item.status for item in settled}
        finished: dict[tuple[str, str], int] = defaultdict(int)
        ran: dict[str, list[float]] = defaultdict(list)
        waited: dict[str, list[float]] = defaultdict(list)
        for attempt, outcome in batch:
            status = statuses.get((outcome.id, outcome.attempt))
            if status is None or outcome.event is JobEvent.RELEASE:
                continue
            job = attempt.job
            finished[(job.queue, status)] += 1
            ran[job.queue].append(attempt.ran_seconds)
            waited[job.queue].append((job.started_at - job.queued_at).total_seconds())
        for key, attempts in finished.items():
            self._counts.add(JOBS_FINISHED, key, attempts)
        for family, values in ((JOB_SECONDS, ran), (JOB_WAIT, waited)):
            for queue, seconds in values.items():
                self._counts.observe_all(family, (queue,), seconds)

    def count_taken_back(self, applied: Sequence[Settled], rescued: Sequence[Settled]) -> None:
        """Attempts of dead processes: those whose outcome was known, and those that died with theirs."""
        for item in applied:
            if item.status != JobStatus.QUEUED:  # given back
                self._counts.add(JOBS_FINISHED, (item.queue, item.status))
        for item in rescued:
            status = _RESCUED if item.status == JobStatus.QUEUED else item.status
            self._counts.add(JOBS_FINISHED, (item.queue, status))


def count_submitted(counts: Counts, queue: str, job_type: str, jobs: int) -> None:
    """What a Submitter tells of."""
    counts.add(JOBS_ENQUEUED, (queue, job_type), jobs)


def child_counts(folder: str, number: int) -> JobCounts:
    """Those of child number `number`, which go on where the child before it has left them."""
    return JobCounts(Counts(count_path(Path(folder), number)))
