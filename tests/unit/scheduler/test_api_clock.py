from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_scheduler.api_clock import ApiClock
from tests.factories import FrozenClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    """It has no time of day: whoever asks for that fails."""
    return FrozenClock()


@pytest.fixture
def api_clock(clock: FrozenClock) -> ApiClock:
    return ApiClock(clock)


def sample(api_clock: ApiClock, clock: FrozenClock, at: datetime, *, there: float = 0.0, back: float = 0.0) -> None:
    """An answer that said `at`, so long under way; its time is that of the moment it was read."""
    api_clock.sample(at, clock.boottime() - there - back, clock.boottime())


def seconds_from_noon(api_clock: ApiClock) -> float:
    now = api_clock.now()
    assert now is not None
    return (now - NOON).total_seconds()


def test_without_an_answer_it_knows_no_time(api_clock: ApiClock) -> None:
    assert api_clock.now() is None


def test_it_goes_on_between_answers_by_a_clock_that_nobody_sets(api_clock: ApiClock, clock: FrozenClock) -> None:
    sample(api_clock, clock, NOON)
    clock.advance(90.0)
    assert seconds_from_noon(api_clock) == pytest.approx(90.0)


def test_an_answer_is_taken_to_be_of_the_middle_of_its_round_trip(api_clock: ApiClock, clock: FrozenClock) -> None:
    sample(api_clock, clock, NOON, there=0.05, back=0.05)
    assert seconds_from_noon(api_clock) == pytest.approx(0.05)


def test_a_slow_answer_that_contradicts_nothing_moves_nothing(api_clock: ApiClock, clock: FrozenClock) -> None:
    sample(api_clock, clock, NOON, there=0.001, back=0.001)
    clock.advance(10.0)
    # All of it on the way back, four seconds: its middle would be two seconds off.
    sample(api_clock, clock, NOON + timedelta(seconds=6.001), back=4.0)
    assert seconds_from_noon(api_clock) == pytest.approx(10.001, abs=0.002)


def test_a_first_answer_that_was_long_under_way_does_not_put_it_seconds_ahead(
    api_clock: ApiClock, clock: FrozenClock
) -> None:
    sample(api_clock, clock, NOON, there=4.0)
    assert 0.0 <= seconds_from_noon(api_clock) <= 0.5


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_jump_of_the_database_clock_is_followed_with_the_next_answer(
    api_clock: ApiClock, clock: FrozenClock, hours: int
) -> None:
    sample(api_clock, clock, NOON, there=0.001, back=0.001)
    sample(api_clock, clock, NOON + timedelta(hours=hours), there=0.5, back=0.5)
    assert seconds_from_noon(api_clock) == pytest.approx(hours * 3600, abs=1.0)
    for _ in range(50):
        sample(api_clock, clock, NOON + timedelta(hours=hours), there=0.001, back=0.001)
    assert seconds_from_noon(api_clock) == pytest.approx(hours * 3600, abs=0.01)


def test_it_learns_to_live_with_round_trips_that_have_become_longer(api_clock: ApiClock, clock: FrozenClock) -> None:
    sample(api_clock, clock, NOON, there=0.0001, back=0.0001)
    for _ in range(60):
        clock.advance(2.0)
        # This machine's clock runs a little fast, so that what it knew would be ever further off.
        now = NOON + timedelta(seconds=(clock.boottime() - 1_000.0) * 0.999)
        sample(api_clock, clock, now - timedelta(seconds=0.05), there=0.05, back=0.05)
    assert seconds_from_noon(api_clock) == pytest.approx((clock.boottime() - 1_000.0) * 0.999, abs=0.01)
