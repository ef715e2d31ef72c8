from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goqueue_builtin.report.period import Period
from goqueue_worker import Discard

NOW = datetime(2026, 3, 3, 0, 30, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("payload", "since", "until"),
    [
        ({}, "2026-03-02T00:30:15Z", "2026-03-03T00:30:15Z"),
        ({"period": "last_24_hours"}, "2026-03-02T00:30:15Z", "2026-03-03T00:30:15Z"),
        ({"period": "last_7_days"}, "2026-02-24T00:30:15Z", "2026-03-03T00:30:15Z"),
        ({"period": "last_30_days"}, "2026-02-01T00:30:15Z", "2026-03-03T00:30:15Z"),
        ({"period": "today"}, "2026-03-03T00:00:00Z", "2026-03-03T00:30:15Z"),
        ({"period": "yesterday"}, "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        ({"period": "today", "timezone": "Europe/Zurich"}, "2026-03-02T23:00:00Z", "2026-03-03T00:30:15Z"),
        ({"period": "yesterday", "timezone": "America/New_York"}, "2026-03-01T05:00:00Z", "2026-03-02T05:00:00Z"),
        ({"since": "2026-03-01T00:00:00+01:00"}, "2026-02-28T23:00:00Z", "2026-03-03T00:30:15Z"),
        (
            {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00.5Z"},
            "2026-01-01T00:00:00Z",
            "2026-02-01T00:00:00.5Z",
        ),
        (
            {"since": "2024-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"},
            "2024-01-01T00:00:00Z",
            "2025-01-01T00:00:00Z",
        ),
    ],
)
def test_a_payload_asks_for_a_period(payload: dict[str, Any], since: str, until: str) -> None:
    period = Period.asked_for(payload, NOW)
    assert (period.since, period.until) == (utc(since), utc(until))
    assert period.since.tzinfo is period.until.tzinfo is UTC


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"since": "2026-03-04T00:00:00Z"}, "must be before until 2026-03-03T00:30:15"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "must be before until"),
        ({"since": "2024-01-01T00:00:00Z", "until": "2025-01-01T00:00:01Z"}, "is more than the 366 days of a report"),
        ({"since": "yesterday"}, "since 'yesterday' is no date and time: write 2026-03-01T00:00:00Z"),
        ({"since": "2026-01-01T00:00:00"}, "has no offset"),
        ({"since": "0001-01-01T00:00:00+01:00"}, "out of range"),
        ({"since": "2026-01-01T00:00:00Z", "until": "9999-12-31T23:59:59-01:00"}, "out of range"),
        ({"timezone": "Mars/Olympus"}, "timezone 'Mars/Olympus' is not known: write a name such as Europe/Zurich"),
        ({"timezone": "../../etc/passwd"}, "is not known"),
        ({"timezone": "/etc/localtime"}, "is not known"),
        ({"timezone": "Europe"}, "is not known"),
        ({"timezone": ""}, "is not known"),
        ({"timezone": "a\x00b"}, "is not known"),
    ],
)
def test_what_makes_no_sense_is_discarded(payload: dict[str, Any], message: str) -> None:
    with pytest.raises(Discard) as refused:
        Period.asked_for(payload, NOW)
    assert message in str(refused.value)


def test_hours_begin_at_full_hours_and_the_ends_are_as_asked() -> None:
    edges = Period(NOW, NOW + timedelta(hours=2), ZoneInfo("UTC")).edges()
    assert edges == [NOW, utc("2026-03-03T01:00:00Z"), utc("2026-03-03T02:00:00Z"), NOW + timedelta(hours=2)]


def test_full_hours_are_those_of_the_zone() -> None:
    edges = Period(NOW, NOW + HOUR, ZoneInfo("Asia/Kathmandu")).edges()
    assert edges == [NOW, utc("2026-03-03T01:15:00Z"), NOW + HOUR]


@pytest.mark.parametrize(("hours", "intervals"), [(72, 72), (73, 4)], ids=["three days", "more"])
def test_more_than_three_days_go_by_day(hours: int, intervals: int) -> None:
    since = utc("2026-03-03T00:00:00Z")
    assert len(Period(since, since + hours * HOUR, ZoneInfo("UTC")).edges()) == intervals + 1


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29T12:00:00Z", 23), ("2026-10-25T12:00:00Z", 25), ("2026-06-01T12:00:00Z", 24)]
)
def test_a_day_has_as_many_hours_as_it_has_where_clocks_change(day: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Zurich")
    edges = Period.named("yesterday", zone, utc(day) + timedelta(days=1)).edges()
    assert [later - earlier for earlier, later in pairwise(edges)] == [HOUR] * hours
    assert [edge.astimezone(zone).hour for edge in (edges[0], edges[-1])] == [0, 0]


def test_days_begin_at_midnight_through_a_change_of_clocks() -> None:
    zone = ZoneInfo("Europe/Zurich")
    edges = Period(utc("2026-03-27T12:00:00+01:00"), utc("2026-03-31T12:00:00+02:00"), zone).edges()
    assert [edge.astimezone(zone).isoformat() for edge in edges] == [
        "2026-03-27T12:00:00+01:00",
        "2026-03-28T00:00:00+01:00",
        "2026-03-29T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
        "2026-03-31T00:00:00+02:00",
        "2026-03-31T12:00:00+02:00",
    ]


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Pacific/Apia", "UTC"])
@pytest.mark.parametrize("days", [3, 366])
def test_edges_always_ascend(zone: str, days: int) -> None:
    for month in range(1, 13):
        since = datetime(2011, month, 28, 23, 59, 59, 999_999, tzinfo=UTC)
        edges = Period(since, since + timedelta(days=days), ZoneInfo(zone)).edges()
        assert all(earlier < later for earlier, later in pairwise(edges))
