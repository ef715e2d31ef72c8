from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goqueue import Fire, ServiceUnavailable, UnexpectedAnswer

ID = "019cade2-1238-768e-8433-a398418d79cc"
AT = "2026-03-02T09:30:04.500Z"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROCESS = {"id": ID, "host": "web-1", "pid": 7, "version": "0.7.0"}


def _schedule(name: str) -> dict[str, object]:
    return {"name": name, "type": "a", "queue": "default", "cron": "@daily", "version": 1}


def test_schedulers_are_typed(api, client, reply):
    info = PROCESS | {
        "state": "alive",
        "leads": True,
        "term": 3,
        "lag": 0.01,
        "fired": 9,
        "seen_at": AT,
        "new": 1,
        "trouble": "bad",
    }
    api.will_answer(reply(200, {"items": [info]}))
    [found] = client.schedulers()
    assert (found.state, found.leads, found.term, found.seen_at.microsecond) == ("alive", True, 3, 500_000)
    assert (found.trouble, api.requests[0].path) == ("bad", "/schedulers")


def test_a_snapshot_has_the_clock_and_revision_from_before_its_first_schedule(api, client, reply):
    api.will_answer(
        reply(200, {"items": [_schedule("a")], "next_cursor": "abc", "at": AT, "revision": 4}),
        reply(200, {"items": [_schedule("b")], "next_cursor": None, "at": "2026-03-02T09:30:05Z", "revision": 5}),
    )
    found = client.schedule_snapshot()
    assert (found.revision, found.at) == (4, datetime(2026, 3, 2, 9, 30, 4, 500_000, tzinfo=UTC))
    assert [schedule.name for schedule in found.schedules] == ["a", "b"]


def test_instants_are_fired_in_one_request_that_may_be_made_again(api, client, reply):
    answers = [
        {"schedule": "a", "scheduled_for": "2026-03-02T12:00:00Z", "outcome": "replayed", "job_id": ID},
        {"schedule": "b", "scheduled_for": "2026-03-02T12:00:00Z", "outcome": "skipped", "job_id": None},
    ]
    api.will_answer(reply(hang_up=True), reply(200, {"at": AT, "items": answers}))
    report = client.fire_schedules([Fire("a", NOON, 1), Fire("b", NOON, 2, missed=3)])
    assert [(one.schedule, one.scheduled_for, one.outcome, one.job_id) for one in report.items] == [
        ("a", NOON, "replayed", ID),
        ("b", NOON, "skipped", None),
    ]
    assert len(api.requests) == 2
    assert api.requests[1].body == {
        "runs": [
            {"schedule": "a", "scheduled_for": "2026-03-02T12:00:00+00:00", "version": 1, "missed": 0},
            {"schedule": "b", "scheduled_for": "2026-03-02T12:00:00+00:00", "version": 2, "missed": 3},
        ],
    }


def test_an_answer_without_every_instant_is_an_error(api, client, reply):
    api.will_answer(reply(200, {"at": AT, "items": []}))
    with pytest.raises(UnexpectedAnswer, match="1 instants were sent, 0 came back"):
        client.fire_schedules([Fire("a", NOON, 1)])


def test_a_sync_sends_the_definitions_and_tells_what_it_changed(api, client, reply):
    api.will_answer(reply(504), reply(200, {"at": AT, "created": ["a"], "paused": ["old"], "unchanged": 3}))
    report = client.sync_schedules([{"type": "a", "cron": "@daily", "starts_at": NOON}])
    assert (report.created, report.updated, report.paused, report.unchanged) == (("a",), (), ("old",), 3)
    assert api.requests[1].path == "/schedules/sync"
    assert api.requests[1].body == {
        "schedules": [{"type": "a", "cron": "@daily", "starts_at": "2026-03-02T12:00:00+00:00"}]
    }


def test_a_scheduler_says_that_it_lives_and_learns_the_time(api, client, reply):
    api.will_answer(reply(200, {"at": AT, "revision": 12}))
    answer = client.report_scheduler(ID, host="web-1", pid=7, version="0.7.0", leads=False, term=None, lag=0.5, fired=2)
    assert (answer.revision, answer.at.second) == (12, 4)
    request = api.requests[0]
    assert (request.method, request.path) == ("PUT", f"/schedulers/{ID}")
    assert request.body == {
        "host": "web-1",
        "pid": 7,
        "version": "0.7.0",
        "leads": False,
        "term": None,
        "lag": 0.5,
        "fired": 2,
        "trouble": None,
        "ended": False,
    }


def test_an_api_that_stays_away_is_an_error(api, client, reply):
    api.will_answer(*[reply(503)] * 4)
    with pytest.raises(ServiceUnavailable):
        client.fire_schedules([Fire("a", NOON, 1)])
