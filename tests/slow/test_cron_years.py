"""Cron held against every real minute: of whole years, and around every change of every zone's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.transition import NextTransition, next_transition
from goqueue_common.cron.zones import names, zone
from tests.cron_oracle import expected, ticks

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YEARS = (
    ("America/New_York", 2027),
    ("Europe/Berlin", 2028),  # a leap year
    ("Australia/Lord_Howe", 2027),
    ("America/Sao_Paulo", 2018),
    ("Pacific/Apia", 2011),
    ("Africa/Cairo", 2024),
    ("Antarctica/Troll", 2027),
    ("UTC", 2027),
)
EXPRESSIONS = (
    *("*/30 * * * *", "0 */2 * * *", "15 * * * *", "30 2 * * *", "0 2,3 * * *", "45 1 * * *", "0 0 * * *"),
    *("0 9 1W * *", "0 9 15W * *", "30 2 31W * ?", "0 1 LW * *", "59 23 L * *", "0 2 29 2 *", "30 1 7 11 *"),
    *("0 2 * * 5L", "30 2 * * SUN#L", "30 1 ? * SUN#1", "0 12 * JAN-MAR,OCT MON#2,THU", "0 0 */5 * 1", "0 0 1,15 * 1"),
    *("@hourly", "@daily", "@weekly", "@monthly", "@yearly"),
)
AROUND_A_CHANGE = ("*/10 * * * *", "0 * * * *", "0,30 0-23 * * *", "15 0,1,2,3,23 * * *", "*/20 2 * * *")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "year"), YEARS)
def test_every_minute_of_a_year_is_right(name: str, year: int) -> None:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    walked = ticks(zone(name), start, end, MINUTE)
    for text in EXPRESSIONS:
        found = list(instants(parse(text), zone(name), start - SECOND, ends_at=end - SECOND))
        assert found == expected(text, walked, MINUTE), text


@pytest.mark.timeout(900)
def test_every_minute_around_every_change_of_every_zone_is_right() -> None:
    looked_at: set[NextTransition] = set()
    for name in sorted(names()):
        at = EARLIEST
        while at < LATEST and (change := next_transition(zone(name), at)):
            at = change.at
            if change not in looked_at:
                looked_at.add(change)
                check_around(zone(name), change)
    assert len(looked_at) > 1_000


def check_around(where: ZoneInfo, change: NextTransition) -> None:
    start, end = change.at - 4 * HOUR, change.at + 4 * HOUR
    walked = ticks(where, start, end, MINUTE)
    for text in AROUND_A_CHANGE:
        found = list(instants(parse(text), where, start - SECOND, ends_at=end - SECOND))
        assert found == expected(text, walked, MINUTE), f"{text} in {where} at {change}"
