from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from tests.factories import start
from tests.integration.api.api_calls import submit_job


def post(client: FlaskClient, path: str, body: dict[str, Any], key: str = "once") -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def test_a_repeated_request_gets_the_first_answer_and_makes_no_second_job(
    client: FlaskClient, database: Database, broker: RedisBroker
) -> None:
    first = post(client, "/jobs", {"type": "demo", "payload": {"a": 1, "b": 2}, "max_retries": 7})
    again = post(client, "/jobs", {"max_retries": 7, "payload": {"b": 2, "a": 1}, "type": "demo"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert database.run("SELECT count(*) FROM jobs") == [(1,)]
    assert len(broker.dequeue_many([("default", 1)], 10, 0)) == 1


def test_the_first_answer_comes_again_after_the_job_has_moved_on(
    client: FlaskClient, store: JobStore, worker_id: str
) -> None:
    first = submit_job(client, key="once")
    start(store, worker_id, first["id"])
    assert submit_job(client, key="once") == first


def test_a_replayed_delay_is_as_it_was(client: FlaskClient) -> None:
    assert submit_job(client, key="once", delay=60) == submit_job(client, key="once", delay=60)


def test_another_body_under_the_same_key_is_refused(client: FlaskClient) -> None:
    submit_job(client, key="once")
    answer = post(client, "/jobs", {"type": "other"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_whose_first_request_still_runs_is_409(client: FlaskClient, database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO idempotency_keys (scope, key, fingerprint) VALUES ('anonymous', 'once', '')"
        )
        answer = post(client, "/jobs", {"type": "demo"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "idempotency_key_in_use")


def test_a_key_covers_a_whole_batch(client: FlaskClient, store: JobStore, database: Database) -> None:
    body = {"jobs": [{"type": "a"}, {"type": "b", "delay": 60, "idempotency_key": "item"}]}
    first = post(client, "/jobs/batch", body)
    store.update_status(first.get_json()["items"][0]["id"], JobEvent.CANCEL)
    again = post(client, "/jobs/batch", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert database.run("SELECT count(*) FROM jobs") == [(2,)]
    refused = post(client, "/jobs/batch", {"jobs": [{"type": "a"}]})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "idempotency_key_reused")
