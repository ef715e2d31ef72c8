"""Every bad input that the issue names, with its status and code: nothing of it is stored, nothing is a 500."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from goqueue_api.pagination import encode_cursor
from goqueue_common.database import Database

JSON = "application/json"


def nested(depth: int) -> bytes:
    return b'{"type":"demo","payload":' + b'{"x":' * depth + b"1" + b"}" * depth + b"}"


BODIES = [
    pytest.param(b"", JSON, 400, "invalid_json", None, id="nothing"),
    pytest.param(b"{type: demo}", JSON, 400, "invalid_json", None, id="not JSON"),
    pytest.param(b"type=demo", "application/x-www-form-urlencoded", 415, "unsupported_media_type", None, id="form body"),
    pytest.param(b'{"type":"demo"}', "text/plain", 415, "unsupported_media_type", None, id="declared as text"),
    pytest.param(b'{"type":"demo"}', None, 415, "unsupported_media_type", None, id="not declared"),
    pytest.param(b'["demo"]', JSON, 422, "invalid_request", "", id="top level no object"),
    pytest.param(b'{"type":"demo","payload":{"x":NaN}}', JSON, 400, "invalid_json", None, id="NaN"),
    pytest.param(b'{"type":"demo","payload":{"x":1e999}}', JSON, 400, "invalid_json", None, id="1e999"),
    pytest.param(b'{"type":"demo","payload":{"x":"\\ud800"}}', JSON, 400, "invalid_json", None, id="lone surrogate"),
    pytest.param(b'{"type":"demo","payload":{"x":"\\u0000"}}', JSON, 422, "invalid_request", "/payload/x", id="NUL"),
    pytest.param(
        b'{"type":"demo","payload":{"\\u0000":1}}', JSON, 422, "invalid_request", "/payload/\\u0000", id="NUL in a key"
    ),
    pytest.param(
        b'{"type":"demo","payload":{"x":18446744073709551616}}',
        JSON,
        422,
        "invalid_request",
        "/payload/x",
        id="integer above 64 bits",
    ),
    pytest.param(
        b'{"type":"demo","payload":{"x":-9223372036854775809}}',
        JSON,
        422,
        "invalid_request",
        "/payload/x",
        id="integer below 64 bits",
    ),
    pytest.param(nested(300), JSON, 422, "invalid_job", "/payload", id="too deep to be stored"),
    pytest.param(nested(5_000), JSON, 400, "invalid_json", None, id="too deep to be read"),
    pytest.param(
        b'{"type":"demo","x":"' + b"y" * 5_000_000 + b'"}', JSON, 413, "request_entity_too_large", None, id="5 MB"
    ),
    pytest.param(
        b'{"type":"demo","payload":{"x":"' + b"y" * 300_000 + b'"}}',
        JSON,
        413,
        "payload_too_large",
        None,
        id="300 KiB payload",
    ),
    pytest.param(b'{"type":"demo","color":"red"}', JSON, 422, "invalid_job", "/color", id="unknown field"),
    pytest.param(
        b'{"type":"demo","idempotency_key":"k"}', JSON, 422, "invalid_job", "/idempotency_key", id="key in a single body"
    ),
    pytest.param(b"{}", JSON, 422, "invalid_job", "/type", id="no type"),
    pytest.param(b'{"type":"demo","priority":"urgent"}', JSON, 422, "invalid_job", "/priority", id="unknown priority"),
    pytest.param(
        b'{"type":"demo","run_at":"2030-01-01T00:00:00"}', JSON, 422, "invalid_job", "/run_at", id="run_at without zone"
    ),
    pytest.param(
        b'{"type":"demo","expires_at":"2020-01-01T00:00:00Z"}', JSON, 422, "invalid_job", "/expires_at", id="expired"
    ),
    pytest.param(b'{"type":"demo","queue":"my queue"}', JSON, 422, "invalid_job", "/queue", id="queue with a space"),
    pytest.param(
        b'{"type":"demo","queue":"' + b"q" * 300 + b'"}', JSON, 422, "invalid_job", "/queue", id="queue of 300 characters"
    ),
    pytest.param(b'{"type":"d","tags":["\\u0001"]}', JSON, 422, "invalid_job", "/tags/0", id="control character in a tag"),
    pytest.param(b'{"type":"demo\\n"}', JSON, 422, "invalid_job", "/type", id="type with a line end"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "code", "pointer"), BODIES)
def test_a_bad_body_is_refused_and_nothing_is_stored(
    client: FlaskClient,
    database: Database,
    body: bytes,
    content_type: str | None,
    status: int,
    code: str,
    pointer: str | None,
) -> None:
    answer = client.post("/jobs", data=body, content_type=content_type)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.content_type == "application/problem+json"
    assert [found["pointer"] for found in problem["errors"]] == ([] if pointer is None else [pointer])
    assert len(answer.data) < 2_000, "a problem never repeats a large input"
    assert database.run("SELECT count(*) FROM jobs") == [(0,)]


QUERIES = [
    pytest.param("/jobs?status=lost", 422, "invalid_request", id="unknown status"),
    pytest.param("/jobs?state=queued", 422, "invalid_request", id="unknown parameter"),
    pytest.param("/jobs?queue=my%20queue", 422, "invalid_request", id="queue with a space"),
    pytest.param("/jobs?tag=%00", 422, "invalid_request", id="NUL in a tag"),
    pytest.param("/jobs?limit=0", 422, "invalid_request", id="limit 0"),
    pytest.param("/jobs?limit=201", 422, "invalid_request", id="limit too high"),
    pytest.param("/jobs?limit=ten", 422, "invalid_request", id="limit in words"),
    pytest.param("/jobs?limit=1&limit=2", 422, "invalid_request", id="limit given twice"),
    pytest.param("/jobs?created_after=2030-01-01T00:00:00", 422, "invalid_request", id="created_after without zone"),
    pytest.param("/jobs?created_before=soon", 422, "invalid_request", id="created_before in words"),
    pytest.param("/jobs?worker=me", 422, "invalid_request", id="worker that is no uuid"),
    pytest.param("/jobs?error=", 422, "invalid_request", id="empty part of an error"),
    pytest.param("/jobs?payload=%7B", 422, "invalid_request", id="payload that is no JSON"),
    pytest.param("/jobs?payload=%5B1%5D", 422, "invalid_request", id="payload that is no object"),
    pytest.param("/jobs?payload=%7B%22a%22:%22%5Cu0000%22%7D", 422, "invalid_request", id="NUL in a payload"),
    pytest.param("/jobs?payload.=1", 422, "invalid_request", id="payload path without a name"),
    pytest.param("/jobs?payload.a=1&payload.a.b=2", 422, "invalid_request", id="payload paths that exclude each other"),
    pytest.param("/jobs?" + "&".join(f"payload.a={n}" for n in range(21)), 422, "invalid_request", id="21 payloads"),
    pytest.param("/jobs?attempts_min=-1", 422, "invalid_request", id="negative attempts"),
    pytest.param("/jobs?attempts_min=99999999999", 422, "invalid_request", id="more attempts than there can be"),
    pytest.param("/jobs?duration_min=nan", 422, "invalid_request", id="duration NaN"),
    pytest.param("/jobs?duration_max=1&duration_max=2", 422, "invalid_request", id="duration given twice"),
    pytest.param("/jobs?finished_after=now", 422, "invalid_request", id="finished_after in words"),
    pytest.param("/jobs?sort=type", 422, "invalid_request", id="unknown order"),
    pytest.param("/jobs/count?limit=1", 422, "invalid_request", id="count with a limit"),
    pytest.param("/jobs/suggest", 422, "invalid_request", id="suggestions for nothing"),
    pytest.param("/jobs/suggest?field=payload", 422, "invalid_request", id="suggestions for a payload"),
    pytest.param("/jobs?cursor=abc", 400, "invalid_cursor", id="no cursor"),
    pytest.param("/jobs?cursor=", 400, "invalid_cursor", id="empty cursor"),
    pytest.param(
        "/jobs?cursor=" + encode_cursor("018f0000-0000-7000-8000-000000000000")[::-1], 400, "invalid_cursor", id="tampered"
    ),
    pytest.param(
        "/jobs?sort=created&cursor=" + encode_cursor("018f0000-0000-7000-8000-000000000000", "-created on"),
        400,
        "invalid_cursor",
        id="cursor of another order",
    ),
    pytest.param("/jobs/17", 404, "job_not_found", id="id that is no uuid"),
    pytest.param(f"/jobs/{uuid7()}", 404, "job_not_found", id="unknown id"),
    pytest.param(f"/jobs/{uuid7()}?wait=5", 404, "job_not_found", id="unknown id, waiting"),
    pytest.param(f"/jobs/{uuid7()}?wait=31", 422, "invalid_request", id="wait too long"),
    pytest.param(f"/jobs/{uuid7()}?wait=-1", 422, "invalid_request", id="wait negative"),
    pytest.param(f"/jobs/{uuid7()}?wait=nan", 422, "invalid_request", id="wait NaN"),
]


@pytest.mark.parametrize(("path", "status", "code"), QUERIES)
def test_a_bad_path_or_query_is_refused(client: FlaskClient, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    problem: dict[str, Any] = answer.get_json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("action", ["retry", "cancel"])
def test_an_action_on_an_id_that_is_no_uuid_says_so(client: FlaskClient, action: str) -> None:
    answer = client.post(f"/jobs/seventeen/{action}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "job_not_found")
    assert "'seventeen' is no job id: an id is a UUID" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "key",
    [pytest.param("", id="empty"), pytest.param("k" * 256, id="too long"), pytest.param("schl\xfcssel", id="not ASCII")],
)
def test_a_bad_idempotency_key_is_refused(client: FlaskClient, key: str) -> None:
    for path, body in (("/jobs", {"type": "demo"}), ("/jobs/batch", {"jobs": [{"type": "demo"}]})):
        answer = client.post(path, json=body, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_idempotency_key")


def test_a_batch_with_one_bad_item_inserts_nothing(client: FlaskClient, database: Database) -> None:
    jobs = [{"type": "demo"}, {"type": "demo", "queue": "my queue"}, {"type": "demo"}]
    answer = client.post("/jobs/batch", json={"jobs": jobs})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_job")
    assert [found["pointer"] for found in answer.get_json()["errors"]] == ["/jobs/1/queue"]
    assert database.run("SELECT count(*) FROM jobs") == [(0,)]


def test_a_batch_may_be_larger_than_a_job_but_not_than_its_own_limit(client: FlaskClient) -> None:
    item = {"type": "demo", "payload": {"x": "y" * 200_000}}
    assert client.post("/jobs/batch", json={"jobs": [item] * 10}).status_code == 201
    answer = client.post("/jobs/batch", json={"jobs": [item] * 90})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "request_entity_too_large")
    assert "16,777,216 bytes" in answer.get_json()["detail"]
