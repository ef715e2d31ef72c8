from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import TRANSITIONS, JobEvent, JobStatus
from tests.factories import job_in
from tests.integration.api.api_calls import get_job


@pytest.mark.parametrize("status", list(JobStatus))
def test_a_retry_by_hand_queues_what_may_be_retried_and_nothing_else(
    client: FlaskClient, store: JobStore, broker: RedisBroker, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    answer = client.post(f"/jobs/{job_id}/retry")
    if status in TRANSITIONS[JobEvent.RETRY].sources:
        assert (answer.status_code, answer.get_json()["status"]) == (200, "queued")
        assert answer.get_json() == get_job(client, job_id)
        pushed = broker.dequeue([("default", 1)], 0)
        assert pushed is not None
        assert pushed.id == job_id
    else:
        problem = answer.get_json()
        assert (answer.status_code, problem["code"], problem["job_status"]) == (409, "wrong_status", status)
        assert broker.dequeue([("default", 1)], 0) is None


@pytest.mark.parametrize("status", list(JobStatus))
def test_a_cancel_ends_what_waits_asks_what_runs_and_refuses_what_is_over(
    client: FlaskClient, store: JobStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    answer = client.post(f"/jobs/{job_id}/cancel")
    body = answer.get_json()
    if status is JobStatus.PROCESSING:
        assert (answer.status_code, body["status"]) == (202, "processing")
        assert body["cancel_requested_at"] is not None
    elif status.is_final:
        assert (answer.status_code, body["code"], body["job_status"]) == (409, "wrong_status", status)
    else:
        assert (answer.status_code, body["status"]) == (200, "cancelled")
        assert body["finished_at"] is not None


def test_a_body_is_not_asked_for(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    assert client.post(f"/jobs/{job_id}/retry", json={}).status_code == 200
