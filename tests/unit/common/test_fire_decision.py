from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_common.fire_decision import Fireable, Instant, decide
from goqueue_common.schedule import AHEAD_SECONDS, Fire, FireOutcome, Overlap
from tests.schedules import definition

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def schedule(
    name: str = "report", *, overlap: Overlap = Overlap.ALLOW, paused: bool = False, busy: bool = False
) -> Fireable:
    """One that has been due for an hour at noon."""
    return Fireable(
        definition=definition(name, overlap=str(overlap)),
        version=3,
        is_paused=paused,
        due_after=NOON - 60 * MINUTE,
        is_busy=busy,
    )


def fire(minutes: float = 0, *, name: str = "report", version: int = 3) -> Fire:
    return Fire(schedule=name, scheduled_for=NOON - minutes * MINUTE, version=version)


def outcomes(known: Fireable | None, *fires: Fire, runs: dict[Instant, str | None] | None = None) -> list[str]:
    schedules = {} if known is None else {known.definition.name: known}
    ids = [f"job{number}" for number in range(len(fires))]
    return [str(answer.outcome) for answer in decide(fires, ids, schedules, runs or {}, NOON).answers]


@pytest.mark.parametrize(
    ("known", "asked", "outcome"),
    [
        pytest.param(schedule(), fire(), "fired", id="due"),
        pytest.param(schedule(), fire(59.9), "fired", id="just after the cursor"),
        pytest.param(schedule(), fire(60), "passed", id="at the cursor"),
        pytest.param(schedule(), fire(-AHEAD_SECONDS / 60), "fired", id="a little ahead"),
        pytest.param(schedule(), fire(-AHEAD_SECONDS / 60 - 0.1), "ahead", id="ahead"),
        pytest.param(schedule(), fire(version=2), "changed", id="an older version"),
        pytest.param(schedule(), fire(version=4), "changed", id="a newer version"),
        pytest.param(schedule(paused=True), fire(), "paused", id="paused"),
        pytest.param(schedule(paused=True), fire(version=2), "changed", id="paused unknown to who asks"),
        pytest.param(schedule(overlap=Overlap.SKIP, busy=True), fire(), "skipped", id="overlap"),
        pytest.param(schedule(overlap=Overlap.SKIP), fire(), "fired", id="no overlap"),
        pytest.param(schedule(overlap=Overlap.ALLOW, busy=True), fire(), "fired", id="overlap allowed"),
        pytest.param(schedule(overlap=Overlap.SKIP, busy=True), fire(60), "passed", id="overlap of what has passed"),
        pytest.param(None, fire(), "gone", id="gone"),
    ],
)
def test_an_instant_has_one_outcome(known: Fireable | None, asked: Fire, outcome: str) -> None:
    assert outcomes(known, asked) == [outcome]


@pytest.mark.parametrize("known", [schedule(paused=True), None, schedule()], ids=["paused", "gone", "there"])
def test_what_was_dealt_with_before_is_answered_as_it_was_whatever_came_since(known: Fireable | None) -> None:
    runs: dict[Instant, str | None] = {("report", NOON): "first", ("report", NOON - MINUTE): None}
    decision = decide([fire(1), fire(0, version=1)], ["a", "b"], {"report": known} if known else {}, runs, NOON)
    assert [(answer.outcome, answer.job_id) for answer in decision.answers] == [
        (FireOutcome.SKIPPED, None),
        (FireOutcome.REPLAYED, "first"),
    ]
    assert decision.new == []


def test_the_second_instant_of_a_call_sees_the_first() -> None:
    careful = schedule(overlap=Overlap.SKIP)
    assert outcomes(careful, fire(3), fire(2), fire(1)) == ["fired", "skipped", "skipped"]
    assert careful.due_after == NOON - MINUTE


def test_an_instant_twice_in_a_call_is_one_job() -> None:
    decision = decide([fire(), fire()], ["a", "b"], {"report": schedule()}, {}, NOON)
    assert [(answer.outcome, answer.job_id) for answer in decision.answers] == [
        (FireOutcome.FIRED, "a"),
        (FireOutcome.REPLAYED, "a"),
    ]
    assert [new.fired.job_id for new in decision.new] == ["a"]


def test_what_comes_out_of_order_has_passed() -> None:
    assert outcomes(schedule(), fire(1), fire(2), fire(0)) == ["fired", "passed", "fired"]


def test_schedules_do_not_touch_each_other() -> None:
    schedules = {name: schedule(name, overlap=Overlap.SKIP) for name in "ab"}
    decision = decide([fire(name="a"), fire(name="b")], ["1", "2"], schedules, {}, NOON)
    assert [answer.job_id for answer in decision.answers] == ["1", "2"]
