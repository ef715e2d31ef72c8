"""What one schedule may not do to the others, and how much is sent at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from goqueue import ConnectionFailed, Fire, InvalidRequest
from goqueue_scheduler import ticker
from goqueue_scheduler.planned import Planned
from tests.factories import FrozenClock
from tests.unit.scheduler.api_model import BEGAN, ApiModel
from tests.unit.scheduler.redis_model import RedisModel
from tests.unit.scheduler.rig import Rig


def test_a_schedule_that_cannot_be_computed_keeps_no_other_from_firing(
    rig: Rig, api: ApiModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Planned.fires

    def fires(planned: Planned, now: datetime) -> list[Fire]:
        if planned.name == "strange":
            raise OverflowError("date value out of range")
        return rules(planned, now)

    monkeypatch.setattr(Planned, "fires", fires)
    for name in ("report", "strange", "zebra"):
        api.has(name, "*/20 * * * * *")
    with capture_logs() as logs:
        rig.run(61.0)
    assert api.times("report") == api.times("zebra") == ["12:00:20", "12:00:40", "12:01:00"]
    assert [line["schedule"] for line in logs if line["event"] == "schedule_not_computed"] == ["strange"]
    monkeypatch.undo()
    rig.run(20.0)
    assert api.times("strange") == ["12:00:20", "12:00:40", "12:01:00", "12:01:20"]


def test_a_schedule_that_cannot_be_read_keeps_no_other_from_being_loaded(rig: Rig, api: ApiModel) -> None:
    api.has("report", "* * * * *")
    api.has("strange", "* * * * *", catch_up_window=float("inf"), jitter=float("inf"))
    with capture_logs() as logs:
        rig.run(61.0)
    assert api.times("report") == ["12:01:00"]
    assert [line["schedule"] for line in logs if line["event"] == "schedule_not_understood"] == ["strange"]


def test_who_catches_up_for_long_lets_those_first_that_are_on_time(
    api: ApiModel, redis: RedisModel, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker, "_MOST", 100)
    days_ago = BEGAN - timedelta(days=1)
    for number in range(20):
        api.has(f"behind-{number}", "* * * * * *", catch_up="all", catch_up_limit=1_000, due_after=days_ago)
    api.has("on-time", "*/10 * * * * *", catch_up="none")
    rig = Rig(api, redis, clock)
    api.round_trip = 1.0
    rig.run(100.0)
    assert api.times("on-time")[:9] == [f"12:{second // 60:02}:{second % 60:02}" for second in range(10, 100, 10)]
    instants = [at for schedule, at in api.fired if schedule == "behind-0"]
    assert len(instants) > 200
    assert instants == sorted(instants)


@pytest.mark.parametrize(("schedules", "at_once"), [(1_500, 400), (60, 3)])
def test_an_api_that_cannot_do_so_many_at_once_gets_fewer(rig: Rig, api: ApiModel, schedules: int, at_once: int) -> None:
    """Three may be as many: payloads are large."""
    for number in range(schedules):
        api.has(f"s{number}", "1 12 * * *")
    api.fails = lambda _call, fires: ConnectionFailed("timed out") if len(fires) > at_once else None
    rig.run(110.0)
    assert len(api.fired) == schedules


def test_an_api_that_refuses_too_many_at_once_gets_fewer(rig: Rig, api: ApiModel) -> None:
    api.has("large", "* * * * * *", catch_up="all", catch_up_limit=3_000, due_after=api.at - timedelta(hours=1))
    api.fails = lambda _call, fires: InvalidRequest(413, {"title": "too large"}) if len(fires) > 64 else None
    rig.run(30.0)
    assert len(api.fired) > 3_000


def test_what_becomes_due_does_not_wait_until_a_batch_of_large_ones_is_parted(rig: Rig, api: ApiModel) -> None:
    api.has("large", "* * * * * *", catch_up="all", catch_up_limit=10_000, due_after=BEGAN - timedelta(hours=1))
    api.has("on-time", "* * * * * *")
    api.fails = lambda _call, fires: InvalidRequest(413, {"title": "too large"}) if len(fires) > 64 else None
    api.round_trip = 1.5
    rig.run(100.0)
    assert rig.counts.fired > 500
    lateness = [api.made_at[one] - one[1] for one in api.fired if one[0] == "on-time"]
    assert len(lateness) > 80
    assert max(lateness) < timedelta(seconds=15)


def test_who_was_late_and_catches_nothing_up_does_not_wait_for_who_does(rig: Rig, api: ApiModel) -> None:
    since = BEGAN - timedelta(hours=3)
    for name in ("a", "b"):
        api.has(name, "* * * * * *", catch_up="all", catch_up_limit=10_000, due_after=since)
    api.has("latest", "0 * * * * *", catch_up="latest", due_after=since)
    api.has("none", "0 * * * * *", catch_up="none", due_after=since)
    rig.turn()
    rig.turn()
    assert [fire.schedule for fire in api.batches[0][:5]] == ["latest", "none", "latest", "none", "a"]
