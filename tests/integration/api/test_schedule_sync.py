"""The schedules of the schedules file: brought by POST /schedules/sync, and then changed there alone."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from goqueue_common.audit_store import Actor, AuditStore
from goqueue_common.database import Database
from goqueue_common.schedule_definition import read_definition
from goqueue_common.schedule_sync_store import ScheduleSyncStore
from tests.integration.api.schedule_calls import publish_handler

NIGHTLY = {"name": "nightly", "type": "demo", "cron": "@daily"}
POLL = {"name": "poll", "type": "demo", "cron": "* * * * *"}


def sync(client: FlaskClient, *entries: dict[str, Any]) -> dict[str, Any]:
    """What has changed, but for the time."""
    answer = client.post("/schedules/sync", json={"schedules": entries})
    assert answer.status_code == 200, answer.data
    report: dict[str, Any] = answer.get_json()
    assert report.pop("at")
    return report


def report(**changed: Any) -> dict[str, Any]:
    return {"created": [], "updated": [], "removed": [], "paused": [], "unchanged": 0} | changed


def get(client: FlaskClient, name: str = "nightly") -> dict[str, Any]:
    schedule: dict[str, Any] = client.get(f"/schedules/{name}").get_json()
    return schedule


def test_a_sync_makes_schedules_what_the_file_says(client: FlaskClient, database: Database) -> None:
    assert sync(client, POLL, NIGHTLY) == report(created=["nightly", "poll"])
    assert (get(client)["source"], get(client)["version"]) == ("file", 1)
    assert sync(client, POLL, NIGHTLY) == report(unchanged=2)
    assert sync(client, NIGHTLY | {"jitter": 5}) == report(updated=["nightly"], removed=["poll"])
    assert sync(client) == report(removed=["nightly"])
    assert [entry.action for entry in AuditStore(database).page(before=None, limit=9)] == ["schedule.sync"] * 3


def test_what_has_run_is_kept_and_comes_back_with_the_file(client: FlaskClient) -> None:
    sync(client, NIGHTLY)
    client.post("/schedules/nightly/run")
    assert sync(client) == report(paused=["nightly"])
    dropped = get(client)
    assert (dropped["paused"], dropped["source"]) == (True, "file")
    assert dropped["dropped_at"] is not None
    refused = client.post("/schedules/nightly/resume")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "schedule_dropped")
    assert sync(client, NIGHTLY) == report(updated=["nightly"])
    assert (get(client)["paused"], get(client)["dropped_at"]) == (False, None)
    sync(client)
    assert client.delete("/schedules/nightly").status_code == 204


def test_people_may_pause_and_run_what_the_file_keeps_and_nothing_else(client: FlaskClient) -> None:
    sync(client, NIGHTLY)
    any_state = {"If-Match": "*"}
    for answer in (
        client.put("/schedules/nightly", json=NIGHTLY, headers=any_state),
        client.patch("/schedules/nightly", json={"jitter": 5}, headers=any_state),
        client.delete("/schedules/nightly"),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "schedule_read_only")
    assert client.post("/schedules/nightly/pause").get_json()["paused"]
    assert sync(client, NIGHTLY) == report(unchanged=1)
    assert client.post("/schedules/nightly/run").status_code == 201
    assert sync(client, NIGHTLY | {"paused": False}) == report(updated=["nightly"])
    assert not get(client)["paused"]


def test_a_name_that_the_api_has_given_is_not_taken(client: FlaskClient) -> None:
    client.post("/schedules", json=NIGHTLY)
    answer = client.post("/schedules/sync", json={"schedules": [POLL, NIGHTLY]})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "schedule_exists")
    assert "'nightly'" in answer.get_json()["detail"]
    assert client.get("/schedules/poll").status_code == 404


def test_a_mistake_of_the_file_is_named_and_nothing_is_changed(client: FlaskClient) -> None:
    sync(client, NIGHTLY)
    bad = [NIGHTLY | {"jitter": 5}, POLL | {"cron": "0 25 * * *"}, POLL | {"name": "poll2", "color": "red"}]
    problem = client.post("/schedules/sync", json={"schedules": bad}).get_json()
    assert (problem["status"], problem["code"]) == (422, "invalid_schedule")
    assert [found["pointer"] for found in problem["errors"]] == ["/schedules/1/cron", "/schedules/2/color"]
    assert problem["errors"][0]["detail"].endswith("(character 3)")
    assert get(client)["version"] == 1


def test_a_handler_that_has_changed_does_not_stop_what_is_stored(client: FlaskClient, database: Database) -> None:
    entry = POLL | {"payload": {"a": 1}}
    ScheduleSyncStore(database).sync([read_definition(entry)], Actor("scheduler"))
    publish_handler(database, POLL["type"], {"properties": {"a": {"type": "string"}}})
    assert sync(client, entry) == report(unchanged=1)
    answer = client.post("/schedules/sync", json={"schedules": [entry | {"payload": {"a": 2}}]})
    assert [problem["pointer"] for problem in answer.get_json()["errors"]] == ["/schedules/0/payload/a"]


def test_what_is_no_file_is_refused(client: FlaskClient) -> None:
    for body, pointer in (({}, "/schedules"), ({"schedules": NIGHTLY}, "/schedules"), ({"schedules": [], "x": 1}, "/x")):
        answer = client.post("/schedules/sync", json=body)
        assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, pointer)


def test_ten_thousand_schedules_are_synced_in_one_request(client: FlaskClient) -> None:
    entries = [POLL | {"name": f"s{number:05}"} for number in range(10_000)]
    assert len(sync(client, *entries)["created"]) == 10_000
    assert sync(client, *entries) == report(unchanged=10_000)
    page = client.get("/schedules?limit=200").get_json()
    assert [page["items"][0]["name"], page["items"][-1]["name"]] == ["s00000", "s00199"]
