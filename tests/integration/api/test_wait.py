from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from tests.factories import eventually, start
from tests.integration.api.api_calls import submit_job


def finish(store: JobStore, worker_id: str, job_id: str) -> str:
    """Run the job as a worker does; the acknowledgement's field."""
    claimed = start(store, worker_id, job_id)
    outcome = Outcome(id=job_id, attempt=claimed.attempt, event=JobEvent.COMPLETE, result=b'{"sum":3}')
    store.save_result(worker_id, outcome)
    return outcome.field


def listening(app: Flask, job_id: str) -> Any:
    """Whether a request waits for the job and hears acknowledgements."""
    source = app.extensions[EXTENSION].waiter._settled
    return lambda: source.is_listening() and job_id in source._watchers


def test_an_acknowledgement_ends_the_wait(
    app: Flask, client: FlaskClient, store: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    job_id = submit_job(client)["id"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(app.test_client().get, f"/jobs/{job_id}?wait=20")
        eventually(listening(app, job_id))
        field = finish(store, worker_id, job_id)
        broker.ack(field, job_id)
        told_at = time.monotonic()
        answer = waiting.result(10)
    assert time.monotonic() - told_at < 1.0
    assert (answer.status_code, answer.get_json()["status"], answer.get_json()["result"]) == (200, "completed", {"sum": 3})


def test_without_redis_the_wait_polls(
    settings_without_redis: ApiSettings, client: FlaskClient, store: JobStore, worker_id: str
) -> None:
    job_id = submit_job(client)["id"]
    with ExitStack() as stack:
        app = create_app(settings_without_redis)
        stack.callback(app.extensions[EXTENSION].close)
        pool = stack.enter_context(ThreadPoolExecutor(1))
        waiting = pool.submit(app.test_client().get, f"/jobs/{job_id}?wait=20")
        eventually(lambda: job_id in app.extensions[EXTENSION].waiter._settled._watchers)
        finish(store, worker_id, job_id)
        assert waiting.result(4).get_json()["status"] == "completed"


def test_half_of_the_threads_wait_and_the_next_one_is_answered_at_once(
    app: Flask, client: FlaskClient, store: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    job_id = submit_job(client)["id"]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(app.test_client().get, f"/jobs/{job_id}?wait=20") for _ in range(2)]
        eventually(lambda: len(app.extensions[EXTENSION].waiter._settled._watchers.get(job_id, ())) == 2)
        answer = client.get(f"/jobs/{job_id}?wait=20")
        assert (answer.status_code, answer.get_json()["status"]) == (200, "queued")
        assert answer.headers["Retry-After"] == "1"
        eventually(listening(app, job_id))
        broker.ack(finish(store, worker_id, job_id), job_id)
        assert [request.result(10).get_json()["status"] for request in waiting] == ["completed"] * 2
        assert all("Retry-After" not in request.result().headers for request in waiting)


def test_when_the_time_is_over_the_present_state_comes(client: FlaskClient) -> None:
    answer = client.get(f"/jobs/{submit_job(client)['id']}?wait=0.1")
    assert (answer.get_json()["status"], "Retry-After" in answer.headers) == ("queued", False)
