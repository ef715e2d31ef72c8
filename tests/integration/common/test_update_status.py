"""What people do to one job by hand: every pair of status and event on a real row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goqueue_common.database import Database
from goqueue_common.errors import JobNotFound, WrongStatus
from goqueue_common.job import Job, Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from tests.factories import LONG_SECONDS, job_in, row, start, submit
from tests.unit.common.expected_lifecycle import BY_HAND, expected_target, pairs

ALLOWED = [pair for pair in pairs(BY_HAND) if expected_target(*pair, cancel_requested=False)]
REFUSED = [pair for pair in pairs(BY_HAND) if not expected_target(*pair, cancel_requested=False)]


@pytest.mark.parametrize(("event", "status"), ALLOWED)
def test_an_allowed_event_changes_the_row(store: JobStore, worker_id: str, event: JobEvent, status: JobStatus) -> None:
    job_id = job_in(status, store, worker_id)
    before = store.get_job_by_id(job_id)
    job = store.update_status(job_id, event)
    assert job == store.get_job_by_id(job_id)
    assert job.status == expected_target(event, status, cancel_requested=False)
    assert job.updated_at > before.updated_at
    assert (job.finished_at == job.updated_at) is job.status.is_final
    assert (job.attempts, job.failures, job.rescues) == (before.attempts, before.failures, 0)
    _check_fields_of(event, before, job)


def _check_fields_of(event: JobEvent, before: Job, job: Job) -> None:
    if event in (JobEvent.PROMOTE, JobEvent.RUN_NOW, JobEvent.RETRY):
        assert job.queued_at == job.updated_at
    if event == JobEvent.RUN_NOW:
        assert job.run_at == job.updated_at
    if event == JobEvent.EXPIRE:
        assert (job.failure_reason, (job.error or "")[:7]) == ("expired", "expired")
    if event in (JobEvent.CANCEL, JobEvent.REQUEST_CANCEL):
        assert job.cancel_requested_at == job.updated_at
    if event == JobEvent.REQUEST_CANCEL:
        assert (job.worker_id, job.started_at) == (before.worker_id, before.started_at)


@pytest.mark.parametrize(("event", "status"), REFUSED)
def test_an_event_that_is_not_allowed_changes_nothing(
    store: JobStore, database: Database, worker_id: str, event: JobEvent, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    before = row(database, job_id)
    with pytest.raises(WrongStatus, match=f"is {status}; {event} wants") as caught:
        store.update_status(job_id, event)
    assert caught.value.status == status
    assert row(database, job_id) == before


@pytest.mark.parametrize("event", [JobEvent(event) for event in BY_HAND])
def test_a_job_that_does_not_exist_is_not_found(store: JobStore, event: JobEvent) -> None:
    with pytest.raises(JobNotFound):
        store.update_status(str(uuid4()), event)


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (JobStatus.QUEUED, JobStatus.CANCELLED),
        (JobStatus.SCHEDULED, JobStatus.CANCELLED),
        (JobStatus.RETRYING, JobStatus.CANCELLED),
        (JobStatus.PROCESSING, JobStatus.PROCESSING),
    ],
)
def test_cancel_ends_a_waiting_job_and_asks_a_running_one(
    store: JobStore, worker_id: str, status: JobStatus, after: JobStatus
) -> None:
    job = store.cancel(job_in(status, store, worker_id))
    assert (job.status, job.cancel_requested_at is not None) == (after, True)


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED])
def test_cancel_of_a_finished_job_is_refused(store: JobStore, worker_id: str, status: JobStatus) -> None:
    with pytest.raises(WrongStatus) as caught:
        store.cancel(job_in(status, store, worker_id))
    assert caught.value.status == status


def test_a_cancel_asked_for_twice_keeps_the_time_of_the_first(store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    assert store.cancel(job_id).cancel_requested_at == store.cancel(job_id).cancel_requested_at


def fail(store: JobStore, worker_id: str, job_id: str) -> Job:
    """One more attempt that ends in an error: retried while failures <= max_retries, as a worker decides it."""
    claimed = start(store, worker_id, job_id)
    if claimed.failures + 1 <= claimed.max_retries:
        ending = Outcome(
            id=job_id, attempt=claimed.attempt, event=JobEvent.RETRY_LATER, delay_seconds=LONG_SECONDS, error="again"
        )
    else:
        ending = Outcome(id=job_id, attempt=claimed.attempt, event=JobEvent.FAIL, failure_reason="exhausted", error="again")
    store.save_result(worker_id, ending)
    return store.get_job_by_id(job_id)


def test_retry_by_hand_starts_afresh_but_forgets_no_attempt(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = submit(store, max_retries=0, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert fail(store, worker_id, job_id).status == JobStatus.FAILED
    database.run(
        "UPDATE jobs SET rescues = 3, no_handler_since = now(), expires_at = now() - interval '1 s', "
        "cancel_requested_at = now(), result = '1' WHERE id = %(id)s",
        {"id": job_id},
    )
    job = store.update_status(job_id, JobEvent.RETRY)
    assert (job.status, job.attempts, job.failures, job.max_retries, job.rescues) == (JobStatus.QUEUED, 1, 1, 2, 0)
    assert (job.error, job.failure_reason, job.finished_at, job.result) == (None, None, None, None)
    assert (job.cancel_requested_at, job.no_handler_since, job.expires_at, job.run_at) == (None, None, None, None)


def test_retry_by_hand_keeps_an_expiry_that_lies_ahead(store: JobStore, worker_id: str) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    job_id = job_in(JobStatus.CANCELLED, store, worker_id, expires_at=ahead)
    assert store.update_status(job_id, JobEvent.RETRY).expires_at == ahead


def test_retry_by_hand_allows_one_more_failure_each_time(store: JobStore, worker_id: str) -> None:
    job_id = submit(store, max_retries=0)
    assert fail(store, worker_id, job_id).status == JobStatus.FAILED
    for _ in range(2):
        store.update_status(job_id, JobEvent.RETRY)
        assert fail(store, worker_id, job_id).status == JobStatus.RETRYING
        store.update_status(job_id, JobEvent.RUN_NOW)
        assert fail(store, worker_id, job_id).status == JobStatus.FAILED


def test_retry_by_hand_takes_no_retry_away(store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.COMPLETED, store, worker_id, max_retries=9)
    assert store.update_status(job_id, JobEvent.RETRY).max_retries == 9


def test_a_job_cancelled_and_retried_is_not_cancelled_when_it_fails(store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    store.cancel(job_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE))
    assert store.update_status(job_id, JobEvent.RETRY).status == JobStatus.QUEUED
    assert fail(store, worker_id, job_id).status == JobStatus.RETRYING
