"""What the scheduler makes of the API's answers, and of its silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from goqueue import ApiError, ConnectionFailed, Fire, InvalidRequest, ServiceUnavailable, TooManyRequests, Unauthorized
from goqueue_scheduler import firing
from tests.unit.scheduler.api_model import ApiModel
from tests.unit.scheduler.rig import Rig

AWAY = (
    ConnectionFailed("no answer"),
    ServiceUnavailable(503, {"title": "starting"}, retry_after=1.0),
    TooManyRequests(429, {"title": "busy"}, retry_after=2.0),
)


def away(rig: Rig, api: ApiModel, seconds: float, error: Exception = AWAY[0]) -> None:
    api.fails = lambda _call, _fires: error
    rig.run(seconds)
    api.fails = lambda _call, _fires: None


@pytest.mark.parametrize("error", AWAY)
@pytest.mark.parametrize("policy", ["none", "latest", "all"])
def test_what_became_due_in_a_short_absence_of_the_api_is_fired_whatever_the_policy(
    rig: Rig, api: ApiModel, policy: str, error: Exception
) -> None:
    api.has("report", "*/10 * * * * *", catch_up=policy)
    rig.run(1.0)
    away(rig, api, 45.0, error)
    assert rig.ticker.lag_seconds == pytest.approx(36.0, abs=0.5)
    rig.run(6.0)
    assert api.times("report") == ["12:00:10", "12:00:20", "12:00:30", "12:00:40", "12:00:50"]
    assert rig.ticker.lag_seconds == 0.0


@pytest.mark.parametrize(
    ("policy", "fired", "missed"),
    [
        ("none", [], []),
        ("latest", ["12:12:00"], [5]),
        ("all", ["12:08:00", "12:10:00", "12:12:00"], [3]),
    ],
)
def test_of_what_became_due_in_a_long_absence_the_policy_decides(
    rig: Rig, api: ApiModel, policy: str, fired: list[str], missed: list[int]
) -> None:
    api.has("report", "*/2 * * * *", catch_up=policy, catch_up_window=7 * 60.0)
    rig.run(1.0)
    away(rig, api, 13 * 60.0 + 25.0)
    rig.run(20.0)
    assert api.times("report") == fired
    assert [number for number in api.runs.values() if number] == missed
    rig.run(30.0)
    assert api.times("report") == [*fired, "12:14:00"]
    if policy == "none":
        assert list(api.runs.values()) == [6], "the next run says how many were left out"


def test_the_api_is_asked_again_soon_and_less_often_the_longer_it_is_away(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * * *")
    rig.run(0.5)
    api.calls.clear()
    away(rig, api, 3.0)
    assert 2 <= api.calls.count("fire") <= 6
    away(rig, api, 60.0)
    api.calls.clear()
    away(rig, api, 60.0)
    assert 10 <= api.calls.count("fire") <= 30


def test_once_the_api_answers_another_call_firing_waits_no_longer(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * * *")
    rig.run(0.5)
    away(rig, api, 60.0)
    rig.presence.tell()
    api.calls.clear()
    rig.turn()
    assert "fire" in api.calls


def test_an_absence_of_the_api_is_logged_when_it_begins_and_when_it_ends(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * * *")
    rig.run(0.5)
    with capture_logs() as lines:
        away(rig, api, 60.0)
        rig.run(6.0)
    fires = [line["event"] for line in lines if line.get("call") == "fire"]
    assert fires == ["api_away", "api_answers_again"]


def test_a_fire_whose_answer_was_lost_is_sent_again_and_made_once(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(1.0)
    api.lose_answers = ConnectionFailed("timed out")
    rig.run(61.0)
    assert len(api.batches) == 2
    assert api.times("report") == ["12:01:00"]
    assert rig.outcomes() == {"replayed": 1}


def test_an_item_that_the_api_refuses_stops_no_other(rig: Rig, api: ApiModel) -> None:
    for number in range(1_000):
        api.has(f"s{number:04}", "* * * * *")

    def refuse(call: str, fires: Sequence[Fire]) -> Exception | None:
        bad = call == "fire" and any(fire.schedule == "s0500" for fire in fires)
        return ApiError(500, {"title": "bug", "code": "internal_error"}) if bad else None

    api.fails = refuse
    with capture_logs() as lines:
        rig.run(62.0)
    assert len(api.fired) == 999
    assert rig.outcomes() == {"fired": 999, "refused": 1}
    assert api.calls.count("fire") < 25
    assert [line["schedule"] for line in lines if line["event"] == "fire_refused"] == ["s0500"]
    api.fails = lambda _call, _fires: None
    rig.run(118.0)
    assert api.times("s0500") == ["12:02:00"] or api.times("s0500") == ["12:01:00", "12:02:00"]


def test_of_a_schedule_whose_instant_is_refused_later_ones_wait_with_it(rig: Rig, api: ApiModel) -> None:
    api.has("bad", "*/10 * * * * *")
    api.has("good", "*/10 * * * * *")
    rig.run(1.0)
    away(rig, api, 40.0)
    api.fails = lambda _call, fires: (
        InvalidRequest(422, {"title": "no"}) if any(fire.schedule == "bad" for fire in fires) else None
    )
    rig.run(6.0)
    assert api.times("bad") == []
    assert len(api.times("good")) == 4


def test_a_batch_is_parted_no_further_when_this_replica_may_fire_no_more(
    rig: Rig, api: ApiModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "_LONGEST_SECONDS", 60.0)
    for number in range(100):
        api.has(f"s{number}", "1 12 * * *")
    rig.run(59.0)
    rig.tell_nothing(10.0)

    def refuse_slowly(call: str, _fires: Sequence[Fire]) -> Exception | None:
        if call != "fire":
            return None
        rig.clock.advance(5.0)
        return InvalidRequest(422, {"title": "no"})

    api.fails = refuse_slowly
    api.calls.clear()
    rig.run(1.5)
    assert api.calls.count("fire") == 3, "the lease ended with the third"


def test_where_everything_is_refused_it_is_not_asked_item_by_item_for_ever(rig: Rig, api: ApiModel) -> None:
    for number in range(1_000):
        api.has(f"s{number}", "1 12 * * *")
    api.fails = lambda call, _fires: InvalidRequest(422, {"title": "no", "code": "invalid"}) if call == "fire" else None
    rig.run(60.0)
    api.calls.clear()
    rig.run(2.0)
    assert api.calls.count("fire") <= 41 * 4


def test_a_wrong_key_is_said_once_with_the_way_out_and_everything_waits(rig: Rig, api: ApiModel) -> None:
    api.has("report", "*/10 * * * * *", catch_up="none")
    rig.run(1.0)
    with capture_logs() as lines:
        away(rig, api, 30.0, Unauthorized(403, {"title": "Forbidden", "code": "forbidden"}))
    said = [line for line in lines if line["event"] == "api_refuses" and line["call"] == "fire"]
    assert [(line["log_level"], line["way_out"]) for line in said] == [
        ("error", "set GOQUEUE_API_KEY to a key with the scope operate")
    ]
    rig.run(8.0)
    assert api.times("report") == ["12:00:10", "12:00:20", "12:00:30"]


def test_a_changed_schedule_is_read_anew_and_fired_as_it_is_now(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(59.0)
    rig.tell_nothing(10.0)
    api.change("report", queue="other")
    rig.run(2.0)
    rig.run(2.0)
    assert rig.outcomes() == {"changed": 1, "fired": 1}
    assert api.times("report") == ["12:01:00"]


def test_a_schedule_that_is_gone_is_dropped(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(59.0)
    rig.tell_nothing(10.0)
    api.remove("report")
    rig.run(300.0)
    assert rig.outcomes() == {"gone": 1}
    assert rig.ticker.lag_seconds == 0.0


def test_a_paused_schedule_rests_until_it_is_resumed_and_what_falls_between_is_dropped(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *", catch_up="all")
    rig.run(59.0)
    rig.tell_nothing(10.0)
    api.change("report", paused=True)
    rig.run(300.0)
    assert rig.outcomes() == {"changed": 1}, "a pause is another version"
    api.change("report", paused=False, due_after=api.at)
    rig.run(61.0)
    assert api.times("report") == ["12:06:00"]


def test_a_new_schedule_is_known_two_seconds_later(rig: Rig, api: ApiModel) -> None:
    rig.run(10.0)
    api.has("report", "* * * * * *")
    rig.run(3.5)
    assert len(api.fired) == 3


def test_a_schedule_that_cannot_be_read_here_is_said_once_and_stops_no_other(rig: Rig, api: ApiModel) -> None:
    api.has("future", "every other tuesday")
    api.has("zone", "* * * * *", timezone="Mars/Olympus")
    api.has("policy", "* * * * *", catch_up="some")
    api.has("report", "* * * * *")
    with capture_logs() as lines:
        rig.run(61.0)
        api.change("report")
        rig.run(60.0)
    assert {name for name, _ in api.fired} == {"report"}
    said = [line["schedule"] for line in lines if line["event"] == "schedule_not_understood"]
    assert sorted(said) == ["future", "policy", "zone"]
    assert rig.book.loaded is not None
    assert (rig.book.loaded.size, rig.book.loaded.unread) == (4, 3)


def test_when_the_clock_of_the_database_goes_back_an_hour_nothing_fires_until_it_is_where_it_was(
    rig: Rig, api: ApiModel
) -> None:
    api.has("report", "*/5 * * * *")
    rig.run(6 * 60.0)
    api.shift = timedelta(hours=-1)
    rig.run(6 * 60.0)
    assert api.times("report") == ["12:05:00"]
    api.shift = timedelta(0)
    rig.run(4 * 60.0)
    assert api.times("report") == ["12:05:00", "12:10:00", "12:15:00"]
    assert set(rig.outcomes()) == {"fired"}


@pytest.mark.parametrize(
    ("policy", "fired"), [("none", []), ("latest", ["13:00:00"]), ("all", ["12:20:00", "12:40:00", "13:00:00"])]
)
def test_when_the_clock_of_the_database_goes_on_an_hour_the_policy_decides(
    rig: Rig, api: ApiModel, policy: str, fired: list[str]
) -> None:
    api.has("report", "*/20 * * * *", catch_up=policy)
    rig.run(5 * 60.0)
    api.shift = timedelta(hours=1)
    rig.run(60.0)
    assert api.times("report") == fired


def test_an_instant_that_is_ahead_of_the_api_waits(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(59.0)
    rig.tell_nothing(10.0)
    api.shift = timedelta(minutes=-3)
    rig.run(1.5)  # what time it is comes with the answer
    assert rig.outcomes() == {"ahead": 1}
    rig.run(60.0)
    assert rig.outcomes() == {"ahead": 1}
    rig.run(2 * 60.0)
    assert rig.outcomes() == {"ahead": 1, "fired": 1}


def test_a_word_of_a_newer_api_is_taken_as_a_reason_to_read_the_schedule_anew(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    outcome, api._outcome = api._outcome, lambda _fire: "postponed"  # type: ignore[method-assign]
    rig.run(60.5)
    api._outcome = outcome  # type: ignore[method-assign]
    rig.run(2.0)
    assert rig.outcomes() == {"other": 2, "fired": 1}


def test_what_is_fired_while_the_schedules_are_read_is_not_fired_again_afterwards(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    rig.run(30.0)
    before, asked_at = api.schedule_snapshot(), rig.clock.boottime()
    rig.run(31.0)
    assert api.times("report") == ["12:01:00"]
    rig.book.load(replace(before, revision=before.revision + 1), turn=rig.election.turn, asked_at=asked_at)
    api.batches.clear()
    rig.run(1.0)
    assert api.batches == []
