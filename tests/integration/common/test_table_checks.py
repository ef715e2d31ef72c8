"""The table defends the state machine by itself, whatever a statement says."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import FailureReason, JobStatus
from tests.factories import job_in, row
from tests.schedules import make


@pytest.mark.parametrize(
    ("status", "change", "constraint"),
    [
        ("queued", "status = 'lost'", "jobs_status"),
        ("queued", "priority = 3", "jobs_priority"),
        ("queued", "priority = -1", "jobs_priority"),
        ("queued", "finished_at = now()", "jobs_finished_at"),
        ("processing", "finished_at = now()", "jobs_finished_at"),
        ("completed", "finished_at = NULL", "jobs_finished_at"),
        ("cancelled", "finished_at = NULL", "jobs_finished_at"),
        ("failed", "finished_at = NULL", "jobs_finished_at"),
        ("queued", "worker_id = gen_random_uuid()", "jobs_worker_id"),
        ("completed", "worker_id = gen_random_uuid()", "jobs_worker_id"),
        ("processing", "worker_id = NULL", "jobs_worker_id"),
        ("processing", "status = 'queued'", "jobs_worker_id"),
        ("scheduled", "run_at = NULL", "jobs_run_at"),
        ("retrying", "run_at = NULL", "jobs_run_at"),
        ("queued", "queued_at = NULL", "jobs_queued_at"),
        ("processing", "queued_at = NULL", "jobs_queued_at"),
        ("failed", "failure_reason = NULL", "jobs_failure_reason"),
        ("failed", "failure_reason = 'bad luck'", "jobs_failure_reason"),
        ("completed", "failure_reason = 'exhausted'", "jobs_failure_reason"),
        ("queued", "failure_reason = 'expired'", "jobs_failure_reason"),
    ],
)
def test_an_impossible_row_is_refused(
    store: JobStore, database: Database, worker_id: str, status: str, change: str, constraint: str
) -> None:
    job_id = job_in(JobStatus(status), store, worker_id)
    before = row(database, job_id)
    with pytest.raises(IntegrityError, match=f'violates check constraint "{constraint}"'):
        database.run(f"UPDATE jobs SET {change} WHERE id = %(id)s", {"id": job_id})
    assert row(database, job_id) == before


@pytest.mark.parametrize("reason", list(FailureReason))
def test_every_reason_may_be_the_reason_of_a_failed_job(
    store: JobStore, database: Database, worker_id: str, reason: FailureReason
) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    database.run("UPDATE jobs SET failure_reason = %(reason)s WHERE id = %(id)s", {"reason": reason, "id": job_id})
    assert store.get_job_by_id(job_id).failure_reason == reason


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'sleeping', ended_at = now()", "workers_state"),
        ("ended_at = now()", "workers_ended_at"),
        ("state = 'lost'", "workers_ended_at"),
    ],
)
def test_an_impossible_worker_is_refused(database: Database, worker_id: str, change: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        database.run(f"UPDATE workers SET {change} WHERE id = %(id)s", {"id": worker_id})


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("catch_up = 'some'", "schedules_catch_up"),
        ("overlap = 'queue'", "schedules_overlap"),
        ("source = 'ui'", "schedules_source"),
        ("due_at = NULL", "schedules_due_at"),
        ("next_at = NULL", "schedules_due_at"),
        ("paused_at = now()", "schedules_paused_at"),
    ],
)
def test_an_impossible_schedule_is_refused(database: Database, change: str, constraint: str) -> None:
    make(database)
    with pytest.raises(IntegrityError, match=constraint):
        database.run(f"UPDATE schedules SET {change}")


def test_an_instant_has_one_run_and_schedules_one_revision(database: Database) -> None:
    insert = "INSERT INTO schedule_runs (schedule, scheduled_for) VALUES ('report', '2026-01-01Z')"
    database.run(insert)
    with pytest.raises(IntegrityError, match="schedule_runs_pkey"):
        database.run(insert)
    with pytest.raises(IntegrityError, match="schedule_revision_one"):
        database.run("INSERT INTO schedule_revision (id, revision) VALUES (2, 1)")
