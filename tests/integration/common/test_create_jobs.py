from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.database import Database
from goqueue_common.errors import IdempotencyKeyReused, JobNotFound
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import MAX_SECONDS, NewJob, submitted_job
from goqueue_common.queue_store import QueueStore
from tests.factories import idempotency_key, submission, submit

AHEAD = datetime.now(UTC) + timedelta(hours=1)
PAST = datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="bare"),
        pytest.param({"payload": {"ü": ["🚀", 1.5, None, {"deep": [True]}], "big": 2**63}}, id="payload"),
        pytest.param({"queue": "mail.out", "priority": Priority.HIGH, "max_retries": 0}, id="queue and priority"),
        pytest.param({"timeout_seconds": 1.5, "tags": ["b", 'a "quoted" {one}, \\']}, id="timeout and tags"),
        pytest.param({"run_at": AHEAD, "expires_at": AHEAD + timedelta(hours=1)}, id="times"),
        pytest.param({"delay_seconds": 90.25}, id="delay"),
        pytest.param({"parent_id": str(uuid4()), "traceparent": "00-0af7-b7ad-01"}, id="parent"),
    ],
)
def test_a_job_reads_back_as_it_was_answered_at_submit(store: JobStore, options: dict[str, Any]) -> None:
    new = NewJob.checked("email.send", **options)
    answered = submitted_job(new, store.create_job(new))
    assert store.get_job_by_id(new.id) == answered


@pytest.mark.parametrize(
    ("options", "status"),
    [
        pytest.param({}, JobStatus.QUEUED, id="neither"),
        pytest.param({"delay_seconds": 0}, JobStatus.QUEUED, id="delay 0"),
        pytest.param({"delay_seconds": 0.5}, JobStatus.SCHEDULED, id="delay"),
        pytest.param({"delay_seconds": MAX_SECONDS}, JobStatus.SCHEDULED, id="longest delay"),
        pytest.param({"run_at": PAST}, JobStatus.QUEUED, id="run_at past"),
        pytest.param({"run_at": AHEAD}, JobStatus.SCHEDULED, id="run_at ahead"),
    ],
)
def test_a_job_is_queued_unless_its_time_lies_ahead(store: JobStore, options: dict[str, Any], status: JobStatus) -> None:
    answer = store.create_job(NewJob.checked("demo", **options))
    assert answer.status == status
    assert (answer.queued_at == answer.created_at) is (status == JobStatus.QUEUED)
    assert (answer.queued_at is None) is (status == JobStatus.SCHEDULED)


def test_a_delay_counts_from_the_instant_of_creation_by_the_database_clock(store: JobStore) -> None:
    answer = store.create_job(NewJob.checked("demo", delay_seconds=90.25))
    assert answer.run_at == answer.created_at + timedelta(seconds=90.25)


def test_run_at_in_another_zone_is_the_same_instant(store: JobStore) -> None:
    tokyo = AHEAD.astimezone(timezone(timedelta(hours=9)))
    assert store.create_job(NewJob.checked("demo", run_at=tokyo)).run_at == AHEAD


def test_many_jobs_are_answered_in_their_order(store: JobStore) -> None:
    submissions = [submission(queue=f"q{number % 3}") for number in range(500)]
    answers = store.create_jobs(submissions[::-1])
    assert [answer.id for answer in answers] == [item.job.id for item in submissions[::-1]]
    assert {answer.replayed for answer in answers} == {False}


def test_a_tag_or_payload_cannot_leave_its_place_in_the_statement(store: JobStore) -> None:
    hostile = "'); DROP TABLE jobs; -- %s %(id)s {} $1"
    job = store.get_job_by_id(submit(store, payload={"x": hostile}, tags=[hostile]))
    assert (job.payload, job.tags) == ({"x": hostile}, [hostile])


def test_an_id_that_does_not_exist_is_not_found(store: JobStore) -> None:
    missing = str(uuid4())
    with pytest.raises(JobNotFound, match=missing):
        store.get_job_by_id(missing)


def test_a_queue_exists_from_its_first_job_on(store: JobStore, database: Database) -> None:
    store.create_jobs([submission(queue="b"), submission(queue="a"), submission(queue="b")])
    JobStore(database).create_job(NewJob.checked("demo", queue="a"))
    assert QueueStore(database).names() == ["a", "b"]


@pytest.mark.parametrize("with_batch_key", [False, True], ids=["keys of items", "key of the batch"])
def test_a_batch_that_was_taken_back_leaves_its_new_queue_to_the_next_job(
    store: JobStore, database: Database, with_batch_key: bool
) -> None:
    store.create_job(NewJob.checked("demo"), idempotency_key("used", request="first"))
    batch = [submission(queue="reports"), submission(key=idempotency_key("used", request="other"))]
    with pytest.raises(IdempotencyKeyReused):
        store.create_batch(batch, idempotency_key("batch")) if with_batch_key else store.create_jobs(batch)
    submit(store, queue="reports")
    assert "reports" in QueueStore(database).names()
