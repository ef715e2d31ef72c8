from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue import Conflict, InvalidArgument, InvalidRequest, Schedule, ServiceUnavailable, UnexpectedAnswer

RUN = {
    "schedule": "report",
    "scheduled_for": "2026-03-02T00:00:00Z",
    "fired_at": "2026-03-02T00:00:00.250Z",
    "lateness": 0.25,
    "job_id": "019cade2-1238-768e-8433-a398418d79cc",
    "outcome": "completed",
    "manual": False,
    "missed": 2,
    "of_a_later_version": True,
}
SCHEDULE = {
    "name": "report",
    "type": "report.generate",
    "queue": "reports",
    "payload": {"kind": "daily"},
    "cron": "0 0 * * *",
    "timezone": "Europe/Berlin",
    "words": "every day at 00:00",
    "tags": ["night"],
    "starts_at": "2026-01-01T00:00:00+01:00",
    "version": 7,
    "paused": False,
    "next_at": "2026-03-03T00:00:00Z",
    "last_run": RUN,
    "created_at": "2026-01-01T00:00:00Z",
    "of_a_later_version": True,
}
CHANGED = {"code": "schedule_changed", "detail": "it was changed since"}


def test_a_schedule_is_typed(api, client, reply):
    api.will_answer(reply(200, SCHEDULE))
    found = client.schedule("a/b")
    assert api.requests[0].path == "/schedules/a%2Fb"
    assert (found.queue, found.payload, found.tags) == ("reports", {"kind": "daily"}, ("night",))
    assert found.starts_at == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert found.next_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert (found.last_run.outcome, found.last_run.lateness, found.last_run.missed) == ("completed", 0.25, 2)
    assert found.etag == '"7"'


def test_schedules_are_read_page_by_page_by_the_same_filters(api, client, reply):
    listed = {name: value for name, value in SCHEDULE.items() if name != "payload"} | {"payload_preview": '{"kind'}
    api.will_answer(
        reply(200, {"items": [listed], "next_cursor": "abc"}), reply(200, {"items": [SCHEDULE], "next_cursor": None})
    )
    found = list(client.schedules(paused=False, source="file"))
    assert [(one.payload, one.payload_preview) for one in found] == [(None, '{"kind'), ({"kind": "daily"}, None)]
    asked = [("paused", "false"), ("source", "file"), ("limit", "200")]
    assert [request.query for request in api.requests] == [asked, [*asked, ("cursor", "abc")]]


def test_schedules_have_the_runs_that_are_asked_for(api, client, reply):
    run = SCHEDULE["last_run"]
    seen = {"next": [{"at": "2026-03-03T01:00:00Z", "local": "2026-03-03T02:00:00+01:00"}], "runs": [run, run]}
    api.will_answer(reply(200, {"items": [SCHEDULE | seen], "next_cursor": None}))
    (found,) = client.schedules(next=1, runs=20)
    assert (len(found.next), [run.outcome for run in found.runs]) == (1, ["completed", "completed"])
    assert api.requests[0].query == [("next", "1"), ("runs", "20"), ("limit", "200")]


def test_create_sends_what_is_given_and_no_more(api, client, reply):
    api.will_answer(reply(201, SCHEDULE), reply(201, SCHEDULE))
    client.create_schedule("report.generate", "0 0 * * *")
    client.create_schedule(
        "report.generate",
        "@daily",
        name="report",
        payload={},
        max_retries=None,
        starts_at=datetime(2026, 1, 1, tzinfo=UTC),
        catch_up="all",
        paused=True,
    )
    assert [(seen.method, seen.path) for seen in api.requests] == [("POST", "/schedules")] * 2
    assert api.requests[0].body == {"type": "report.generate", "cron": "0 0 * * *"}
    assert api.requests[1].body == {
        "name": "report",
        "type": "report.generate",
        "cron": "@daily",
        "payload": {},
        "max_retries": None,
        "starts_at": "2026-01-01T00:00:00+00:00",
        "catch_up": "all",
        "paused": True,
    }


def test_a_schedule_that_may_have_been_created_is_not_created_again(api, client, reply):
    api.will_answer(reply(503), reply(504))
    with pytest.raises(ServiceUnavailable):
        client.create_schedule("a", "@daily")
    assert len(api.requests) == 2  # 503: surely not done; 504: who knows


def test_a_bad_cron_is_an_error_that_names_the_field(api, client, reply):
    errors = [{"pointer": "/cron", "detail": "61 is no minute (character 1)"}]
    api.will_answer(reply(422, {"code": "invalid_schedule", "title": "Invalid schedule", "errors": errors}))
    with pytest.raises(InvalidRequest) as caught:
        client.create_schedule("a", "61 * * * *")
    assert [(error.pointer, error.detail) for error in caught.value.errors] == [("/cron", "61 is no minute (character 1)")]


def test_an_edit_of_what_was_read_is_refused_when_it_was_changed_since(api, client, reply):
    api.will_answer(reply(200, SCHEDULE), reply(412, CHANGED))
    read = client.schedule("report")
    with pytest.raises(Conflict):
        client.edit_schedule(read, cron="@hourly", ends_at=None)
    request = api.requests[1]
    assert (request.method, request.path, request.headers["If-Match"]) == ("PATCH", "/schedules/report", '"7"')
    assert request.body == {"cron": "@hourly", "ends_at": None}


def test_a_write_by_name_is_made_again_when_its_answer_was_lost(api, client, reply):
    api.will_answer(reply(504), reply(200, SCHEDULE), reply(hang_up=True), reply(201, SCHEDULE))
    assert client.edit_schedule("report", queue="b").version == 7
    client.replace_schedule("report", "a", "@daily")
    assert [(request.method, request.headers["If-Match"]) for request in api.requests] == [
        *[("PATCH", "*")] * 2,
        *[("PUT", "*")] * 2,
    ]
    assert api.requests[-1].body == {"type": "a", "cron": "@daily"}


def test_a_write_of_what_was_read_is_not_made_again_since_a_second_would_be_refused(api, client, reply):
    api.will_answer(reply(504))
    with pytest.raises(ServiceUnavailable):
        client.replace_schedule(Schedule.from_json(SCHEDULE), "a", "@daily")
    assert [request.headers["If-Match"] for request in api.requests] == ['"7"']


def test_a_delete_of_what_was_read_names_its_version(api, client, reply):
    api.will_answer(reply(204, b""), reply(204, b""))
    client.delete_schedule("report")
    client.delete_schedule(Schedule.from_json(SCHEDULE))
    assert [request.headers.get("If-Match") for request in api.requests] == [None, '"7"']


def test_pause_resume_and_run_have_paths_of_their_own(api, client, reply, job):
    paused = SCHEDULE | {"paused": True, "paused_by": "ops", "next_at": None}
    scheduled = job | {"schedule": "report", "scheduled_for": "2026-03-02T09:30:00Z"}
    api.will_answer(reply(200, paused), reply(200, SCHEDULE), reply(201, scheduled, {"ETag": '"1"'}))
    assert client.pause_schedule("report").paused_by == "ops"
    assert not client.resume_schedule("report").paused
    run = client.run_schedule("report")
    assert (run.schedule, run.etag) == ("report", '"1"')
    assert [request.path for request in api.requests] == [f"/schedules/report/{act}" for act in ("pause", "resume", "run")]


def test_a_run_whose_answer_was_lost_is_asked_for_under_the_same_key(api, client, reply, job):
    api.will_answer(reply(hang_up=True), reply(201, job))
    client.run_schedule("report")
    first, second = api.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_next_runs_have_the_time_in_utc_and_in_the_zone(api, client, reply):
    run = {"at": "2026-03-02T23:00:00Z", "local": "2026-03-03T00:00:00+01:00"}
    api.will_answer(reply(200, {"name": "report", "timezone": "Europe/Berlin", "next": [run]}), reply(200, {}))
    [found] = client.next_runs("report", n=3)
    assert (found.at, found.local.utcoffset()) == (datetime(2026, 3, 2, 23, tzinfo=UTC), timedelta(hours=1))
    assert (api.requests[0].path, api.requests[0].query) == ("/schedules/report/next", [("n", "3")])
    with pytest.raises(UnexpectedAnswer):
        client.next_runs("report")


def test_a_preview_tells_the_runs_and_the_change_of_clocks(api, client, reply):
    answer = {
        "cron": "30 2 * * *",
        "timezone": "Europe/Berlin",
        "words": "every day at 02:30",
        "next": [{"at": "2026-03-28T01:30:00Z", "local": "2026-03-28T02:30:00+01:00"}],
        "transition": {
            "at": "2026-03-29T01:00:00Z",
            "from_offset": "+01:00",
            "to_offset": "+02:00",
            "local_before": "2026-03-29T02:00:00+01:00",
            "local_after": "2026-03-29T03:00:00",
            "effect": "It runs at 03:30.",
        },
    }
    api.will_answer(reply(200, answer), reply(200, {"cron": "@daily", "timezone": "UTC", "transition": None}))
    preview = client.preview_schedule("30 2 * * *", "Europe/Berlin", n=1, starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (preview.words, len(preview.next)) == ("every day at 02:30", 1)
    assert (preview.transition.from_offset, preview.transition.effect) == ("+01:00", "It runs at 03:30.")
    assert api.requests[0].body == {
        "cron": "30 2 * * *",
        "timezone": "Europe/Berlin",
        "n": 1,
        "starts_at": "2026-01-01T00:00:00+00:00",
    }
    assert client.preview_schedule("@daily").transition is None


def test_runs_are_read_page_by_page(api, client, reply):
    skipped = {"schedule": "report", "scheduled_for": "2026-03-01T00:00:00Z", "job_id": None, "outcome": "skipped"}
    api.will_answer(reply(200, {"items": [RUN], "next_cursor": "abc"}), reply(200, {"items": [skipped]}))
    first, second = client.schedule_runs("report")
    assert (first.fired_at - first.scheduled_for).total_seconds() == first.lateness
    assert (second.outcome, second.job_id) == ("skipped", None)
    assert [request.path for request in api.requests] == ["/schedules/report/runs"] * 2


def test_a_time_without_a_zone_is_refused_before_anything_is_sent(api, client):
    with pytest.raises(InvalidArgument, match="time zone"):
        client.create_schedule("a", "@daily", ends_at=datetime(2030, 1, 1))  # noqa: DTZ001
    assert api.requests == []
