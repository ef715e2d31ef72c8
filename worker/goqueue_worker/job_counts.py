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
from goqueue_worker.attempt import Attempt

_RESCUED: Final = "rescued"


class JobCounts:
    """About a microsecond a job, in the thread that writes outcomes."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.count_submitted = partial(count_submitted, counts)

    def count_written(self, batch: Sequence[Finished], settled: Sequence[Settled]) -> None:
        """Of a batch, count what was written; attempts that were only given back did not end."""
        statuses = {(item.id, item.attempt): item.status for item in settled}
        ended: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
        for attempt, outcome in batch:
            status = statuses.get((outcome.id, outcome.attempt))
            if status is not None and outcome.event is not JobEvent.RELEASE:
                ended[attempt.job.queue, status].append(attempt)
        for (queue, status), attempts in ended.items():
            self._counts.add(JOBS_FINISHED, (queue, status), len(attempts))
            self._counts.observe_all(JOB_SECONDS, (queue,), [attempt.ran_seconds for attempt in attempts])
            # A clock that was set back must take nothing from a sum: Prometheus would see a counter that begins anew.
            waits = [max(0.0, (attempt.job.started_at - attempt.job.queued_at).total_seconds()) for attempt in attempts]
            self._counts.observe_all(JOB_WAIT, (queue,), waits)

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
