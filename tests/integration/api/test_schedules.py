"""Schedules by HTTP: made, read, changed, paused, run by hand, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from goqueue_api.app import create_app
from goqueue_api.pagination import encode_cursor
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.audit_store import AuditStore
from goqueue_common.broker.event_stream import EventStream, Position
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.live_events import Topic
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import register_worker
from tests.integration.api.api_calls import get_job

JSON = "application/json"
ANY = {"If-Match": "*"}


def create(client: FlaskClient, name: str = "nightly", **members: Any) -> dict[str, Any]:
    """The schedule that POST /schedules has just answered with 201."""
    answer = client.post("/schedules", json={"name": name, "type": "demo", "cron": "0 2 * * *"} | members)
    assert answer.status_code == 201, answer.data
    schedule: dict[str, Any] = answer.get_json()
    return schedule


def get(client: FlaskClient, name: str = "nightly") -> dict[str, Any]:
    schedule: dict[str, Any] = client.get(f"/schedules/{name}").get_json()
    return schedule


def deeds(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """(action, target), the oldest first."""
    return [(entry.action, entry.target) for entry in reversed(AuditStore(database).page(before=None, limit=100))]


def publish(database: Database, type_: str, schema: dict[str, Any] | None) -> None:
    """What a worker says of a handler that tries nine times again."""
    handler = JobType(
        type=type_,
        fingerprint="f1",
        schema=schema,
        max_retries=9,
        timeout_seconds=None,
        isolation="thread",
        description="",
    )
    WorkerStore(database).publish([handler])
    register_worker(database, types={type_: "f1"})


def test_a_schedule_that_was_created_is_shown_whole(client: FlaskClient) -> None:
    asked = {
        "name": "nightly",
        "type": "demo",
        "queue": "reports",
        "payload": {"b": 1, "a": [1.5, None]},
        "cron": "30 2 * * *",
        "timezone": "Europe/Berlin",
        "priority": "high",
        "max_retries": 0,
        "timeout": 12.5,
        "tags": ["x"],
        "catch_up": "all",
        "catch_up_window": 3600,
        "catch_up_limit": 7,
        "overlap": "skip",
        "jitter": 60,
        "starts_at": "2030-01-01T01:00:00+01:00",
        "ends_at": "2031-01-01T00:00:00Z",
    }
    answer = client.post("/schedules", json=asked)
    made = answer.get_json()
    assert (answer.status_code, answer.headers["Location"], answer.headers["ETag"]) == (201, "/schedules/nightly", '"1"')
    assert {name: made[name] for name in asked} == asked | {"starts_at": "2030-01-01T00:00:00Z"}
    standing = {"paused": False, "paused_at": None, "paused_by": None, "source": "api", "dropped_at": None, "version": 1}
    assert {name: made[name] for name in standing} == standing
    assert (made["words"], made["next_at"], made["last_run"]) == ("At 02:30 every day", "2030-01-01T01:30:00Z", None)
    assert made["due_after"] == made["created_at"] == made["updated_at"]
    read = client.get("/schedules/nightly")
    assert (read.get_json(), read.headers["ETag"]) == (made, '"1"')


def test_a_type_and_a_cron_are_enough(client: FlaskClient) -> None:
    answer = client.post("/schedules", json={"type": "demo.sleep", "cron": "@hourly", "paused": True})
    made = answer.get_json()
    assert (made["name"], made["queue"], made["payload"], made["timezone"]) == ("demo.sleep", "default", {}, "UTC")
    assert (made["catch_up"], made["overlap"], made["max_retries"], made["timeout"]) == ("latest", "allow", None, None)
    assert (made["paused"], made["paused_by"], made["next_at"]) == (True, "anonymous", None)


def test_a_name_is_given_once(client: FlaskClient) -> None:
    create(client)
    again = client.post("/schedules", json={"name": "nightly", "type": "other", "cron": "@daily"})
    assert (again.status_code, again.get_json()["code"]) == (409, "schedule_exists")
    assert get(client)["type"] == "demo"


def test_schedules_are_listed_by_name_and_by_pages(client: FlaskClient) -> None:
    for name in ("c", "a", "d", "b", "e"):
        create(client, name, paused=name == "b", payload={"of": name, "text": "é" * 300})
    first = client.get("/schedules?limit=2")
    page = first.get_json()
    assert [item["name"] for item in page["items"]] == ["a", "b"]
    assert page["revision"] >= 5
    assert abs(datetime.fromisoformat(page["at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    item = page["items"][0]
    assert "payload" not in item
    assert len(item["payload_preview"]) == 200
    whole = get(client, "a")
    assert {**item, "payload": whole["payload"]} == whole | {"payload_preview": item["payload_preview"]}
    assert f'cursor={page["next_cursor"]}>; rel="next"' in first.headers["Link"]
    second = client.get(f"/schedules?limit=2&cursor={page['next_cursor']}").get_json()
    third = client.get(f"/schedules?limit=2&cursor={second['next_cursor']}")
    assert [item["name"] for item in second["items"] + third.get_json()["items"]] == ["c", "d", "e"]
    assert third.get_json()["next_cursor"] is None
    assert "Link" not in third.headers


def test_a_list_can_be_narrowed(client: FlaskClient) -> None:
    create(client, "a", paused=True)
    create(client, "b")
    client.post("/schedules/sync", json={"schedules": [{"name": "c", "type": "demo", "cron": "@daily"}]})

    def names(query: str) -> list[str]:
        return [item["name"] for item in client.get(f"/schedules?{query}").get_json()["items"]]

    assert names("paused=true") == ["a"]
    assert names("paused=false") == ["b", "c"]
    assert names("source=file") == ["c"]
    assert names("source=api&paused=false") == ["b"]


def test_the_revision_grows_with_changes_alone(client: FlaskClient) -> None:
    def revision() -> int:
        found: int = client.get("/schedules?limit=1").get_json()["revision"]
        return found

    seen = [revision()]
    create(client)
    seen.append(revision())
    client.post("/schedules/nightly/pause")
    seen.append(revision())
    client.patch("/schedules/nightly", json={"jitter": 5}, headers=ANY)
    seen.append(revision())
    client.delete("/schedules/nightly")
    seen.append(revision())
    assert seen == sorted(set(seen))
    client.get("/schedules")
    assert revision() == seen[-1]


def test_put_creates_and_replaces(client: FlaskClient, database: Database) -> None:
    body = {"type": "demo", "cron": "@daily", "tags": ["a"]}
    made = client.put("/schedules/nightly", json=body)
    assert (made.status_code, made.headers["Location"], made.get_json()["name"]) == (201, "/schedules/nightly", "nightly")
    blind = client.put("/schedules/nightly", json=body)
    assert (blind.status_code, blind.get_json()["code"]) == (428, "precondition_required")
    client.post("/schedules/nightly/pause")
    stale = client.put("/schedules/nightly", json=body, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "schedule_changed")
    other = client.put("/schedules/nightly", json={"type": "demo", "cron": "@hourly"}, headers={"If-Match": '"2"'})
    replaced = other.get_json()
    assert (other.status_code, other.headers["ETag"], replaced["cron"], replaced["tags"]) == (200, '"3"', "@hourly", [])
    assert replaced["paused"], "what a body says nothing of is as usual, but a pause stays"
    assert [action for action, _ in deeds(database)] == ["schedule.create", "schedule.pause", "schedule.change"]


def test_put_may_be_meant_for_a_new_one_or_for_an_old_one(client: FlaskClient) -> None:
    body = {"type": "demo", "cron": "@daily"}
    missing = client.put("/schedules/nightly", json=body, headers=ANY)
    assert (missing.status_code, missing.get_json()["code"]) == (412, "schedule_changed")
    assert client.put("/schedules/nightly", json=body, headers={"If-None-Match": "*"}).status_code == 201
    there = client.put("/schedules/nightly", json=body, headers={"If-None-Match": "*"})
    assert (there.status_code, there.get_json()["code"]) == (412, "schedule_changed")
    odd = client.put("/schedules/nightly", json=body, headers={"If-None-Match": '"1"'})
    assert (odd.status_code, odd.get_json()["errors"][0]["pointer"]) == (422, "/header/If-None-Match")
    assert get(client)["version"] == 1


def test_put_of_the_same_changes_nothing(client: FlaskClient, database: Database) -> None:
    before = create(client)
    body = {"type": "demo", "cron": "0 2 * * *"}
    assert client.put("/schedules/nightly", json=body, headers=ANY).get_json() == before
    assert [action for action, _ in deeds(database)] == ["schedule.create"]


def test_patch_changes_what_it_names(client: FlaskClient) -> None:
    before = create(client, timezone="Europe/Berlin", tags=["a"])
    assert client.patch("/schedules/nightly", json={"jitter": 5}).status_code == 428
    answer = client.patch("/schedules/nightly", json={"cron": "0 6 * * *"}, headers={"If-Match": '"1"'})
    after = answer.get_json()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"cron", "words", "version", "due_after", "next_at", "updated_at"}
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert after["due_after"] > before["due_after"]
    old = client.patch("/schedules/nightly", json={"jitter": 5}, headers={"If-Match": '"1"'})
    assert (old.status_code, old.get_json()["code"]) == (412, "schedule_changed")
    paused = client.patch("/schedules/nightly", json={"paused": True, "starts_at": None}, headers=ANY).get_json()
    assert (paused["paused"], paused["cron"], paused["tags"]) == (True, "0 6 * * *", ["a"])


def test_a_payload_is_judged_by_the_schema_of_its_type(client: FlaskClient, database: Database) -> None:
    publish(database, "mail", {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}})
    wrong = client.post("/schedules", json={"type": "mail", "cron": "@daily", "payload": {"to": 1}})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/payload/to")
    create(client, type="mail", payload={"to": "ada"})
    edited = client.patch("/schedules/nightly", json={"payload": {}}, headers=ANY)
    assert (edited.status_code, edited.get_json()["code"]) == (422, "invalid_schedule")


def test_pause_and_resume_may_be_asked_twice(client: FlaskClient, database: Database) -> None:
    create(client)
    paused = client.post("/schedules/nightly/pause")
    assert (paused.status_code, paused.headers["ETag"]) == (200, '"2"')
    standing = paused.get_json()
    assert (standing["paused"], standing["paused_by"], standing["next_at"]) == (True, "anonymous", None)
    assert client.post("/schedules/nightly/pause").get_json() == standing
    resumed = client.post("/schedules/nightly/resume").get_json()
    assert (resumed["paused"], resumed["paused_at"], resumed["paused_by"]) == (False, None, None)
    assert resumed["next_at"] is not None
    assert resumed["due_after"] > standing["due_after"]
    assert client.post("/schedules/nightly/resume").get_json() == resumed
    target = {"schedule": "nightly"}
    assert deeds(database)[1:] == [("schedule.pause", target), ("schedule.resume", target)]


def test_a_deleted_schedule_is_gone(client: FlaskClient, database: Database) -> None:
    create(client)
    stale = client.delete("/schedules/nightly", headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "schedule_changed")
    assert client.delete("/schedules/nightly", headers={"If-Match": '"1"'}).status_code == 204
    assert client.get("/schedules/nightly").status_code == 404
    create(client)
    assert client.delete("/schedules/nightly").status_code == 204
    assert deeds(database)[-1] == ("schedule.delete", {"schedule": "nightly"})


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
    create(client)
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_the_next_instants_are_shown_as_clocks_of_the_zone_show_them(client: FlaskClient) -> None:
    create(client, timezone="Asia/Kathmandu", starts_at="2030-01-01T00:00:00Z", paused=True)
    answer = client.get("/schedules/nightly/next?n=2").get_json()
    assert answer == {
        "name": "nightly",
        "timezone": "Asia/Kathmandu",
        "next": [
            {"at": "2030-01-01T20:15:00Z", "local": "2030-01-02T02:00:00+05:45"},
            {"at": "2030-01-02T20:15:00Z", "local": "2030-01-03T02:00:00+05:45"},
        ],
    }
    create(client, "leap", cron="0 0 29 2 *")
    assert len(client.get("/schedules/leap/next?n=100").get_json()["next"]) == 100


def test_a_cron_can_be_looked_at_before_it_is_used(client: FlaskClient) -> None:
    asked = {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "starts_at": "2030-03-30T00:00:00Z", "n": 2}
    answer = client.post("/schedules/preview", json=asked)
    shown = answer.get_json()
    assert (answer.status_code, shown["words"]) == (200, "At 02:30 every day")
    assert shown["next"] == [
        {"at": "2030-03-30T01:30:00Z", "local": "2030-03-30T02:30:00+01:00"},
        {"at": "2030-03-31T01:00:00Z", "local": "2030-03-31T03:00:00+02:00"},
    ]
    assert set(shown["transition"]) == {"at", "from_offset", "to_offset", "local_before", "local_after", "effect"}
    bad = client.post("/schedules/preview", json={"cron": "30 2 * *"}).get_json()
    assert (bad["status"], bad["code"], bad["errors"][0]["pointer"]) == (422, "invalid_schedule", "/cron")


def test_run_by_hand_makes_a_job_whatever_the_pause_says(client: FlaskClient, database: Database) -> None:
    before = create(client, payload={"a": 1}, tags=["x"], overlap="skip", paused=True)
    answers = [client.post("/schedules/nightly/run") for _ in range(2)]
    jobs = [answer.get_json() for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].headers["Location"] == f"/jobs/{jobs[0]['id']}"
    job = jobs[0]
    assert (job["schedule"], job["payload"], job["tags"], job["status"]) == ("nightly", {"a": 1}, ["x"], "queued")
    assert get_job(client, job["id"])["scheduled_for"] == job["scheduled_for"]
    runs = client.get("/schedules/nightly/runs").get_json()["items"]
    assert [(run["job_id"], run["manual"], run["outcome"]) for run in runs] == [
        (job["id"], True, "queued") for job in reversed(jobs)
    ]
    after = get(client)
    assert after["last_run"] == runs[0]
    assert {**after, "last_run": None} == before
    assert deeds(database)[1:] == [("schedule.run", {"schedule": "nightly", "job": job["id"]}) for job in jobs]


def test_a_repeated_run_with_its_key_is_one_run(client: FlaskClient) -> None:
    create(client)
    create(client, "other")
    first, again = (client.post("/schedules/nightly/run", headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    client.patch("/schedules/nightly", json={"type": "changed", "payload": {"x": 1}}, headers=ANY)
    later = client.post("/schedules/nightly/run", headers={"Idempotency-Key": "k"})
    assert later.get_json() == get_job(client, first.get_json()["id"])
    assert len(client.get("/schedules/nightly/runs").get_json()["items"]) == 1
    reused = client.post("/schedules/other/run", headers={"Idempotency-Key": "k"})
    assert (reused.status_code, reused.get_json()["code"]) == (422, "idempotency_key_reused")
    bad = client.post("/schedules/other/run", headers={"Idempotency-Key": "é"})
    assert (bad.status_code, bad.get_json()["code"]) == (400, "invalid_idempotency_key")


def test_a_run_carries_the_trace_of_who_asked_for_it(client: FlaskClient) -> None:
    create(client)
    sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert client.post("/schedules/nightly/run", headers={"traceparent": sent}).get_json()["traceparent"] == sent


def test_a_job_is_given_as_many_retries_as_its_handler_says(client: FlaskClient, database: Database) -> None:
    publish(database, "demo", None)
    create(client)
    create(client, "own", max_retries=0)
    assert client.post("/schedules/nightly/run").get_json()["max_retries"] == 9
    assert client.post("/schedules/own/run").get_json()["max_retries"] == 0


@pytest.fixture
def discreet(settings: ApiSettings) -> Iterator[FlaskClient]:
    app: Flask = create_app(replace(settings, stores=replace(settings.stores, redact=("password",))))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_values_of_named_fields_are_shown_in_the_schedule_alone(discreet: FlaskClient) -> None:
    payload = {"login": {"password": "hunter2"}}
    create(discreet, payload=payload)
    discreet.patch("/schedules/nightly", json={"payload": payload | {"x": 1}}, headers=ANY)
    assert get(discreet)["payload"] == payload | {"x": 1}
    for path in ("/schedules", "/audit"):
        assert "hunter2" not in discreet.get(path).get_data(as_text=True)
    assert "[redacted]" in discreet.get("/schedules").get_data(as_text=True)


def test_who_looks_on_is_told_of_changes(client: FlaskClient, redis_url: str, prefix: str) -> None:
    create(client)
    client.post("/schedules/nightly/pause")
    client.post("/schedules/nightly/resume")
    client.patch("/schedules/nightly", json={"jitter": 1}, headers=ANY)
    client.post("/schedules/nightly/run")
    client.delete("/schedules/nightly")
    client.post("/schedules/sync", json={"schedules": []})
    client.post("/schedules/sync", json={"schedules": [{"type": f"t{n}", "cron": "@daily"} for n in range(30)]})
    told = schedule_news(redis_url, prefix)
    assert [news["action"] for news in told] == [
        "created", "paused", "resumed", "changed", "fired", "deleted", "synced"
    ]  # fmt: skip
    assert {(*news["names"], news["count"]) for news in told[:-1]} == {("nightly", 1)}
    assert (len(told[-1]["names"]), told[-1]["count"]) == (25, 30)


def schedule_news(redis_url: str, prefix: str) -> list[dict[str, Any]]:
    """What the stream of live events has of schedules, the oldest first."""
    stream = EventStream(redis_url, Keys(prefix))
    entries = stream.read(Position(0, 0), 0.01)
    stream.close()
    return [orjson.loads(entry.news) for entry in entries if entry.topic == Topic.SCHEDULE]
