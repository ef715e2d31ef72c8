"""Instants that schedulers have fired, and the runs that they leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from tests.integration.api.api_calls import get_job

JSON = "application/json"


def create(client: FlaskClient, database: Database, name: str = "poll", **members: Any) -> None:
    """A schedule that has been due each minute for an hour."""
    answer = client.post("/schedules", json={"name": name, "type": "demo", "cron": "* * * * *"} | members)
    assert answer.status_code == 201, answer.data
    database.run("UPDATE schedules SET due_after = now() - interval '1 hour' WHERE name = %(name)s", {"name": name})


def minute(ago: int) -> str:
    """The instant of so many minutes ago, as the API shows it."""
    time = (datetime.now(UTC) - timedelta(minutes=ago)).replace(second=0, microsecond=0)
    return time.isoformat().replace("+00:00", "Z")


def item(ago: int, name: str = "poll", **members: Any) -> dict[str, Any]:
    return {"schedule": name, "scheduled_for": minute(ago), "version": 1} | members


def fire(client: FlaskClient, *runs: dict[str, Any]) -> list[dict[str, Any]]:
    """What became of each."""
    answer = client.post("/schedules/fire", json={"runs": runs})
    assert answer.status_code == 200, answer.data
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def outcomes(client: FlaskClient, *runs: dict[str, Any]) -> list[str]:
    return [answer["outcome"] for answer in fire(client, *runs)]


def test_an_instant_becomes_a_job_once(client: FlaskClient, database: Database, broker: RedisBroker) -> None:
    create(client, database, payload={"a": 1}, queue="reports")
    asked = item(2, missed=3)
    answer = client.post("/schedules/fire", json={"runs": [asked]}).get_json()
    assert abs(datetime.fromisoformat(answer["at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    (fired,) = answer["items"]
    assert fired == {
        "schedule": "poll",
        "scheduled_for": asked["scheduled_for"],
        "outcome": "fired",
        "job_id": fired["job_id"],
    }
    job = get_job(client, fired["job_id"])
    assert (job["schedule"], job["scheduled_for"], job["payload"]) == ("poll", asked["scheduled_for"], {"a": 1})
    assert (job["status"], job["queue"]) == ("queued", "reports")
    pushed = broker.dequeue([("reports", 1)], 0)
    assert pushed is not None
    assert pushed.id == job["id"]
    assert fire(client, asked) == [fired | {"outcome": "replayed"}]
    (run,) = client.get("/schedules/poll/runs").get_json()["items"]
    assert run["lateness"] >= 60
    assert {**run, "fired_at": None, "lateness": None} == {
        "schedule": "poll",
        "scheduled_for": asked["scheduled_for"],
        "fired_at": None,
        "lateness": None,
        "job_id": fired["job_id"],
        "outcome": "queued",
        "manual": False,
        "missed": 3,
    }
    schedule = client.get("/schedules/poll").get_json()
    assert (schedule["last_run"], schedule["due_after"], schedule["version"]) == (run, asked["scheduled_for"], 1)


def test_each_instant_is_told_what_became_of_it(client: FlaskClient, database: Database) -> None:
    for name in ("late", "paused", "changed", "skip", "early"):
        create(client, database, name, overlap="skip" if name == "skip" else "allow")
    client.post("/schedules/paused/pause")
    client.post("/schedules/changed/pause")
    client.post("/schedules/changed/resume")
    assert fire(client, item(5, "late"))[0]["outcome"] == "fired"
    answers = fire(
        client,
        item(6, "late"),
        item(5, "late"),
        item(2, "paused", version=2),
        item(2, "changed"),
        item(2, "none"),
        item(3, "skip"),
        item(2, "skip"),
        item(-3, "early"),
    )
    assert [answer["outcome"] for answer in answers] == [
        "passed", "replayed", "paused", "changed", "gone", "fired", "skipped", "ahead"
    ]  # fmt: skip
    assert [answer["job_id"] is not None for answer in answers] == [
        outcome in ("fired", "replayed") for outcome in (answer["outcome"] for answer in answers)
    ]
    runs = client.get("/schedules/skip/runs").get_json()["items"]
    assert [(run["outcome"], run["job_id"] is None) for run in runs] == [("skipped", True), ("queued", False)]


def test_runs_are_listed_newest_first_and_by_pages(client: FlaskClient, database: Database) -> None:
    create(client, database)
    fire(client, *(item(ago) for ago in (5, 4, 3, 2, 1)))
    first = client.get("/schedules/poll/runs?limit=2")
    second = client.get(f"/schedules/poll/runs?limit=2&cursor={first.get_json()['next_cursor']}")
    third = client.get(f"/schedules/poll/runs?limit=2&cursor={second.get_json()['next_cursor']}")
    seen = [run["scheduled_for"] for page in (first, second, third) for run in page.get_json()["items"]]
    assert (len(seen), seen) == (5, sorted(seen, reverse=True))
    assert 'rel="next"' in first.headers["Link"]
    assert third.get_json()["next_cursor"] is None


def test_runs_outlive_their_jobs(client: FlaskClient, database: Database) -> None:
    create(client, database)
    (fired,) = fire(client, item(2))
    client.post(f"/jobs/{fired['job_id']}/cancel")
    assert client.delete(f"/jobs/{fired['job_id']}").status_code == 204
    (run,) = client.get("/schedules/poll/runs").get_json()["items"]
    assert (run["outcome"], run["job_id"]) == ("deleted", fired["job_id"])


def test_ten_thousand_instants_are_fired_in_one_request(client: FlaskClient, database: Database) -> None:
    for number in range(10):
        create(client, database, f"s{number}", cron="* * * * * *")
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1_500)
    runs = [
        {
            "schedule": f"s{number % 10}",
            "scheduled_for": (begin + timedelta(seconds=number // 10)).isoformat(),
            "version": 1,
        }
        for number in range(10_000)
    ]
    answers = fire(client, *runs)
    assert {answer["outcome"] for answer in answers} == {"fired"}
    assert len({answer["job_id"] for answer in answers}) == 10_000


def test_a_list_shows_the_runs_and_next_instants_that_are_asked_for(client: FlaskClient, database: Database) -> None:
    create(client, database)
    create(client, database, "idle", paused=True)
    fire(client, item(3), item(2), item(1))
    idle, poll = client.get("/schedules?next=2&runs=2").get_json()["items"]
    assert [run["scheduled_for"] for run in poll["runs"]] == [minute(1), minute(2)]
    assert poll["runs"][0] == poll["last_run"]
    assert poll["next"] == client.get("/schedules/poll/next?n=2").get_json()["next"]
    assert (idle["runs"], len(idle["next"])) == ([], 2)
    plain = client.get("/schedules").get_json()["items"][0]
    assert (plain["next"], plain["runs"]) == (None, None)
    assert client.get("/schedules?runs=21").status_code == 422


BODIES = [
    pytest.param(b"", JSON, 400, "invalid_json", None, id="nothing"),
    pytest.param(b'{"runs":[]}', "text/plain", 415, "unsupported_media_type", None, id="as text"),
    pytest.param(b"[]", JSON, 422, "invalid_request", "", id="no object"),
    pytest.param(b'{"runs":[]}', JSON, 422, "invalid_request", "/runs", id="no instant"),
    pytest.param(b'{"runs":[5]}', JSON, 422, "invalid_request", "/runs/0", id="a number"),
    pytest.param(b'{"runs":[5],"jobs":[]}', JSON, 422, "invalid_request", "/jobs", id="another member"),
    pytest.param(b'{"x":"' + b"y" * 5_000_000 + b'"}', JSON, 413, "request_entity_too_large", None, id="5 MB"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "code", "pointer"), BODIES)
def test_a_bad_fire_is_refused(
    client: FlaskClient, body: bytes, content_type: str, status: int, code: str, pointer: str | None
) -> None:
    answer = client.post("/schedules/fire", data=body, content_type=content_type)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert [found["pointer"] for found in problem["errors"]] == ([] if pointer is None else [pointer])


def test_one_bad_instant_and_none_is_fired(client: FlaskClient, database: Database) -> None:
    create(client, database)
    half = item(1) | {"scheduled_for": minute(1).replace("Z", ".5Z")}
    answer = client.post("/schedules/fire", json={"runs": [item(2), half, item(1) | {"version": "1"}]})
    assert answer.status_code == 422
    assert [found["pointer"] for found in answer.get_json()["errors"]] == ["/runs/1/scheduled_for", "/runs/2/version"]
    assert client.get("/schedules/poll/runs").get_json()["items"] == []
