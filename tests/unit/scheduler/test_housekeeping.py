from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import schedule
from structlog.testing import capture_logs

from goqueue_common.telemetry.telemetry import OFF
from goqueue_scheduler.fire_counts import FireCounts
from goqueue_scheduler.housekeeping import Housekeeping


class WallClock:
    """What the `schedule` package sees in place of this machine's clock: the time of day in the local zone."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - as that package has it

    @contextmanager
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        wall = self

        class Moved(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # no zone is asked for
                return wall.now

        monkeypatch.setattr(schedule, "datetime", SimpleNamespace(datetime=Moved, timedelta=timedelta))
        yield


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[WallClock]:
    clock = WallClock()
    with clock.installed(monkeypatch):
        yield clock


class House:
    def __init__(self) -> None:
        self.done: list[str] = []
        self.counts = FireCounts()
        self.housekeeping = Housekeeping(
            {"load": lambda: self.done.append("load")},
            {"presence": (2, lambda: self.done.append("presence")), "sync": (1, self.sync)},
            counts=self.counts,
            telemetry=OFF,
        )
        self.fails = False

    def sync(self) -> None:
        if self.fails:
            raise RuntimeError("a bug")
        self.done.append("sync")

    def step(self) -> list[str]:
        """What was done in one step."""
        self.done.clear()
        self.housekeeping.step()
        return self.done


def test_at_first_everything_is_done_at_once_then_each_at_its_time(wall: WallClock) -> None:
    house = House()
    assert house.step() == ["load", "presence", "sync"]
    seen = []
    for _ in range(40):
        wall.now += timedelta(seconds=0.1)
        seen += house.step()
    assert (seen.count("load"), seen.count("sync"), seen.count("presence")) == (40, 4, 2)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_wall_clock_that_jumps_an_hour_stops_nothing(wall: WallClock, hours: int) -> None:
    house = House()
    house.step()
    wall.now += timedelta(hours=hours)
    seen = list(house.step())
    for _ in range(40):
        wall.now += timedelta(seconds=0.1)
        seen += house.step()
    assert seen.count("sync") in (4, 5)
    assert seen.count("presence") in (2, 3)


def test_a_task_that_fails_is_logged_and_counted_and_the_others_go_on(wall: WallClock) -> None:
    house = House()
    house.fails = True
    with capture_logs() as lines:
        assert house.step() == ["load", "presence"]
    assert [(line["event"], line["task"]) for line in lines] == [("task_failed", "sync")]
    house.fails = False
    wall.now += timedelta(seconds=1)
    assert house.step() == ["load", "sync"]
    failed = [sample for sample in house.counts.samples() if sample.family.name == "goqueue_scheduler_task_failures_total"]
    assert [(sample.labels, list(sample.numbers)) for sample in failed] == [(("sync",), [1.0])]
