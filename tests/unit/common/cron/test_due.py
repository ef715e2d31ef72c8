from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.cron.due import GRACE, MAX_MISSED, CatchUp, Due, due, jitter
from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UTC_ZONE = zone("UTC")


class Case(NamedTuple):
    """A schedule after some downtime, by default an hourly one at noon."""

    text: str = "0 * * * *"
    down: timedelta = DAY
    now: datetime = NOON
    catch_up: CatchUp = CatchUp.LATEST
    window: float = 86_400
    limit: int = 100
    jitter: float = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def due(self) -> Due:
        return due(
            parse(self.text),
            UTC_ZONE,
            name="report",
            due_after=self.now - self.down,
            now=self.now,
            catch_up=self.catch_up,
            catch_up_window=self.window,
            catch_up_limit=self.limit,
            jitter_seconds=self.jitter,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )

    def slowly(self) -> Due:
        """The same by the words of the rule: all instants are listed and sorted into heaps."""
        listed = list(instants(parse(self.text), UTC_ZONE, self.now - self.down, ends_at=self.now))
        known = [
            at
            for at in listed
            if (self.starts_at is None or at >= self.starts_at) and (self.ends_at is None or at <= self.ends_at)
        ]
        on_time = GRACE + timedelta(seconds=self.jitter)
        fresh, waiting = [], False
        for at in known:
            waiting = waiting or at + timedelta(seconds=jitter("report", at, self.jitter)) > self.now
            if self.now - at <= on_time and not waiting:
                fresh.append(at)
        late = [at for at in known if self.now - at > on_time]
        if self.catch_up is CatchUp.NONE:
            fired = fresh
        elif self.catch_up is CatchUp.LATEST:
            fired = fresh or late[-1:]
        else:
            within = [at for at in late if self.now - at <= timedelta(seconds=self.window)]
            fired = within[-self.limit :] + fresh
        return Due(fired, min(MAX_MISSED, len([at for at in known if at < fired[0]])) if fired else 0)


def test_nothing_is_due_before_its_time() -> None:
    assert Case(now=NOON - SECOND, down=HOUR - SECOND).due() == Due([], 0)


@pytest.mark.parametrize("catch_up", CatchUp)
@pytest.mark.parametrize("late", [0, 60], ids=["at once", "at the end of its grace"])
def test_what_is_within_its_grace_fires_under_every_policy(catch_up: CatchUp, late: int) -> None:
    assert Case(catch_up=catch_up, down=timedelta(minutes=30), now=NOON + late * SECOND).due() == Due([NOON], 0)


def test_none_drops_what_was_missed() -> None:
    assert Case(catch_up=CatchUp.NONE, now=NOON + 61 * SECOND).due() == Due([], 0)
    assert Case(catch_up=CatchUp.NONE).due() == Due([NOON], 23)


def test_latest_fires_the_newest_that_was_missed() -> None:
    assert Case(now=NOON + 61 * SECOND).due() == Due([NOON], 23)


def test_latest_leaves_the_missed_alone_where_one_is_on_time() -> None:
    assert Case().due() == Due([NOON], 23)


def test_all_fires_those_within_the_window() -> None:
    caught = Case(catch_up=CatchUp.ALL, window=7_200).due()
    assert caught == Due([NOON - 2 * HOUR, NOON - HOUR, NOON], 21)


def test_all_fires_the_newest_where_there_are_too_many() -> None:
    assert Case(catch_up=CatchUp.ALL, limit=1).due() == Due([NOON - HOUR, NOON], 22)


def test_all_instants_within_the_grace_fire() -> None:
    assert Case(text="* * * * * *", down=HOUR).due() == Due([NOON - index * SECOND for index in range(60, -1, -1)], 1_000)


def test_nothing_before_starts_at_or_after_ends_at_is_due() -> None:
    bounds = Case(catch_up=CatchUp.ALL, starts_at=NOON - 5 * HOUR, ends_at=NOON - 3 * HOUR)
    assert bounds.due() == Due([NOON - 5 * HOUR, NOON - 4 * HOUR, NOON - 3 * HOUR], 0)


def test_a_start_at_the_beginning_of_time_is_no_bound() -> None:
    """So programs write a time that is not set."""
    since_ever = Case(catch_up=CatchUp.ALL, starts_at=datetime(1, 1, 1, tzinfo=UTC))
    assert since_ever.due() == Case(catch_up=CatchUp.ALL).due()


def test_an_instant_waits_for_its_jitter() -> None:
    delay = jitter("report", NOON, 600)
    waiting = Case(down=HOUR, jitter=600, now=NOON + timedelta(seconds=delay - 0.5))
    assert 60 < delay < 600
    assert waiting.due() == Due([], 0)
    assert waiting._replace(now=NOON + timedelta(seconds=delay + 0.5)).due() == Due([NOON], 0)


def test_the_whole_jitter_counts_as_on_time() -> None:
    case = Case(down=HOUR, jitter=600, catch_up=CatchUp.NONE)
    assert case._replace(now=NOON + 660 * SECOND, down=30 * MINUTE).due() == Due([NOON], 0)
    assert case._replace(now=NOON + 661 * SECOND, down=30 * MINUTE).due() == Due([], 0)


def test_no_instant_overtakes_one_that_waits_for_its_jitter() -> None:
    ready = [MINUTE * index + timedelta(seconds=jitter("report", NOON + MINUTE * index, 3_600)) for index in range(60)]
    first = next(index for index in range(59) if ready[index + 1] + MINUTE < ready[index])
    now = NOON + ready[first + 1] + SECOND
    waiting = Case(text="* * * * *", jitter=3_600, down=now - (NOON + first * MINUTE) + SECOND, now=now)
    assert waiting.due() == Due([], 0)


cases = st.builds(
    Case,
    text=st.sampled_from(
        ("* * * * *", "*/5 * * * *", "0 * * * *", "7 */3 * * *", "30 11 * * *", "*/20 * * * * *", "0 0 1 1 *")
    ),
    down=st.timedeltas(timedelta(0), timedelta(hours=20)),
    now=st.timedeltas(-2 * MINUTE, 2 * HOUR).map(lambda after: NOON + after),
    catch_up=st.sampled_from(CatchUp),
    window=st.one_of(st.sampled_from((0, 30, 60, 61, 3_600)), st.floats(0, 604_800)),
    limit=st.sampled_from((1, 2, 10, 1_000)),
    jitter=st.one_of(st.just(0), st.floats(0, 3_600)),
    starts_at=st.one_of(st.none(), st.timedeltas(-5 * HOUR, HOUR).map(lambda after: NOON + after)),
    ends_at=st.one_of(st.none(), st.timedeltas(-5 * HOUR, HOUR).map(lambda after: NOON + after)),
)


@given(case=cases)
def test_due_is_what_the_rule_says(case: Case) -> None:
    assert case.due() == case.slowly()


@pytest.mark.parametrize("catch_up", CatchUp)
def test_a_year_of_downtime_costs_little(catch_up: CatchUp) -> None:
    fastest = 1.0
    for _ in range(3):
        began = time.perf_counter()
        found = Case(text="* * * * * *", down=365 * DAY, now=NOON + HOUR, catch_up=catch_up).due()
        fastest = min(fastest, time.perf_counter() - began)
    assert len(found.instants) == (161 if catch_up is CatchUp.ALL else 61)
    assert fastest < 0.1


def test_jitter_spreads_over_its_whole_length() -> None:
    delays = sorted(jitter("report", NOON + index * MINUTE, 1.0) for index in range(1_000))
    assert 0 <= delays[0] < 0.02
    assert 0.98 < delays[-1] < 1
    assert 0.4 < delays[500] < 0.6


def test_jitter_differs_between_schedules_and_is_none_where_none_is_wanted() -> None:
    assert jitter("report", NOON, 60) != jitter("backup", NOON, 60)
    assert jitter("report", NOON, 0) == 0


def test_jitter_is_the_same_in_every_process() -> None:
    here = jitter("report", NOON, 600)
    program = (
        "from datetime import datetime; from goqueue_common.cron.due import jitter;"
        "print(jitter('report', datetime.fromisoformat('2027-01-15T14:00:00+02:00'), 600))"
    )
    there = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert float(there.stdout) == here
