"""Bad input about schedules: refused with its place and its character, nothing of it is stored."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from goqueue_api.pagination import encode_cursor
from goqueue_common.database import Database
from tests.integration.api.schedule_calls import create_schedule, deeds

JSON = "application/json"
ANY = {"If-Match": "*"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/pause"),
        ("POST", "/resume"),
        ("POST", "/run"),
        ("GET", "/next"),
        ("GET", "/runs"),
    ],
)
def test_what_there_is_not_is_404_and_leaves_no_trace(
    client: FlaskClient, database: Database, method: str, path: str
) -> None:
    body = {"json": {"jitter": 1}, "headers": ANY} if method == "PATCH" else {}
    answer = client.open(f"/schedules/none{path}", method=method, **body)  # type: ignore[arg-type]  # of two kinds
    assert (answer.status_code, answer.get_json()["code"]) == (404, "schedule_not_found")
    assert deeds(database) == []
    bad = client.open(f"/schedules/my%20own{path}", method=method, **body)  # type: ignore[arg-type]  # of two kinds
    assert (bad.status_code, bad.get_json()["errors"][0]["pointer"]) == (422, "/path/schedule")


@pytest.mark.parametrize("name", ["preview", "fire", "sync"])
def test_no_schedule_takes_the_place_of_a_path(client: FlaskClient, name: str) -> None:
    answer = client.post("/schedules", json={"name": name, "type": "demo", "cron": "@daily"})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/name")
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert client.open(f"/schedules/{name}", method=method).status_code == 405
    assert client.post(f"/schedules/{name}/pause").status_code == 404


BODIES = [
    pytest.param(b"", JSON, 400, "invalid_json", None, id="nothing"),
    pytest.param(b'{"type":"demo"', JSON, 400, "invalid_json", None, id="not JSON"),
    pytest.param(b'{"type":"demo","cron":"@daily"}', "text/plain", 415, "unsupported_media_type", None, id="as text"),
    pytest.param(b'["demo"]', JSON, 422, "invalid_request", "", id="no object"),
    pytest.param(b'{"cron":"@daily","payload":{"x":"\\u0000"}}', JSON, 422, "invalid_request", "/payload/x", id="NUL"),
    pytest.param(b'{"cron":"@daily"}', JSON, 422, "invalid_schedule", "/type", id="no type"),
    pytest.param(b'{"type":"demo"}', JSON, 422, "invalid_schedule", "/cron", id="no cron"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "code", "pointer"), BODIES)
def test_a_bad_body_is_refused(
    client: FlaskClient, body: bytes, content_type: str, status: int, code: str, pointer: str | None
) -> None:
    refused_everywhere(client, status, code, pointer, data=body, content_type=content_type)


MEMBERS = [
    pytest.param("cron", "61 * * * *", id="bad minute"),
    pytest.param("cron", "0 0 30 2 *", id="never"),
    pytest.param("cron", "", id="empty"),
    pytest.param("cron", "* " * 50_000, id="endless"),
    pytest.param("cron", ["@daily"], id="an array"),
    pytest.param("timezone", "../etc", id="a path"),
    pytest.param("timezone", None, id="null"),
    pytest.param("queue", "my queue", id="a space"),
    pytest.param("catch_up", "some", id="unknown"),
    pytest.param("overlap", True, id="a boolean"),
    pytest.param("jitter", 3601, id="too much"),
    pytest.param("catch_up_limit", 0, id="none"),
    pytest.param("catch_up_window", 1e9, id="too long"),
    pytest.param("paused", "yes", id="in words"),
    pytest.param("starts_at", "2030-01-01T00:00:00", id="no zone"),
    pytest.param("ends_at", "2020-01-01T00:00:00Z", id="in the past"),
    pytest.param("tags", [""], id="empty tag"),
    pytest.param("run_at", None, id="of a job"),
]


@pytest.mark.parametrize(("member", "value"), MEMBERS)
def test_a_bad_member_is_refused(client: FlaskClient, member: str, value: object) -> None:
    pointer = "/tags/0" if member == "tags" else f"/{member}"
    body = {"type": "demo", "cron": "@daily", member: value}
    refused_everywhere(client, 422, "invalid_schedule", pointer, json=body)


def test_too_large_a_payload_is_refused(client: FlaskClient) -> None:
    body = {"type": "demo", "cron": "@daily", "payload": {"x": "y" * 300_000}}
    refused_everywhere(client, 413, "payload_too_large", None, json=body)


def refused_everywhere(client: FlaskClient, status: int, code: str, pointer: str | None, **body: Any) -> None:
    """That POST and PUT refuse a body, and that nothing is stored."""
    for method, path in (("POST", "/schedules"), ("PUT", "/schedules/demo")):
        answer = client.open(path, method=method, **body)
        problem = answer.get_json()
        assert (answer.status_code, problem["code"]) == (status, code), problem
        assert [found["pointer"] for found in problem["errors"]] == ([] if pointer is None else [pointer])
        assert len(answer.data) < 2_000, "a problem never repeats a large input"
    assert client.get("/schedules").get_json()["items"] == []


def test_what_is_wrong_is_told_with_the_character(client: FlaskClient) -> None:
    bad = {"name": "my own", "type": "demo", "cron": "0 25 * * *", "timezone": "Europe/Berlni"}
    problem = client.post("/schedules", json=bad).get_json()
    told = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert set(told) == {"/name", "/cron", "/timezone"}
    assert told["/name"].endswith("(character 3)")
    assert told["/cron"].endswith("(character 3)")
    assert "(character " in told["/timezone"]


def place_at_end_of_time() -> str:
    return encode_cursor("ffffffff-ffff-4fff-bfff-ffffffffffff", "schedule runs")


QUERIES = [
    pytest.param("/schedules?paused=yes", 422, "invalid_request", id="paused in words"),
    pytest.param("/schedules?source=people", 422, "invalid_request", id="unknown source"),
    pytest.param("/schedules?limit=201", 422, "invalid_request", id="limit too high"),
    pytest.param("/schedules?queue=x", 422, "invalid_request", id="unknown parameter"),
    pytest.param("/schedules?cursor=x", 400, "invalid_cursor", id="no cursor"),
    pytest.param(f"/schedules?cursor={encode_cursor(str(uuid7()))}", 400, "invalid_cursor", id="cursor of another list"),
    pytest.param("/schedules/nightly/next?n=0", 422, "invalid_request", id="no instant"),
    pytest.param("/schedules/nightly/next?n=101", 422, "invalid_request", id="too many instants"),
    pytest.param("/schedules/nightly/runs?cursor=x", 400, "invalid_cursor", id="no cursor of runs"),
    pytest.param(f"/schedules/nightly/runs?cursor={place_at_end_of_time()}", 400, "invalid_cursor", id="after all time"),
    pytest.param("/schedules/nightly?wait=1", 422, "invalid_request", id="unknown parameter of one"),
]


@pytest.mark.parametrize(("path", "status", "code"), QUERIES)
def test_a_bad_query_is_refused(client: FlaskClient, path: str, status: int, code: str) -> None:
    create_schedule(client)
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize("sent", ["", '"', '"1', '"1" 2', "1 2", ","])
def test_an_if_match_that_cannot_be_read_changes_nothing(client: FlaskClient, sent: str) -> None:
    before = create_schedule(client)
    body = {"type": "other", "cron": "@daily"}
    for method, name, header in [
        ("DELETE", "nightly", "If-Match"),
        ("PATCH", "nightly", "If-Match"),
        ("PUT", "nightly", "If-Match"),
        ("PUT", "new", "If-Match"),
        ("PUT", "new", "If-None-Match"),
    ]:
        answer = client.open(f"/schedules/{name}", method=method, json=body, headers={header: sent})
        assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, f"/header/{header}")
    assert client.get("/schedules").get_json()["items"][0]["version"] == before["version"]
    assert [item["name"] for item in client.get("/schedules").get_json()["items"]] == ["nightly"]
