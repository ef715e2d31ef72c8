from __future__ import annotations

from datetime import datetime, timedelta

from flask.testing import FlaskClient

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job import JobRef
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import register_worker
from tests.integration.api.api_calls import get_job, submit_job


def test_a_submitted_job_is_answered_whole_stored_and_pushed(client: FlaskClient, broker: RedisBroker) -> None:
    request = {
        "type": "email.send",
        "queue": "emails",
        "payload": {"to": "ä@b.c", "n": [1, 2.5, None, 18446744073709551615]},
        "priority": "high",
        "max_retries": 5,
        "timeout": 30,
        "tags": ["a", "b"],
    }
    answer = client.post("/jobs", json=request)
    job = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/jobs/{job['id']}")
    assert {name: job[name] for name in request} == request
    assert (job["status"], job["attempts"], job["result"], job["error"]) == ("queued", 0, None, None)
    assert get_job(client, job["id"]) == job
    assert broker.dequeue([("emails", 0)], 0) == JobRef(job["id"], "emails", 0)


def test_a_job_for_later_is_scheduled_and_not_pushed(client: FlaskClient, broker: RedisBroker) -> None:
    job = submit_job(client, delay=60)
    assert (job["status"], job["queued_at"]) == ("scheduled", None)
    due = datetime.fromisoformat(job["run_at"]) - datetime.fromisoformat(job["created_at"])
    assert due == timedelta(seconds=60)
    at = submit_job(client, run_at="2100-01-01T01:00:00+01:00", expires_at="2100-01-02T00:00:00Z")
    assert (at["run_at"], at["expires_at"]) == ("2100-01-01T00:00:00Z", "2100-01-02T00:00:00Z")
    assert broker.dequeue([("default", 1)], 0) is None


def test_a_past_run_at_is_due_at_once(client: FlaskClient) -> None:
    assert submit_job(client, run_at="2020-01-01T00:00:00Z")["status"] == "queued"


def test_a_type_s_schema_and_max_retries_count_from_its_publication_on(client: FlaskClient, database: Database) -> None:
    schema = {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}
    mail = JobType(
        type="mail",
        fingerprint="m1",
        schema=schema,
        max_retries=9,
        timeout_seconds=5,
        isolation="thread",
        description="Send",
    )
    WorkerStore(database).publish([mail])
    register_worker(database, types={"mail": "m1"})
    assert submit_job(client, "mail", payload={"to": "a"})["max_retries"] == 9
    refused = client.post("/jobs", json={"type": "mail", "payload": {"to": 5}})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid_job")
    assert [found["pointer"] for found in refused.get_json()["errors"]] == ["/payload/to"]
    assert len(client.get("/jobs").get_json()["items"]) == 1
