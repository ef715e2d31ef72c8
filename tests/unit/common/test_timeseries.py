from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_common.timeseries_search import MOST_POINTS, period_of

AT = datetime(2026, 3, 2, 9, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        (timedelta(minutes=5), 1),
        (timedelta(hours=1), 1),
        (timedelta(hours=6), 5),
        (timedelta(days=1), 10),
        (timedelta(days=8), 120),
        (timedelta(days=366), 1440),
    ],
    ids=str,
)
def test_a_period_has_steps_that_make_a_chart(length: timedelta, minutes: int) -> None:
    period = period_of(AT - length, AT, None)
    assert period.step == timedelta(minutes=minutes)
    assert 1 <= period.points <= 400 <= MOST_POINTS


def test_a_period_is_moved_out_to_whole_steps() -> None:
    period = period_of(AT, AT + timedelta(seconds=1), timedelta(minutes=5))
    assert (period.since.isoformat(), period.until.isoformat()) == (
        "2026-03-02T09:30:00+00:00",
        "2026-03-02T09:35:00+00:00",
    )
    assert period.points == 1


def test_a_period_that_ends_with_a_step_has_no_empty_one() -> None:
    start = AT.replace(second=0)
    assert period_of(start, start + timedelta(minutes=3), timedelta(minutes=1)).points == 3


def test_a_period_that_begins_just_before_1970_has_what_lies_there() -> None:
    start = datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)
    assert period_of(start, start + timedelta(minutes=1), timedelta(minutes=1)).points == 2
