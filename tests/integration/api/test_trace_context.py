"""The header traceparent, from a request to the row of its job."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from goqueue_common.database import Database
from tests.integration.api.api_calls import get_job, submit_job

CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-11111111111111111111111111111111-2222222222222222-00"


def test_a_job_keeps_the_trace_context_it_was_submitted_with(client: FlaskClient) -> None:
    job = client.post("/jobs", json={"type": "demo"}, headers={"traceparent": CONTEXT}).get_json()
    assert job["traceparent"] == CONTEXT
    assert get_job(client, job["id"])["traceparent"] == CONTEXT


def test_every_job_of_a_batch_keeps_it(client: FlaskClient) -> None:
    batch = {"jobs": [{"type": "demo"}, {"type": "demo", "idempotency_key": "k"}]}
    items = client.post("/jobs/batch", json=batch, headers={"traceparent": CONTEXT}).get_json()["items"]
    assert {get_job(client, item["id"])["traceparent"] for item in items} == {CONTEXT}


def test_a_rerun_has_that_of_whoever_asked_for_it(client: FlaskClient, database: Database) -> None:
    old = client.post("/jobs", json={"type": "demo"}, headers={"traceparent": CONTEXT}).get_json()
    client.post(f"/jobs/{old['id']}/cancel")
    traced = client.post(f"/jobs/{old['id']}/rerun", headers={"traceparent": OTHER}).get_json()
    untraced = client.post(f"/jobs/{old['id']}/rerun").get_json()
    assert (traced["traceparent"], untraced["traceparent"]) == (OTHER, None)


@pytest.mark.parametrize("given", ["", "00-1-2-3", CONTEXT.upper(), f"{CONTEXT},{OTHER}"])
def test_a_context_that_breaks_a_rule_is_ignored(client: FlaskClient, given: str) -> None:
    answer = client.post("/jobs", json={"type": "demo"}, headers={"traceparent": given})
    assert (answer.status_code, answer.get_json()["traceparent"]) == (201, None)


@pytest.mark.parametrize("first", [CONTEXT, None], ids=["traced", "untraced"])
def test_a_replayed_key_is_answered_with_the_first_trace(client: FlaskClient, first: str | None) -> None:
    key = {"Idempotency-Key": "once"}
    made = client.post("/jobs", json={"type": "demo"}, headers=key | ({"traceparent": first} if first else {}))
    again = client.post("/jobs", json={"type": "demo"}, headers=key | {"traceparent": OTHER})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.get_json() == made.get_json()
    assert made.get_json()["traceparent"] == first


def test_a_request_without_one_makes_a_job_without(client: FlaskClient) -> None:
    assert submit_job(client)["traceparent"] is None
