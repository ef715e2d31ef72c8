"""What a worker counts of its jobs: attempts that ended, once they are written."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from goqueue_common.job import Outcome, Settled
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.metrics.catalogue import JOB_SECONDS, JOB_WAIT, JOBS_FINISHED
from goqueue_common.metrics.counts import Counts
from goqueue_worker.acknowledger import Finished
from goqueue_worker.attempt import Attempt
from goqueue_worker.handler import Handler
from goqueue_worker.job_counts import JobCounts
from goqueue_worker.slot_table import SlotTable
from tests.unit.worker.claimed import NOW, claimed_job


@pytest.fixture
def counts() -> Counts:
    return Counts()


def found(counts: Counts) -> dict[tuple[str, tuple[str, ...]], list[float]]:
    return {(sample.family.name, sample.labels): list(sample.numbers) for sample in counts.samples()}


def ended(queue: str, event: JobEvent, *, ran: float = 0.0, waited: float = 0.0) -> Finished:
    job = claimed_job(queue=queue, started_at=NOW, queued_at=NOW - timedelta(seconds=waited))
    attempt = Attempt(job, Handler(type=job.type, function=print), 0)
    attempt.ran_seconds = ran
    return attempt, Outcome(id=job.id, attempt=job.attempt, event=event)


def written(item: Finished, status: JobStatus) -> Settled:
    job = item[0].job
    return Settled(job.id, job.attempt, status, job.queue, job.priority)


def test_a_batch_is_counted_by_queue_and_by_what_became_of_the_jobs(counts: Counts) -> None:
    done = [ended("a", JobEvent.COMPLETE, ran=0.3, waited=7.0), ended("a", JobEvent.COMPLETE, ran=0.3, waited=7.0)]
    failed = ended("b", JobEvent.FAIL, ran=3.0)
    settled = [written(failed, JobStatus.FAILED), *(written(item, JobStatus.COMPLETED) for item in done)]
    JobCounts(counts).count_written([*done, failed], settled)
    assert found(counts)[JOBS_FINISHED.name, ("a", "completed")] == [2.0]
    assert found(counts)[JOBS_FINISHED.name, ("b", "failed")] == [1.0]
    *buckets, total = found(counts)[JOB_SECONDS.name, ("a",)]
    assert (sum(buckets), total) == (2.0, pytest.approx(0.6))
    *buckets, total = found(counts)[JOB_WAIT.name, ("a",)]
    assert (sum(buckets), total) == (2.0, pytest.approx(14.0))


def test_a_clock_that_was_set_back_takes_nothing_from_a_sum(counts: Counts) -> None:
    item = ended("a", JobEvent.COMPLETE, waited=-3.0)
    JobCounts(counts).count_written([item], [written(item, JobStatus.COMPLETED)])
    *buckets, total = found(counts)[JOB_WAIT.name, ("a",)]
    assert (sum(buckets), total) == (1.0, 0.0)


def test_what_was_not_written_or_only_given_back_is_not_counted(counts: Counts) -> None:
    held_up, released = ended("a", JobEvent.COMPLETE), ended("a", JobEvent.RELEASE)
    JobCounts(counts).count_written([held_up, released], [written(released, JobStatus.QUEUED)])
    assert found(counts) == {}


def test_attempts_of_dead_processes_are_counted_by_who_settles_them(counts: Counts) -> None:
    died, poisonous, applied, released = (ended("a", JobEvent.COMPLETE) for _ in range(4))
    JobCounts(counts).count_taken_back(
        [written(applied, JobStatus.COMPLETED), written(released, JobStatus.QUEUED)],
        [written(died, JobStatus.QUEUED), written(poisonous, JobStatus.FAILED)],
    )
    assert found(counts) == {
        (JOBS_FINISHED.name, ("a", "completed")): [1.0],
        (JOBS_FINISHED.name, ("a", "rescued")): [1.0],
        (JOBS_FINISHED.name, ("a", "failed")): [1.0],
    }


def test_ended_attempts_that_are_not_written_are_seen_in_the_slot_table() -> None:
    table, descriptor = SlotTable.create(4)
    os.close(descriptor)
    records = [table.hold(claimed_job().id, 1) for _ in range(3)]
    for record in records[:2]:
        table.start(record)
        table.finish(record)
    assert table.unwritten == 2
    table.settle(records[0])
    assert table.unwritten == 1
