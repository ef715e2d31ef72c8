"""What becomes of the jobs of a process that has died."""

from __future__ import annotations

import pytest

from goqueue_common.attempts import SAID
from goqueue_common.database import Database
from goqueue_common.job import MAX_ATTEMPT_LOG, Outcome, Settled
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.recovery_store import RecoveryStore
from tests.factories import job_in, register_worker, row, start, submit


@pytest.fixture
def recovery(database: Database) -> RecoveryStore:
    return RecoveryStore(database)


def rescued(recovery: RecoveryStore, worker_id: str, *attempts: tuple[str, int]) -> list[Settled]:
    return recovery.rescue(worker_id, attempts, max_rescues=3, error="died: signal 9")


def test_a_job_that_had_started_goes_back_to_its_place_with_its_rescue_counted(
    store: JobStore, recovery: RecoveryStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    before = store.get_job_by_id(job_id)
    assert rescued(recovery, worker_id, (job_id, 1)) == [Settled(job_id, 1, "queued", "default", 1)]
    job = store.get_job_by_id(job_id)
    assert (job.status, job.rescues, job.failures, job.attempts, job.worker_id) == ("queued", 1, 0, 1, None)
    assert (job.queued_at, job.error, job.finished_at) == (before.queued_at, "died: signal 9", None)
    (entry,) = job.attempt_log
    assert (entry["attempt"], entry["worker_id"], entry["outcome"], entry["error"]) == (
        1,
        worker_id,
        "died",
        "died: signal 9",
    )
    assert set(entry) == set(SAID)


def test_the_fourth_death_is_poison(store: JobStore, recovery: RecoveryStore, worker_id: str) -> None:
    job_id = submit(store)
    statuses = []
    for attempt in range(1, 5):
        start(store, worker_id, job_id)
        statuses += [item.status for item in rescued(recovery, worker_id, (job_id, attempt))]
    assert statuses == ["queued", "queued", "queued", "failed"]
    job = store.get_job_by_id(job_id)
    assert (job.failure_reason, job.rescues, job.failures, job.finished_at) == ("poison", 4, 0, job.updated_at)
    assert [entry["attempt"] for entry in job.attempt_log] == [1, 2, 3, 4]


@pytest.mark.parametrize("rescues", [0, 3])
def test_a_requested_cancel_wins(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str, rescues: int
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    database.run("UPDATE jobs SET rescues = %(rescues)s", {"rescues": rescues})
    store.cancel(job_id)
    assert [item.status for item in rescued(recovery, worker_id, (job_id, 1))] == ["cancelled"]
    job = store.get_job_by_id(job_id)
    assert (job.failure_reason, job.finished_at) == (None, job.updated_at)


def test_what_the_dead_worker_no_longer_held_is_left_alone(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str
) -> None:
    other = register_worker(database)
    finished = job_in(JobStatus.COMPLETED, store, worker_id)
    foreign = job_in(JobStatus.PROCESSING, store, other)
    mine = job_in(JobStatus.PROCESSING, store, worker_id)
    before = [row(database, job_id) for job_id in (finished, foreign, mine)]
    assert rescued(recovery, worker_id, (finished, 1), (foreign, 1), (mine, 2)) == []
    assert [row(database, job_id) for job_id in (finished, foreign, mine)] == before


def test_the_attempt_log_of_a_job_that_died_keeps_the_last_ten(
    store: JobStore, recovery: RecoveryStore, worker_id: str
) -> None:
    job_id = submit(store)
    for attempt in range(1, MAX_ATTEMPT_LOG + 1):
        start(store, worker_id, job_id)
        entry = {"attempt": attempt}
        store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.RELEASE, log_entry=entry))
    start(store, worker_id, job_id)
    rescued(recovery, worker_id, (job_id, MAX_ATTEMPT_LOG + 1))
    attempts = [entry["attempt"] for entry in store.get_job_by_id(job_id).attempt_log]
    assert attempts == list(range(2, MAX_ATTEMPT_LOG + 2))


def test_everything_else_of_a_dead_worker_is_released_uncounted(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str
) -> None:
    prefetched, unwanted = (job_in(JobStatus.PROCESSING, store, worker_id) for _ in range(2))
    foreign = job_in(JobStatus.PROCESSING, store, register_worker(database))
    store.cancel(unwanted)
    settled = recovery.release_all(worker_id)
    assert sorted((item.id, item.status) for item in settled) == sorted([(prefetched, "queued"), (unwanted, "cancelled")])
    job = store.get_job_by_id(prefetched)
    assert (job.rescues, job.failures, job.worker_id, job.attempt_log) == (0, 0, None, [])
    assert store.get_job_by_id(foreign).status == JobStatus.PROCESSING
    assert recovery.release_all(worker_id) == []


def counting(recovery: RecoveryStore, worker_id: str) -> set[str]:
    """Jobs that the death of this whole worker would count against."""
    return {row.id for row in recovery.held(worker_id) if row.counts}


def test_the_loss_of_a_whole_worker_counts_once_against_all_and_then_against_the_one_that_ran_alone(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str
) -> None:
    jobs = [start(store, worker_id, submit(store)) for _ in range(3)]
    assert counting(recovery, worker_id) == {job.id for job in jobs}
    database.run("UPDATE jobs SET rescues = 1")
    assert counting(recovery, worker_id) == set()
    first, second, _ = jobs
    assert recovery.mark_alone(worker_id, first.id, first.attempt)
    assert counting(recovery, worker_id) == {first.id}
    store.save_result(worker_id, Outcome(id=first.id, attempt=first.attempt, event=JobEvent.COMPLETE))
    assert recovery.mark_alone(worker_id, second.id, second.attempt)
    assert counting(recovery, worker_id) == {second.id}


def test_what_is_not_this_worker_s_attempt_cannot_be_marked(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str
) -> None:
    job = start(store, worker_id, submit(store))
    other = register_worker(database)
    assert not recovery.mark_alone(worker_id, job.id, job.attempt + 1)
    assert not recovery.mark_alone(other, job.id, job.attempt)
    assert not recovery.mark_alone(worker_id, submit(store), 0)
