from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.failure_window import MAX_POINTS, TIERS, window

NOW = datetime(2030, 1, 15, 12, 34, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "step", "points"),
    [
        (timedelta(minutes=30), 60, 31),
        (timedelta(hours=1), 60, 61),
        (timedelta(hours=3), 300, 37),
        (timedelta(hours=24), 1_800, 49),
        (timedelta(days=2), 3_600, 49),
        (timedelta(days=3), 10_800, 25),
        (timedelta(days=7), 10_800, 57),
        (timedelta(days=30), 43_200, 61),
        (timedelta(days=365), 7 * 86_400, 53),
    ],
    ids=str,
)
def test_a_window_has_some_fifty_steps(length: timedelta, step: int, points: int) -> None:
    found = window(NOW - length, NOW, NOW)
    assert (found.step_seconds, found.points) == (step, points)


def test_a_short_window_of_long_ago_has_steps_as_long_as_its_counts() -> None:
    found = window(NOW - timedelta(days=10, hours=1), NOW - timedelta(days=10), NOW)
    assert (found.step_seconds, found.points) == (43_200, 2)


@pytest.mark.parametrize(
    "late", [timedelta(), timedelta(microseconds=1), timedelta(milliseconds=999), timedelta(seconds=1)]
)
def test_the_minute_that_has_just_begun_has_a_step(late: timedelta) -> None:
    now = NOW.replace(minute=30, second=0) + late
    found = window(now - timedelta(days=1), now, now)
    points = (NOW.replace(minute=30, second=0) - found.since) // timedelta(seconds=found.step_seconds) + bool(late)
    assert found.points == points


@given(
    age=st.timedeltas(timedelta(seconds=1), timedelta(days=4_000)),
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=4_000)),
)
def test_every_kept_count_falls_into_one_step(age: timedelta, length: timedelta) -> None:
    since = NOW - age
    found = window(since, min(NOW, since + length), NOW)
    assert timedelta(0) <= since - found.since < timedelta(seconds=found.step_seconds)
    assert found.points <= MAX_POINTS + 2
    assert int(found.since.timestamp()) % found.step_seconds == 0
    for tier in TIERS:
        if since < NOW - tier.age:
            assert found.step_seconds % tier.width.total_seconds() == 0
