from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from goqueue import Fire, Schedule
from goqueue_common.cron.due import CatchUp, due
from goqueue_common.cron.expression import parse
from goqueue_common.cron.zones import zone
from goqueue_scheduler.planned import Planned

NOON = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before Berlin's clocks are put on."""


def planned(cron: str, cursor: datetime = NOON, **options: Any) -> Planned:
    return Planned(Schedule(name="report", type="report", queue="default", cron=cron, version=3, **options), cursor)


@given(
    cron=st.sampled_from(["* * * * *", "* * * * * *", "*/7 * * * *", "30 2 * * *", "0 * * * *", "*/20 * * * * *"]),
    since=st.timedeltas(timedelta(0), timedelta(hours=3)),
    policy=st.sampled_from(CatchUp),
    jitter=st.sampled_from([0.0, 0.5, 45.0, 3600.0]),
)
def test_what_it_fires_is_what_is_due(cron: str, since: timedelta, policy: CatchUp, jitter: float) -> None:
    now = NOON + since
    found = due(
        parse(cron),
        zone("Europe/Berlin"),
        name="report",
        due_after=NOON,
        now=now,
        catch_up=policy,
        jitter_seconds=jitter,
    )
    one = planned(cron, timezone="Europe/Berlin", catch_up=policy, jitter=jitter)
    woken = one.wakes_at is not None and one.wakes_at <= now
    fires = one.fires(now) if woken else []
    assert [fire.scheduled_for for fire in fires] == found.instants
    assert sum(fire.missed for fire in fires) == found.missed


def test_it_wakes_when_the_first_instant_after_the_cursor_is_due() -> None:
    one = planned("0 1 * * *")
    assert one.wakes_at == NOON + timedelta(minutes=30)
    one.move(NOON + timedelta(minutes=30), 1.0)
    assert one.wakes_at == NOON + timedelta(days=1, minutes=30)


def test_a_cursor_is_never_moved_back() -> None:
    one = planned("* * * * *")
    one.move(NOON - timedelta(days=1), 1.0)
    assert one.cursor == NOON


def test_a_paused_one_does_not_wake_even_when_a_late_answer_moves_it() -> None:
    one = planned("* * * * *", paused=True)
    one.move(NOON + timedelta(minutes=1), 1.0)
    assert one.wakes_at is None


def test_one_that_fires_no_more_does_not_wake() -> None:
    assert planned("* * * * *", ends_at=NOON + timedelta(seconds=30)).wakes_at is None


def test_what_is_left_out_is_told_with_the_next_that_is_fired() -> None:
    one = planned("0 * * * *", catch_up="none")
    later = NOON + timedelta(hours=5)
    assert one.fires(later) == []
    assert one.wakes_at == NOON + timedelta(hours=5, minutes=30)
    assert one.fires(one.wakes_at) == [Fire("report", one.wakes_at, 3, missed=5)]
