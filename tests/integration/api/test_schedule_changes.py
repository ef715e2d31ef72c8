"""What people do with a schedule by hand: pause, resume, run; and who hears of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient

from goqueue_common.broker.event_stream import EventStream, Position
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.live_events import Topic
from tests.integration.api.api_calls import get_job
from tests.integration.api.schedule_calls import create_schedule, deeds, get_schedule, publish_handler

ANY = {"If-Match": "*"}


def test_the_revision_grows_with_changes_alone(client: FlaskClient) -> None:
    def revision() -> int:
        found: int = client.get("/schedules?limit=1").get_json()["revision"]
        return found

    seen = [revision()]
    create_schedule(client)
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


def test_pause_and_resume_may_be_asked_twice(client: FlaskClient, database: Database) -> None:
    create_schedule(client)
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


def test_run_by_hand_makes_a_job_whatever_the_pause_says(client: FlaskClient, database: Database) -> None:
    before = create_schedule(client, payload={"a": 1}, tags=["x"], overlap="skip", paused=True)
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
    after = get_schedule(client)
    assert after["last_run"] == runs[0]
    assert {**after, "last_run": None} == before
    assert deeds(database)[1:] == [("schedule.run", {"schedule": "nightly", "job": job["id"]}) for job in jobs]


def test_a_repeated_run_with_its_key_is_one_run(client: FlaskClient) -> None:
    create_schedule(client)
    create_schedule(client, "other")
    first, again = (client.post("/schedules/nightly/run", headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    client.patch("/schedules/nightly", json={"type": "changed", "payload": {"x": 1}}, headers=ANY)
    later = client.post("/schedules/nightly/run", headers={"Idempotency-Key": "k"})
    assert later.get_json() == get_job(client, first.get_json()["id"])
    assert len(client.get("/schedules/nightly/runs").get_json()["items"]) == 1
    reused = client.post("/schedules/other/run", headers={"Idempotency-Key": "k"})
    assert (reused.status_code, reused.get_json()["code"]) == (422, "idempotency_key_reused")
    assert reused.get_json()["errors"] == [], "its body has no jobs that a pointer could lead to"
    bad = client.post("/schedules/other/run", headers={"Idempotency-Key": "é"})
    assert (bad.status_code, bad.get_json()["code"]) == (400, "invalid_idempotency_key")


def test_changes_of_whatever_there_is_do_not_refuse_each_other(app: Flask) -> None:
    """`If-Match: *` is for the schedule however it is: also when somebody changes something else at this very moment."""
    create_schedule(app.test_client())

    def change(member: str) -> list[int]:
        client = app.test_client()
        return [client.patch("/schedules/nightly", json={member: value}, headers=ANY).status_code for value in range(1, 21)]

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(change, ["jitter", "max_retries", "timeout"]))
    assert answers == [[200] * 20] * 3
    after = get_schedule(app.test_client())
    assert (after["jitter"], after["max_retries"], after["timeout"], after["version"]) == (20, 20, 20, 61)


def test_a_run_carries_the_trace_of_who_asked_for_it(client: FlaskClient) -> None:
    create_schedule(client)
    sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert client.post("/schedules/nightly/run", headers={"traceparent": sent}).get_json()["traceparent"] == sent


def test_a_job_is_given_as_many_retries_as_its_handler_says(client: FlaskClient, database: Database) -> None:
    publish_handler(database, "demo", None)
    create_schedule(client)
    create_schedule(client, "own", max_retries=0)
    assert client.post("/schedules/nightly/run").get_json()["max_retries"] == 9
    assert client.post("/schedules/own/run").get_json()["max_retries"] == 0


def test_who_looks_on_is_told_of_changes(client: FlaskClient, redis_url: str, prefix: str) -> None:
    create_schedule(client)
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
