"""Editing, running now, running again and deleting one job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import FINAL, TRANSITIONS, WAITING, JobEvent, JobStatus
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import job_in
from tests.integration.api.api_calls import get_job, submit_job

AHEAD = "2099-01-01T00:00:00+00:00"
PAST = "2001-01-01T00:00:00+00:00"
STATUSES = list(JobStatus)


def edit(client: FlaskClient, job_id: str, if_match: str = "*", **members: Any) -> Any:
    return client.patch(f"/jobs/{job_id}", json=members, headers={"If-Match": if_match})


@pytest.mark.parametrize("status", STATUSES)
def test_what_waits_can_be_edited_and_nothing_else(
    client: FlaskClient, store: JobStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    answer = edit(client, job_id, payload={"x": 1}, max_retries=9, tags=["a", "b"])
    if status in WAITING:
        job = answer.get_json()
        assert (job["payload"], job["max_retries"], job["tags"], job["status"]) == ({"x": 1}, 9, ["a", "b"], status)
        assert (job, answer.headers["ETag"]) == (get_job(client, job_id), client.get(f"/jobs/{job_id}").headers["ETag"])
    else:
        assert (answer.status_code, answer.get_json()["code"]) == (409, "wrong_status")


def test_an_edit_wants_the_state_that_was_seen(client: FlaskClient) -> None:
    job_id = submit_job(client)["id"]
    seen = client.get(f"/jobs/{job_id}").headers["ETag"]
    assert client.patch(f"/jobs/{job_id}", json={"priority": "low"}).status_code == 428
    assert edit(client, job_id, seen, priority="low").status_code == 200
    stale = edit(client, job_id, seen, priority="high")
    assert (stale.status_code, stale.get_json()["code"]) == (412, "job_changed")
    assert get_job(client, job_id)["priority"] == "low"


def test_of_two_edits_of_the_same_state_one_wins(client: FlaskClient, store: JobStore, database: Database) -> None:
    """The second has read the job before the first wrote it."""
    job_id = submit_job(client)["id"]
    seen = client.get(f"/jobs/{job_id}").headers["ETag"]
    database.run("UPDATE jobs SET updated_at = now() WHERE id = %(id)s", {"id": job_id})
    assert edit(client, job_id, f'"other", {seen}', priority="low").status_code == 412


@pytest.mark.parametrize(
    ("before", "run_at", "after"),
    [
        (JobStatus.QUEUED, AHEAD, JobStatus.SCHEDULED),
        (JobStatus.QUEUED, PAST, JobStatus.QUEUED),
        (JobStatus.SCHEDULED, None, JobStatus.QUEUED),
        (JobStatus.SCHEDULED, PAST, JobStatus.QUEUED),
        (JobStatus.SCHEDULED, AHEAD, JobStatus.SCHEDULED),
        (JobStatus.RETRYING, AHEAD, JobStatus.RETRYING),
        (JobStatus.RETRYING, None, JobStatus.QUEUED),
    ],
)
def test_moving_run_at_moves_the_status(
    client: FlaskClient,
    store: JobStore,
    broker: RedisBroker,
    worker_id: str,
    before: JobStatus,
    run_at: str | None,
    after: JobStatus,
) -> None:
    job_id = job_in(before, store, worker_id)
    while broker.dequeue([("default", 1)], 0):
        pass
    job = edit(client, job_id, run_at=run_at).get_json()
    assert job["status"] == after
    assert datetime.fromisoformat(job["run_at"]) == datetime.fromisoformat(run_at) if run_at else job["run_at"] is None
    pushed = broker.dequeue([("default", 1)], 0)
    assert (pushed is not None) is (after is JobStatus.QUEUED and before is not JobStatus.QUEUED)


def test_a_queued_job_moves_to_its_new_list(client: FlaskClient, broker: RedisBroker) -> None:
    job = submit_job(client)
    edited = edit(client, job["id"], queue="other", priority="high").get_json()
    pushed = broker.dequeue([("other", 0)], 0)
    assert (pushed and pushed.id, edited["queue"]) == (job["id"], "other")
    assert edited["queued_at"] > job["queued_at"]
    assert "other" in {queue["name"] for queue in client.get("/queues").get_json()["items"]}


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({}, ""),
        ({"type": "x"}, "/type"),
        ({"status": "queued"}, "/status"),
        ({"priority": "urgent"}, "/priority"),
        ({"priority": None}, "/priority"),
        ({"payload": []}, "/payload"),
        ({"queue": "a b"}, "/queue"),
        ({"max_retries": -1}, "/max_retries"),
        ({"tags": [""]}, "/tags/0"),
        ({"run_at": "tomorrow"}, "/run_at"),
    ],
)
def test_an_edit_that_makes_no_sense_says_where(client: FlaskClient, members: dict[str, Any], pointer: str) -> None:
    job = submit_job(client)
    answer = edit(client, job["id"], **members)
    assert (answer.status_code, [found["pointer"] for found in answer.get_json()["errors"]]) == (422, [pointer])
    assert get_job(client, job["id"]) == job


def test_an_edited_payload_is_checked_by_the_schema_of_its_type(client: FlaskClient, database: Database) -> None:
    schema = {"type": "object", "required": ["to"]}
    WorkerStore(database).publish(
        [
            JobType(
                type="mail",
                fingerprint="1",
                schema=schema,
                max_retries=3,
                timeout_seconds=None,
                isolation="thread",
                description="",
            )
        ]
    )
    job_id = submit_job(client, "mail", payload={"to": "ada"})["id"]
    assert edit(client, job_id, payload={}).get_json()["code"] == "invalid_job"


def test_an_unchanged_job_is_not_sent_again(client: FlaskClient, database: Database) -> None:
    job_id = submit_job(client)["id"]
    tag = client.get(f"/jobs/{job_id}").headers["ETag"]
    answer = client.get(f"/jobs/{job_id}", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    database.run("INSERT INTO job_progress (job_id, attempt, fraction) VALUES (%(id)s, 0, 0.5)", {"id": job_id})
    assert client.get(f"/jobs/{job_id}", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_not_due_yet_can_be_run_now(
    client: FlaskClient, store: JobStore, broker: RedisBroker, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    while broker.dequeue([("default", 1)], 0):
        pass
    answer = client.post(f"/jobs/{job_id}/run-now")
    allowed = status in TRANSITIONS[JobEvent.RUN_NOW].sources
    assert answer.status_code == (200 if allowed else 409)
    assert (broker.dequeue([("default", 1)], 0) is not None) is allowed


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_over_can_be_deleted(client: FlaskClient, store: JobStore, worker_id: str, status: JobStatus) -> None:
    job_id = job_in(status, store, worker_id)
    answer = client.delete(f"/jobs/{job_id}")
    assert (answer.status_code, answer.data == b"") == ((204, True) if status in FINAL else (409, False))
    assert client.get(f"/jobs/{job_id}").status_code == (404 if status in FINAL else 200)
    assert client.delete(f"/jobs/{job_id}").status_code == (404 if status in FINAL else 409)


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_over_can_be_run_again_as_a_new_job(
    client: FlaskClient, store: JobStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    before = get_job(client, job_id)
    answer = client.post(f"/jobs/{job_id}/rerun")
    assert answer.status_code == (201 if status in FINAL else 409)
    assert get_job(client, job_id) == before
    if status in FINAL:
        job = answer.get_json()
        assert (job["status"], job["rerun_of"], answer.headers["Location"]) == ("queued", job_id, f"/jobs/{job['id']}")
        kept = ("type", "queue", "payload", "priority", "max_retries", "timeout", "tags")
        assert {name: job[name] for name in kept} == {name: before[name] for name in kept}
        assert get_job(client, job["id"]) == job


def test_a_rerun_takes_edits_and_is_pushed(
    client: FlaskClient, store: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    answer = client.post(f"/jobs/{job_id}/rerun", json={"queue": "other", "payload": {"x": 2}, "priority": "high"})
    job = answer.get_json()
    assert (job["queue"], job["payload"], job["priority"], job["attempts"]) == ("other", {"x": 2}, "high", 0)
    pushed = broker.dequeue([("other", 0)], 0)
    assert pushed is not None
    assert pushed.id == job["id"]
    assert client.post(f"/jobs/{job_id}/rerun", json={"type": "x"}).status_code == 422


def test_a_rerun_may_be_sent_twice_under_one_key(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    first, second = (job_in(JobStatus.FAILED, store, worker_id) for _ in range(2))
    answers = [client.post(f"/jobs/{first}/rerun", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert client.post(f"/jobs/{second}/rerun", headers={"Idempotency-Key": "k"}).status_code == 422


def test_every_change_is_in_the_audit_log(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    waiting, over = submit_job(client, run_at=AHEAD)["id"], job_in(JobStatus.COMPLETED, store, worker_id)
    edit(client, waiting, priority="low", payload={"x": "y" * 3_000})
    client.post(f"/jobs/{waiting}/run-now")
    new_job = client.post(f"/jobs/{over}/rerun").get_json()["id"]
    client.delete(f"/jobs/{over}")
    entries = [(entry["action"], entry["target"]) for entry in client.get("/audit").get_json()["items"]]
    assert entries == [
        ("job.delete", {"job": over}),
        ("job.rerun", {"job": over, "new_job": new_job}),
        ("job.run-now", {"job": waiting}),
        ("job.edit", {"job": waiting, "changed": {"priority": "low", "payload": "(3,009 characters)"}}),
    ]
