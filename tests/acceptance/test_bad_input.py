"""Bad input over real HTTP: each has its status and its problem, and nothing is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from goqueue import Client
from tests.acceptance.conftest import System

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def body(**fields: Any) -> bytes:
    return json.dumps({"type": "t", **fields}).encode()


POSTS = [
    pytest.param("/jobs", b"not json", JSON, 400, "invalid_json", id="not JSON"),
    pytest.param("/jobs", b"", JSON, 400, "invalid_json", id="empty body"),
    pytest.param("/jobs", b"type=t", FORM, 415, "unsupported_media_type", id="form body"),
    pytest.param("/jobs", b'{"type":"t","payload":{"a":NaN}}', JSON, 400, "invalid_json", id="NaN"),
    pytest.param("/jobs", b'{"type":"t","payload":{"a":1e999}}', JSON, 400, "invalid_json", id="1e999"),
    pytest.param("/jobs", b'{"type":"t","payload":{"a":"\\u0000"}}', JSON, 422, None, id="NUL character"),
    pytest.param("/jobs", b'{"type":"t","payload":{"\\u0000":1}}', JSON, 422, None, id="NUL character in a name"),
    pytest.param("/jobs", b'{"type":"t","payload":{"a":"\\ud800"}}', JSON, 400, "invalid_json", id="lone surrogate"),
    pytest.param("/jobs", b'{"type":"t","payload":{"a":18446744073709551616}}', JSON, 422, None, id="65 bit integer"),
    pytest.param(
        "/jobs", b'{"type":"t","payload":{"a":-9223372036854775809}}', JSON, 422, None, id="negative 65 bit integer"
    ),
    pytest.param(
        "/jobs", b'{"type":"t","payload":' + b"[" * 2000 + b"]" * 2000 + b"}", JSON, 400, None, id="too deep for JSON"
    ),
    pytest.param("/jobs", body(payload={"a": "x" * 5_000_000}), JSON, 413, None, id="5 MB body"),
    pytest.param("/jobs", body(payload={"a": "x" * 300 * 1024}), JSON, 413, "payload_too_large", id="300 KiB payload"),
    pytest.param("/jobs", b"[1]", JSON, 422, None, id="no object"),
    pytest.param("/jobs", b"{}", JSON, 422, None, id="no type"),
    pytest.param("/jobs", body(colour="red"), JSON, 422, None, id="unknown field"),
    pytest.param("/jobs", body(priority="urgent"), JSON, 422, None, id="unknown priority"),
    pytest.param("/jobs", body(run_at="2030-01-01T00:00:00"), JSON, 422, None, id="run_at without zone"),
    pytest.param("/jobs", body(run_at="2030-01-01T00:00:00Z", delay=5), JSON, 422, None, id="run_at and delay"),
    pytest.param("/jobs", body(delay=-1), JSON, 422, None, id="negative delay"),
    pytest.param("/jobs", body(expires_at="2020-01-01T00:00:00Z"), JSON, 422, None, id="expired already"),
    pytest.param("/jobs", body(queue="a b"), JSON, 422, None, id="queue with a space"),
    pytest.param("/jobs", body(queue="q" * 300), JSON, 422, None, id="queue of 300 characters"),
    pytest.param("/jobs", body(payload=[1]), JSON, 422, None, id="payload no object"),
    pytest.param("/jobs", body(max_retries=-1), JSON, 422, None, id="negative retries"),
    pytest.param("/jobs", body(timeout=0), JSON, 422, None, id="no time at all"),
    pytest.param("/jobs/batch", b'{"jobs":[]}', JSON, 422, None, id="empty batch"),
    pytest.param("/jobs/batch", b'{"jobs":[{"type":"t"},{"type":"a b"}]}', JSON, 422, None, id="batch with one bad item"),
    pytest.param(
        "/jobs/01a20e73-1425-7699-a9f6-51a19b3cda5c/retry", b"", JSON, 404, "job_not_found", id="retry of nothing"
    ),
    pytest.param("/nowhere", b"{}", JSON, 404, "not_found", id="no such path"),
]


@pytest.mark.parametrize(("path", "sent", "content_type", "status", "code"), POSTS)
def test_a_bad_post_is_a_problem_and_stores_nothing(
    system: System, client: Client, path: str, sent: bytes, content_type: str, status: int, code: str | None
) -> None:
    answer = requests.post(system.api_url + path, data=sent, headers={"Content-Type": content_type}, timeout=10)
    assert_problem(answer, status, code)
    assert list(client.jobs()) == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        pytest.param("/jobs/no-uuid", 404, "job_not_found", id="id that is no uuid"),
        pytest.param("/jobs/01a20e73-1425-7699-a9f6-51a19b3cda5c", 404, "job_not_found", id="unknown id"),
        pytest.param("/jobs?cursor=AAAA", 400, "invalid_cursor", id="tampered cursor"),
        pytest.param("/jobs?limit=0", 422, None, id="limit 0"),
        pytest.param("/jobs?limit=100000", 422, None, id="limit too large"),
        pytest.param("/jobs?status=gone", 422, None, id="unknown status"),
        pytest.param("/jobs?colour=red", 422, None, id="unknown parameter"),
        pytest.param("/jobs?created_after=yesterday", 422, None, id="no time"),
        pytest.param("/jobs/01a20e73-1425-7699-a9f6-51a19b3cda5c?wait=31", 422, None, id="wait too long"),
    ],
)
def test_a_bad_get_is_a_problem(system: System, path: str, status: int, code: str | None) -> None:
    assert_problem(requests.get(system.api_url + path, timeout=10), status, code)


def test_a_wrong_method_says_which_are_right(system: System) -> None:
    answer = requests.delete(f"{system.api_url}/jobs", timeout=10)
    assert_problem(answer, 405, None)
    assert "POST" in answer.headers["Allow"]


def test_a_batch_names_the_item_that_is_wrong(system: System) -> None:
    answer = requests.post(f"{system.api_url}/jobs/batch", json={"jobs": [{"type": "t"}, {"type": "a b"}]}, timeout=10)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/jobs/1/type"]


def test_a_key_used_for_another_body_is_refused_and_for_the_same_is_replayed(system: System) -> None:
    headers = {"Idempotency-Key": "order-17"}
    first = requests.post(
        f"{system.api_url}/jobs", json={"type": "t", "payload": {"a": 1, "b": 2}}, headers=headers, timeout=10
    )
    again = requests.post(
        f"{system.api_url}/jobs", json={"payload": {"b": 2, "a": 1}, "type": "t"}, headers=headers, timeout=10
    )
    other = requests.post(f"{system.api_url}/jobs", json={"type": "t", "payload": {"a": 2}}, headers=headers, timeout=10)
    assert (first.status_code, "Idempotent-Replayed" in first.headers) == (201, False)
    assert (again.status_code, again.headers["Idempotent-Replayed"], again.json()) == (201, "true", first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert_problem(other, 422, "idempotency_key_reused")


def test_a_status_that_does_not_allow_it_is_409_with_the_present_one(system: System, client: Client) -> None:
    job = client.submit("t", queue="nobody-serves")
    answer = requests.post(f"{system.api_url}/jobs/{job.id}/retry", timeout=10)
    assert_problem(answer, 409, "wrong_status")
    assert answer.json()["status"] == 409
    assert "queued" in json.dumps(answer.json())


def assert_problem(answer: requests.Response, status: int, code: str | None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= problem.keys()
    assert code in (None, problem["code"]), problem
    assert "Traceback" not in answer.text
