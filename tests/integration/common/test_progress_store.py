from __future__ import annotations

import pytest

from goqueue_common.database import Database, run_on
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.progress_store import ProgressStore, ProgressTick
from tests.factories import job_in, register_worker, row, start


@pytest.fixture
def progress(database: Database) -> ProgressStore:
    return ProgressStore(database)


def shown(store: JobStore, job_id: str) -> tuple[float | None, str | None] | None:
    found = store.get_job_by_id(job_id).progress
    return (found["fraction"], found["message"]) if found else None


def test_a_job_shows_its_latest_tick(store: JobStore, progress: ProgressStore, worker_id: str) -> None:
    first, second = (job_in(JobStatus.PROCESSING, store, worker_id) for _ in range(2))
    progress.save(worker_id, [ProgressTick(first, 1, 0.25, "reading"), ProgressTick(second, 1, None, "waiting")])
    progress.save(worker_id, [ProgressTick(first, 1, 0.5, None)])
    assert (shown(store, first), shown(store, second)) == ((0.5, None), (None, "waiting"))


def test_a_tick_never_writes_the_row_of_the_job(
    store: JobStore, database: Database, progress: ProgressStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    before = row(database, job_id)
    progress.save(worker_id, [ProgressTick(job_id, 1, 0.5, None)])
    assert row(database, job_id) == before


@pytest.mark.parametrize("attempt", [0, 2])
def test_a_tick_of_another_attempt_is_dropped(
    store: JobStore, progress: ProgressStore, worker_id: str, attempt: int
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    progress.save(worker_id, [ProgressTick(job_id, attempt, 0.5, None)])
    assert shown(store, job_id) is None


def test_a_tick_of_a_worker_that_does_not_hold_the_job_is_dropped(
    store: JobStore, database: Database, progress: ProgressStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    progress.save(register_worker(database), [ProgressTick(job_id, 1, 0.5, None)])
    assert shown(store, job_id) is None


def test_a_job_that_is_being_deleted_holds_up_nobody_and_keeps_no_progress(
    store: JobStore, database: Database, impatient: Database, worker_id: str
) -> None:
    going, staying = (job_in(JobStatus.PROCESSING, store, worker_id) for _ in range(2))
    with database.transaction() as connection:
        run_on(connection, "DELETE FROM jobs WHERE id = %(id)s", {"id": going})
        ticks = [ProgressTick(going, 1, 0.5, None), ProgressTick(staying, 1, 0.5, None)]
        ProgressStore(impatient).save(worker_id, ticks)
    assert shown(store, staying) == (0.5, None)
    assert database.run("SELECT job_id::text FROM job_progress") == [(staying,)]


def test_the_next_attempt_starts_without_the_progress_of_the_last(
    store: JobStore, progress: ProgressStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    progress.save(worker_id, [ProgressTick(job_id, 1, 0.9, None)])
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE))
    start(store, worker_id, job_id)
    assert shown(store, job_id) is None
    progress.save(worker_id, [ProgressTick(job_id, 2, 0.1, None)])
    assert shown(store, job_id) == (0.1, None)
