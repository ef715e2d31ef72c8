"""Schedules by HTTP: made, listed, replaced, changed, deleted, looked ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.database import Database
from tests.integration.api.schedule_calls import create_schedule, deeds, get_schedule, publish_handler

ANY = {"If-Match": "*"}


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
    create_schedule(client)
    again = client.post("/schedules", json={"name": "nightly", "type": "other", "cron": "@daily"})
    assert (again.status_code, again.get_json()["code"]) == (409, "schedule_exists")
    assert get_schedule(client)["type"] == "demo"


def test_schedules_are_listed_by_name_and_by_pages(client: FlaskClient) -> None:
    for name in ("c", "a", "d", "b", "e"):
        create_schedule(client, name, paused=name == "b", payload={"of": name, "text": "é" * 300})
    first = client.get("/schedules?limit=2")
    page = first.get_json()
    assert [item["name"] for item in page["items"]] == ["a", "b"]
    assert page["revision"] >= 5
    assert abs(datetime.fromisoformat(page["at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    item = page["items"][0]
    assert "payload" not in item
    assert len(item["payload_preview"]) == 200
    whole = get_schedule(client, "a")
    assert {**item, "payload": whole["payload"]} == whole | {
        "payload_preview": item["payload_preview"],
        "next": None,
        "runs": None,
    }
    assert f'cursor={page["next_cursor"]}>; rel="next"' in first.headers["Link"]
    second = client.get(f"/schedules?limit=2&cursor={page['next_cursor']}").get_json()
    third = client.get(f"/schedules?limit=2&cursor={second['next_cursor']}")
    assert [item["name"] for item in second["items"] + third.get_json()["items"]] == ["c", "d", "e"]
    assert third.get_json()["next_cursor"] is None
    assert "Link" not in third.headers


def test_a_list_can_be_narrowed(client: FlaskClient) -> None:
    create_schedule(client, "a", paused=True)
    create_schedule(client, "b")
    client.post("/schedules/sync", json={"schedules": [{"name": "c", "type": "demo", "cron": "@daily"}]})

    def names(query: str) -> list[str]:
        return [item["name"] for item in client.get(f"/schedules?{query}").get_json()["items"]]

    assert names("paused=true") == ["a"]
    assert names("paused=false") == ["b", "c"]
    assert names("source=file") == ["c"]
    assert names("source=api&paused=false") == ["b"]


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
    assert get_schedule(client)["version"] == 1


def test_put_of_the_same_changes_nothing(client: FlaskClient, database: Database) -> None:
    before = create_schedule(client)
    body = {"type": "demo", "cron": "0 2 * * *"}
    assert client.put("/schedules/nightly", json=body, headers=ANY).get_json() == before
    assert [action for action, _ in deeds(database)] == ["schedule.create"]


def test_patch_changes_what_it_names(client: FlaskClient) -> None:
    before = create_schedule(client, timezone="Europe/Berlin", tags=["a"])
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
    publish_handler(database, "mail", {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}})
    wrong = client.post("/schedules", json={"type": "mail", "cron": "@daily", "payload": {"to": 1}})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/payload/to")
    create_schedule(client, type="mail", payload={"to": "ada"})
    edited = client.patch("/schedules/nightly", json={"payload": {}}, headers=ANY)
    assert (edited.status_code, edited.get_json()["code"]) == (422, "invalid_schedule")


def test_a_deleted_schedule_is_gone(client: FlaskClient, database: Database) -> None:
    create_schedule(client)
    stale = client.delete("/schedules/nightly", headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "schedule_changed")
    assert client.delete("/schedules/nightly", headers={"If-Match": '"1"'}).status_code == 204
    assert client.get("/schedules/nightly").status_code == 404
    assert client.get("/schedules/nightly/runs").status_code == 404
    create_schedule(client)
    assert client.post("/schedules/nightly/run").status_code == 201
    assert client.delete("/schedules/nightly").status_code == 204
    assert deeds(database)[-1] == ("schedule.delete", {"schedule": "nightly"})
    assert client.get("/schedules/nightly/runs").status_code == 404


def test_the_next_instants_are_shown_as_clocks_of_the_zone_show_them(client: FlaskClient) -> None:
    create_schedule(client, timezone="Asia/Kathmandu", starts_at="2030-01-01T00:00:00Z", paused=True)
    answer = client.get("/schedules/nightly/next?n=2").get_json()
    assert answer == {
        "name": "nightly",
        "timezone": "Asia/Kathmandu",
        "next": [
            {"at": "2030-01-01T20:15:00Z", "local": "2030-01-02T02:00:00+05:45"},
            {"at": "2030-01-02T20:15:00Z", "local": "2030-01-03T02:00:00+05:45"},
        ],
    }
    create_schedule(client, "leap", cron="0 0 29 2 *")
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


@pytest.fixture
def discreet(settings: ApiSettings) -> Iterator[FlaskClient]:
    app: Flask = create_app(replace(settings, stores=replace(settings.stores, redact=("password",))))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_values_of_named_fields_are_shown_in_the_schedule_alone(discreet: FlaskClient) -> None:
    payload = {"login": {"password": "hunter2"}}
    create_schedule(discreet, payload=payload)
    discreet.patch("/schedules/nightly", json={"payload": payload | {"x": 1}}, headers=ANY)
    assert get_schedule(discreet)["payload"] == payload | {"x": 1}
    for path in ("/schedules", "/audit"):
        assert "hunter2" not in discreet.get(path).get_data(as_text=True)
    assert "[redacted]" in discreet.get("/schedules").get_data(as_text=True)
