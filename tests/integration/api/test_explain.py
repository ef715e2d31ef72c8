"""GET /jobs/{id}/explain, by HTTP: its shape, and that its calls do what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from tests.factories import job_in
from tests.integration.api.api_calls import get_job, submit_job

NOBODY = "00000000-0000-4000-8000-000000000000"


def explain(client: FlaskClient, job_id: str) -> dict[str, Any]:
    answer = client.get(f"/jobs/{job_id}/explain")
    assert answer.status_code == 200, answer.data
    explanation: dict[str, Any] = answer.get_json()
    return explanation


def codes(explanation: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in explanation["reasons"]]


def do(client: FlaskClient, explanation: dict[str, Any]) -> int:
    """The status of what the decisive reason's call is answered with."""
    call = explanation["reasons"][0]["call"]
    return client.open(call["path"], method=call["method"]).status_code


def test_it_says_why_a_job_waits_and_where_it_stands(client: FlaskClient, worker_id: str) -> None:
    client.post("/queues/mail/pause")
    first, second = (submit_job(client, queue="mail")["id"] for _ in range(2))
    explanation = explain(client, second)
    assert codes(explanation) == ["queue_paused", "behind"]
    assert explanation["job_id"] == second
    assert explanation["status"] == "queued"
    assert explanation["summary"] == explanation["reasons"][0]["detail"]
    assert explanation["position"] == {"ahead": {"value": 1, "relation": "eq"}, "seconds": None}
    assert abs(datetime.now(UTC) - datetime.fromisoformat(explanation["checked_at"])) < timedelta(minutes=1)
    assert do(client, explanation) == 200
    assert codes(explain(client, first)) == ["dispatching"]


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (JobStatus.SCHEDULED, "queued"),
        (JobStatus.RETRYING, "queued"),
        (JobStatus.FAILED, "queued"),
        (JobStatus.CANCELLED, "queued"),
        (JobStatus.PROCESSING, "processing"),
    ],
)
def test_what_it_offers_to_do_is_done(
    client: FlaskClient, store: JobStore, worker_id: str, status: JobStatus, after: str
) -> None:
    job_id = job_in(status, store, worker_id)
    assert do(client, explain(client, job_id)) in (200, 202)
    assert get_job(client, job_id)["status"] == after


def test_a_completed_job_is_offered_to_be_submitted_again(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    assert do(client, explain(client, job_in(JobStatus.COMPLETED, store, worker_id))) == 201


def test_without_a_worker_it_says_so(client: FlaskClient, database: Database) -> None:
    assert codes(explain(client, submit_job(client)["id"])) == ["no_worker"]


def test_once_this_api_has_noticed_that_redis_is_away_it_says_so(
    settings_without_redis: ApiSettings, worker_id: str
) -> None:
    app = create_app(settings_without_redis)
    client = app.test_client()
    job_id = submit_job(client)["id"]  # its push is what meets no Redis
    assert codes(explain(client, job_id)) == ["redis_away", "dispatching"]
    app.extensions[EXTENSION].close()


@pytest.mark.parametrize("job_id", [NOBODY, "4711"])
def test_of_no_job_nothing_is_explained(client: FlaskClient, job_id: str) -> None:
    answer = client.get(f"/jobs/{job_id}/explain")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "job_not_found")
