"""Schedulers: what they say of themselves, and what everybody sees of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_common.database import Database

FIRST = "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f51"
SECOND = "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f52"
REPORT = {"host": "h", "pid": 7, "version": "0.2.0", "leads": False, "term": None, "lag": 0.5, "fired": 0}


def say(client: FlaskClient, scheduler_id: str = FIRST, **members: Any) -> dict[str, Any]:
    answer = client.put(f"/schedulers/{scheduler_id}", json=REPORT | members)
    assert answer.status_code == 200, answer.data
    told: dict[str, Any] = answer.get_json()
    return told


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/schedulers").get_json()["items"]
    return items


def test_a_scheduler_that_reports_is_known(client: FlaskClient) -> None:
    assert listed(client) == []
    told = say(client)
    assert set(told) == {"at", "revision"}
    say(client, SECOND, leads=True, term=3, fired=12)
    first, second = listed(client)
    assert first["seen_at"] == told["at"]
    known = {"id": FIRST, "state": "alive", "trouble": None, "started_at": first["started_at"], "seen_at": first["seen_at"]}
    assert first == REPORT | known
    assert (second["leads"], second["term"], second["fired"]) == (True, 3, 12)


def test_the_revision_tells_of_changed_schedules(client: FlaskClient) -> None:
    before = say(client)["revision"]
    assert say(client)["revision"] == before
    client.post("/schedules", json={"type": "demo", "cron": "@daily"})
    assert say(client)["revision"] == before + 1 == client.get("/schedules").get_json()["revision"]


def test_one_that_is_not_heard_of_is_lost_and_one_that_says_so_has_ended(client: FlaskClient, database: Database) -> None:
    say(client, leads=True, term=1)
    say(client, SECOND, ended=True)
    database.run("UPDATE schedulers SET seen_at = now() - interval '11 seconds' WHERE ended_at IS NULL")
    assert [(one["state"], one["leads"]) for one in listed(client)] == [("lost", False), ("ended", False)]
    database.run("UPDATE schedulers SET seen_at = now() - interval '2 hours', ended_at = ended_at - interval '2 hours'")
    assert listed(client) == []


def test_the_overview_has_the_leader_and_what_comes_next(client: FlaskClient) -> None:
    nobody = client.get("/stats/overview").get_json()["scheduler"]
    assert (nobody["leader"], nobody["alive"], nobody["schedules"], nobody["next"]) == (None, 0, 0, [])
    say(client, leads=True, term=3)
    client.post("/schedules", json={"type": "demo", "cron": "@daily"})
    client.post("/schedules", json={"name": "off", "type": "demo", "cron": "@daily", "paused": True})
    sight = client.get("/stats/overview").get_json()["scheduler"]
    assert sight["leader"].pop("since")
    assert sight["leader"] == {"id": FIRST, "host": "h", "pid": 7, "term": 3}
    assert (sight["alive"], sight["schedules"], sight["paused"]) == (1, 2, 1)
    next_at = client.get("/schedules/demo").get_json()["next_at"]
    assert sight["next"] == [{"name": "demo", "type": "demo", "queue": "default", "next_at": next_at}]


def test_a_trouble_is_seen_until_it_is_over(client: FlaskClient) -> None:
    assert client.get("/stats/overview").get_json()["scheduler"]["trouble"] is None
    say(client, leads=True, term=3, trouble="the schedules file is gone")
    assert listed(client)[0]["trouble"] == "the schedules file is gone"
    assert client.get("/stats/overview").get_json()["scheduler"]["trouble"] == "the schedules file is gone"
    say(client, leads=True, term=3)
    assert listed(client)[0]["trouble"] is None
    assert client.get("/stats/overview").get_json()["scheduler"]["trouble"] is None


@pytest.mark.parametrize(
    ("path", "members", "pointer"),
    [
        pytest.param("me", {}, "/path/scheduler_id", id="no id"),
        pytest.param(FIRST, {"host": ""}, "/host", id="no host"),
        pytest.param(FIRST, {"pid": "7"}, "/pid", id="pid a string"),
        pytest.param(FIRST, {"lag": None}, "/lag", id="lag null"),
        pytest.param(FIRST, {"state": "alive"}, "/state", id="another member"),
    ],
)
def test_a_bad_report_is_refused(client: FlaskClient, path: str, members: dict[str, Any], pointer: str) -> None:
    answer = client.put(f"/schedulers/{path}", json=REPORT | members)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert [found["pointer"] for found in answer.get_json()["errors"]] == [pointer]
    assert listed(client) == []
