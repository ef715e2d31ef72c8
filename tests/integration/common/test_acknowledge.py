from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.database import Database
from goqueue_common.errors import StaleJob
from goqueue_common.job import Outcome, Settled
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from tests.factories import LONG_SECONDS, job_in, register_worker, row, start, submission, submit

LATER = {"delay_seconds": 60.0}

# event, what goes with it, the status that follows and the failures counted.
OUTCOMES = [
    pytest.param("complete", {"result": b'{"n":[1,null]}'}, "completed", 0, id="complete"),
    pytest.param("retry_later", {**LATER, "error": "broken"}, "retrying", 1, id="retry_later"),
    pytest.param("fail", {"failure_reason": "exhausted", "error": "broken"}, "failed", 1, id="exhausted"),
    pytest.param("fail", {"failure_reason": "discarded"}, "failed", 1, id="discarded"),
    pytest.param("fail", {"failure_reason": "timeout"}, "failed", 1, id="timeout"),
    pytest.param("fail", {"failure_reason": "unknown_type"}, "failed", 0, id="unknown_type"),
    pytest.param("snooze", LATER, "scheduled", 0, id="snooze"),
    pytest.param("release", {}, "queued", 0, id="release"),
    pytest.param("confirm_cancel", {}, "cancelled", 0, id="confirm_cancel"),
]


def started(store: JobStore, worker_id: str) -> str:
    return job_in(JobStatus.PROCESSING, store, worker_id)


@pytest.mark.parametrize(("event", "fields", "status", "failures"), OUTCOMES)
def test_an_outcome_is_written(
    store: JobStore, worker_id: str, event: str, fields: dict[str, Any], status: str, failures: int
) -> None:
    job_id = started(store, worker_id)
    settled = store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent(event), **fields))
    job = store.get_job_by_id(job_id)
    assert settled == Settled(job_id, 1, status, "default", 1)
    assert (job.status, job.failures, job.attempts, job.worker_id) == (status, failures, 1, None)
    assert (job.finished_at is not None) is JobStatus(status).is_final
    assert (job.error, job.failure_reason) == (fields.get("error"), fields.get("failure_reason"))
    assert job.result == ({"n": [1, None]} if event == "complete" else None)


@pytest.mark.parametrize(("event", "fields", "status", "failures"), OUTCOMES)
def test_a_requested_cancel_wins_over_every_outcome_but_completion(
    store: JobStore, worker_id: str, event: str, fields: dict[str, Any], status: str, failures: int
) -> None:
    job_id = started(store, worker_id)
    store.update_status(job_id, JobEvent.REQUEST_CANCEL)
    settled = store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent(event), **fields))
    job = store.get_job_by_id(job_id)
    assert job.status == settled.status == ("completed" if event == "complete" else "cancelled")
    assert (job.failure_reason, job.failures, job.worker_id) == (None, failures, None)
    assert job.finished_at is not None


@pytest.mark.parametrize("result", [b"null", b"1", b'"text"', b"[]", b"{}", None], ids=str)
def test_a_result_may_be_any_json_or_none(store: JobStore, worker_id: str, result: bytes | None) -> None:
    job_id = started(store, worker_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE, result=result))
    expected = {b"1": 1, b'"text"': "text", b"[]": [], b"{}": {}}.get(result or b"")
    assert store.get_job_by_id(job_id).result == expected


def test_a_delay_counts_from_the_write_by_the_database_clock(store: JobStore, worker_id: str) -> None:
    job_id = started(store, worker_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RETRY_LATER, delay_seconds=60.5))
    job = store.get_job_by_id(job_id)
    assert job.run_at == job.updated_at + timedelta(seconds=60.5)


def test_a_released_job_keeps_its_place_in_the_order(store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    queued_at = store.get_job_by_id(job_id).queued_at
    start(store, worker_id, job_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE))
    assert store.get_job_by_id(job_id).queued_at == queued_at


def test_a_completion_clears_the_error_of_earlier_attempts(store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.RETRYING, store, worker_id)
    store.update_status(job_id, JobEvent.RUN_NOW)
    start(store, worker_id, job_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=2, event=JobEvent.COMPLETE, result=b"1"))
    job = store.get_job_by_id(job_id)
    assert (job.status, job.error, job.failures, job.attempts, job.result) == ("completed", None, 1, 2, 1)


def test_an_outcome_without_error_keeps_the_last_one(store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.RETRYING, store, worker_id)
    store.update_status(job_id, JobEvent.RUN_NOW)
    start(store, worker_id, job_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=2, event=JobEvent.RELEASE))
    assert store.get_job_by_id(job_id).error == "broken"


def test_another_attempt_changes_nothing(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = started(store, worker_id)
    before = row(database, job_id)
    for attempt in (0, 2):
        with pytest.raises(StaleJob, match=f"attempt {attempt} of job {job_id}"):
            store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.COMPLETE))
    assert row(database, job_id) == before


def test_another_worker_changes_nothing(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = started(store, worker_id)
    before = row(database, job_id)
    with pytest.raises(StaleJob):
        store.save_result(register_worker(database), Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE))
    assert row(database, job_id) == before


def test_the_late_completion_of_a_lost_attempt_changes_nothing(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = started(store, worker_id)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE))
    other = register_worker(database)
    start(store, other, job_id)
    before = row(database, job_id)
    assert store.acknowledge(worker_id, [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE, result=b"1")]) == []
    assert row(database, job_id) == before


@pytest.mark.parametrize("status", [status for status in JobStatus if status != JobStatus.PROCESSING])
def test_a_job_that_is_not_running_cannot_be_acknowledged(
    store: JobStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    before = row(database, job_id)
    outcomes = [Outcome(id=job_id, attempt=attempt, event=JobEvent.COMPLETE) for attempt in (0, 1)]
    assert store.acknowledge(worker_id, outcomes) == []
    assert row(database, job_id) == before


def test_a_stale_outcome_does_not_keep_the_others_of_its_batch_from_being_written(store: JobStore, worker_id: str) -> None:
    ids = [answer.id for answer in store.create_jobs([submission() for _ in range(20)])]
    store.claim(worker_id, ids, None)
    outcomes = [
        Outcome(id=job_id, attempt=2 if number == 7 else 1, event=JobEvent.COMPLETE) for number, job_id in enumerate(ids)
    ]
    settled = store.acknowledge(worker_id, outcomes)
    assert {item.id for item in settled} == set(ids) - {ids[7]}
    assert store.get_job_by_id(ids[7]).status == JobStatus.PROCESSING


def test_an_acknowledgement_repeated_changes_nothing(store: JobStore, database: Database, worker_id: str) -> None:
    job_id = started(store, worker_id)
    outcome = Outcome(id=job_id, attempt=1, event=JobEvent.RETRY_LATER, delay_seconds=LONG_SECONDS)
    assert len(store.acknowledge(worker_id, [outcome])) == 1
    before = row(database, job_id)
    assert store.acknowledge(worker_id, [outcome]) == []
    assert row(database, job_id) == before
    assert store.acknowledge(worker_id, []) == []


def test_the_attempt_log_keeps_the_last_ten(store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    for attempt in range(1, 13):
        start(store, worker_id, job_id)
        entry = {"attempt": attempt, "outcome": "released", "error": None}
        store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.RELEASE, log_entry=entry))
    job = store.get_job_by_id(job_id)
    assert [entry["attempt"] for entry in job.attempt_log] == list(range(3, 13))
    assert job.attempt_log[0] == {"attempt": 3, "outcome": "released", "error": None}
    assert job.attempts == 12


def test_a_job_that_simply_completed_has_an_empty_attempt_log(store: JobStore, worker_id: str) -> None:
    assert store.get_job_by_id(job_in(JobStatus.COMPLETED, store, worker_id)).attempt_log == []


def test_times_in_an_attempt_log_may_be_datetimes(store: JobStore, worker_id: str) -> None:
    job_id = started(store, worker_id)
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    store.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE, log_entry={"started_at": noon}))
    assert store.get_job_by_id(job_id).attempt_log == [{"started_at": "2030-01-01T12:00:00+00:00"}]


def test_cancel_requests_are_those_of_my_running_jobs(store: JobStore, database: Database, worker_id: str) -> None:
    mine, untouched, foreign = (
        started(store, worker_id),
        started(store, worker_id),
        started(store, register_worker(database)),
    )
    waiting = submit(store)
    for job_id in (mine, foreign, waiting):
        store.cancel(job_id)
    assert store.cancel_requests([worker_id]) == [(mine, 1)]
    assert store.get_job_by_id(untouched).cancel_requested_at is None
