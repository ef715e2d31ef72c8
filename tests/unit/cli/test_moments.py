from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from goqueue_cli.moments import Duration, Instant, Moment, age, duration

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1.5", 1.5), ("30s", 30), ("5m", 300), ("2h", 7200), ("3d", 259_200), ("1w", 604_800)],
)
def test_duration_is_seconds_or_has_a_unit(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "-5", "5 minutes", "h", "1e3"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write seconds, or 90s, 5m, 2h, 3d"):
        Duration().convert(text, None, None)


def test_moment_is_a_time_with_its_zone_or_an_age() -> None:
    assert Moment().convert("2026-03-01T13:00:00+01:00", None, None) == NOW
    ago = datetime.now(UTC) - Moment().convert("2h", None, None)
    assert abs(ago - timedelta(hours=2)) < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("text", "says"),
    [("2026-03-01T13:00:00", "has no zone"), ("tomorrow", "is no time"), ("2026-13-01T00:00:00Z", "is no time")],
)
def test_time_without_a_zone_and_no_time_are_refused(text: str, says: str) -> None:
    for kind in (Moment(), Instant()):
        with pytest.raises(click.BadParameter, match=says):
            kind.convert(text, None, None)


def test_age_before_all_time_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="before all time"):
        Moment().convert("9999999d", None, None)


def test_instant_is_no_age() -> None:
    with pytest.raises(click.BadParameter, match="is no time"):
        Instant().convert("2h", None, None)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.4, "now"),
        (5, "5 s ago"),
        (59.9, "59 s ago"),
        (60, "1 min ago"),
        (7199, "1 h ago"),
        (172_800, "2 d ago"),
        (-90, "in 1 min"),
    ],
)
def test_age_has_one_number(seconds: float, shown: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == shown


def test_no_time_has_no_age() -> None:
    assert age(None, NOW) == ""


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, ""),
        (0.0, "0 ms"),
        (0.0042, "4 ms"),
        (1.64, "1.6 s"),
        (60, "1 min"),
        (125.2, "2 min 5 s"),
        (12_000, "3 h 20 min"),
        (200_000, "2 d 7 h"),
    ],
)
def test_duration_is_shown_in_two_units_at_most(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown
