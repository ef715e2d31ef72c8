from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from tests.integration.api.api_calls import get_job, submit_job


def post(client: FlaskClient, *jobs: dict[str, Any]) -> Any:
    return client.post("/jobs/batch", json={"jobs": list(jobs)})


def count(database: Database) -> int:
    number: int = database.run("SELECT count(*) FROM jobs")[0][0]
    return number


def test_a_batch_answers_in_order_and_pushes_what_is_due(client: FlaskClient, broker: RedisBroker) -> None:
    answer = post(
        client, {"type": "a", "queue": "q"}, {"type": "b", "delay": 60}, {"type": "c", "queue": "q", "priority": "low"}
    )
    body = answer.get_json()
    assert (answer.status_code, body["created"], body["replayed"]) == (201, 3, 0)
    assert [(item["type"], item["queue"], item["status"], item["replayed"]) for item in body["items"]] == [
        ("a", "q", "queued", False),
        ("b", "default", "scheduled", False),
        ("c", "q", "queued", False),
    ]
    assert get_job(client, body["items"][2]["id"])["priority"] == "low"
    pushed = broker.dequeue_many([("q", 1)], 9, 0) + broker.dequeue_many([("q", 2)], 9, 0)
    assert [job.id for job in pushed] == [body["items"][0]["id"], body["items"][2]["id"]]
    assert broker.dequeue([("default", 1)], 0) is None


def test_a_replayed_item_answers_with_the_first_job_and_the_others_are_made(
    client: FlaskClient, database: Database
) -> None:
    first = submit_job(client, "a", key="k")
    body = post(client, {"type": "a", "idempotency_key": "k"}, {"type": "b"}).get_json()
    assert (body["created"], body["replayed"]) == (1, 1)
    assert (body["items"][0]["id"], body["items"][0]["replayed"]) == (first["id"], True)
    assert count(database) == 2


def test_an_item_whose_key_had_another_body_fails_the_batch_and_is_named(client: FlaskClient, database: Database) -> None:
    submit_job(client, "a", key="k")
    answer = post(client, {"type": "b"}, {"type": "c", "idempotency_key": "k"}, {"type": "d", "idempotency_key": "new"})
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "idempotency_key_reused")
    assert [found["pointer"] for found in problem["errors"]] == ["/jobs/1/idempotency_key"]
    assert count(database) == 1
    assert post(client, {"type": "other", "idempotency_key": "new"}).status_code == 201, "its key was taken back too"


def test_two_items_with_one_key_and_body_are_one_job(client: FlaskClient, database: Database, broker: RedisBroker) -> None:
    item = {"type": "a", "idempotency_key": "k"}
    body = post(client, item, {"type": "b"}, item).get_json()
    assert (body["created"], body["replayed"]) == (2, 1)
    assert body["items"][0]["id"] == body["items"][2]["id"]
    assert [entry["replayed"] for entry in body["items"]] == [False, False, True]
    assert count(database) == 2
    assert len(broker.dequeue_many([("default", 1)], 9, 0)) == 2


def test_two_items_with_one_key_and_different_bodies_are_refused(client: FlaskClient, database: Database) -> None:
    answer = post(client, {"type": "a", "idempotency_key": "k"}, {"type": "b", "idempotency_key": "k"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")
    assert [found["pointer"] for found in answer.get_json()["errors"]] == ["/jobs/1/idempotency_key"]
    assert count(database) == 0


def test_ten_thousand_items_are_taken_at_once(client: FlaskClient, database: Database) -> None:
    answer = post(client, *({"type": "demo", "payload": {"n": n}} for n in range(10_000)))
    assert (answer.status_code, answer.get_json()["created"]) == (201, 10_000)
    assert count(database) == 10_000
