"""What one schedule may not do to the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from goqueue import Fire
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


def test_who_was_late_and_catches_nothing_up_does_not_wait_for_who_does(rig: Rig, api: ApiModel) -> None:
    since = BEGAN - timedelta(hours=3)
    for name in ("a", "b"):
        api.has(name, "* * * * * *", catch_up="all", catch_up_limit=10_000, due_after=since)
    api.has("latest", "0 * * * * *", catch_up="latest", due_after=since)
    api.has("none", "0 * * * * *", catch_up="none", due_after=since)
    rig.turn()
    rig.turn()
    assert [fire.schedule for fire in api.batches[0][:5]] == ["latest", "none", "latest", "none", "a"]
