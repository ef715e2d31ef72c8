from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.cron.due import due
from goqueue_common.cron.expression import parse
from goqueue_common.cron.zones import zone
from goqueue_common.schedule_timing import NEVER, next_after, shown_next
from tests.schedules import definition

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_next_instant_lies_after_and_its_jitter_only_puts_it_off() -> None:
    plain = next_after(definition(cron="0 12 * * *"), NOON)
    assert plain == (NOON + timedelta(days=1), NOON + timedelta(days=1))
    put_off = next_after(definition(cron="0 12 * * *", jitter=600), NOON)
    assert put_off.next_at == plain.next_at
    assert put_off.next_at is not None
    assert put_off.due_at is not None
    assert timedelta(0) < put_off.due_at - put_off.next_at < timedelta(seconds=600)


def test_the_zone_counts() -> None:
    assert next_after(definition(cron="0 8 * * *", timezone="Asia/Tokyo"), NOON).next_at == NOON.replace(hour=23)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"starts_at": "2026-03-05T12:00:00Z"}, NOON.replace(day=5)),
        ({"starts_at": "2026-03-05T12:00:01Z"}, NOON.replace(day=6)),
        ({"ends_at": "2026-03-03T12:00:00Z"}, NOON.replace(day=3)),
        ({"ends_at": "2026-03-03T11:59:59Z"}, None),
    ],
)
def test_nothing_is_due_before_its_start_and_after_its_end(limits: dict[str, Any], expected: datetime | None) -> None:
    assert next_after(definition(cron="0 12 * * *", **limits), NOON).next_at == expected


def test_what_was_valid_once_and_is_no_more_is_never_due() -> None:
    for broken in ({"timezone": "Mars/Olympus"}, {"cron": "nonsense"}):
        assert next_after(replace(definition(), **broken), NOON) == NEVER


@pytest.mark.parametrize(
    "members",
    [
        {"catch_up": "none"},
        {"catch_up": "none", "jitter": 600},
        {"catch_up": "latest"},
        {"catch_up": "all", "catch_up_window": 0},
        {"catch_up": "all", "catch_up_window": 300},
        {"catch_up": "all", "catch_up_window": 300, "jitter": 1000},
        {"catch_up": "all", "catch_up_window": 86400},
    ],
    ids=str,
)
@pytest.mark.parametrize("late", [0, 30, 59, 61, 299, 301, 650, 670, 1050, 1070, 4000, 90_000])
def test_what_is_shown_as_next_is_what_would_be_fired(members: dict[str, Any], late: int) -> None:
    schedule = definition(cron="0 12 1 * *", **members)
    instant = datetime(2026, 3, 1, 12, tzinfo=UTC)
    now = instant + timedelta(seconds=late)
    shown = shown_next(schedule, instant, now)
    fired = due(
        parse(schedule.cron),
        zone("UTC"),
        name=schedule.name,
        due_after=instant - timedelta(days=1),
        now=now,
        catch_up=schedule.catch_up,
        catch_up_window=schedule.catch_up_window_seconds,
        catch_up_limit=schedule.catch_up_limit,
        jitter_seconds=schedule.jitter_seconds,
    ).instants
    if fired:
        assert (fired, shown) == ([instant], instant)
    elif late < schedule.jitter_seconds:
        assert shown == instant
    else:
        assert shown == datetime(2026, 4, 1, 12, tzinfo=UTC)


def test_what_never_comes_is_not_shown() -> None:
    assert shown_next(definition(), None, NOON) is None
