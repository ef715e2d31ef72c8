from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from goqueue_common.job import Job, Outcome, Priority
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.new_job import NewJob, Submitted, submitted_job

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def job() -> Job:
    new = NewJob.checked("demo", payload={"a": 1}, priority=Priority.HIGH, timeout_seconds=2.5, tags=["x"])
    answer = Submitted(
        id=new.id, status=JobStatus.QUEUED, run_at=None, queued_at=NOON, created_at=NOON, max_retries=new.max_retries
    )
    return submitted_job(new, answer)


def test_a_job_is_shown_with_the_names_of_the_http_api(job: Job) -> None:
    assert set(job.to_dict()) == {
        "id", "queue", "type", "payload", "status", "priority", "attempts", "failures", "max_retries", "rescues", "run_at",
        "expires_at", "timeout", "queued_at", "tags", "result", "error", "fingerprint", "failure_reason", "waiting_reason",
        "attempt_history", "progress", "cancel_requested_at", "worker_id", "started_at", "finished_at", "created_at",
        "updated_at", "schedule", "scheduled_for", "rerun_of", "parent_id", "traceparent",
    }  # fmt: skip


def test_a_job_is_shown_with_its_values(job: Job) -> None:
    shown = job.to_dict()
    assert (shown["payload"], shown["priority"], shown["timeout"], shown["tags"]) == ({"a": 1}, "high", 2.5, ["x"])
    assert (shown["created_at"], shown["updated_at"], shown["status"]) == (NOON, NOON, "queued")


@pytest.mark.parametrize(
    ("status", "since", "reason"),
    [
        (JobStatus.SCHEDULED, NOON, "no_handler"),
        (JobStatus.QUEUED, NOON, "no_handler"),
        (JobStatus.SCHEDULED, None, None),
        (JobStatus.FAILED, NOON, None),
        (JobStatus.CANCELLED, NOON, None),
    ],
)
def test_a_job_says_that_it_waits_for_a_handler_only_while_it_waits(
    job: Job, status: JobStatus, since: datetime | None, reason: str | None
) -> None:
    assert replace(job, status=status, no_handler_since=since).waiting_reason == reason


OUTCOMES = [
    Outcome(id="1", attempt=1, event=JobEvent.COMPLETE, result=b'{"a":",\\"fingerprint\\":null}"}'),
    Outcome(id="1", attempt=1, event=JobEvent.COMPLETE),
    Outcome(id="1", attempt=1, event=JobEvent.RELEASE),
    Outcome(id="1", attempt=2, event=JobEvent.FAIL, error="no", log_entry={"attempt": 2}, fingerprint="0123456789abcdef"),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: str(outcome.event))
def test_an_outcome_travels_whole(outcome: Outcome) -> None:
    assert Outcome.decoded(outcome.encoded()) == outcome


@pytest.mark.parametrize("outcome", OUTCOMES[:3], ids=lambda outcome: str(outcome.event))
def test_the_release_before_can_read_what_did_not_fail(outcome: Outcome) -> None:
    assert "fingerprint" not in orjson.loads(outcome.encoded())
