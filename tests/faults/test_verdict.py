"""The judge of a fault is able to say no: each rule, broken once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.effect_log import Effect
from tests.faults.loader import NO_ANSWER, Answer
from tests.faults.observer import Outcome
from tests.faults.verdict import Evidence, Expectation, judge, percentile

BEFORE, DURING, AFTER, POISON = "before", "during", "after", "poison"
RUNS = [Effect("start", BEFORE, 1, 9.1, 7), Effect("start", DURING, 1, 12.0, 7), Effect("start", AFTER, 1, 15.2, 7)]
GOOD = Evidence(
    accepted={BEFORE: 9.0, DURING: 11.0, AFTER: 15.1},
    answers=[Answer(9.0, 0.01, 201, BEFORE), Answer(11.0, 0.02, 201, DURING), Answer(15.1, 0.01, 201, AFTER)],
    outcomes={
        BEFORE: Outcome("completed", None, 9.3),
        DURING: Outcome("completed", None, 15.7),
        AFTER: Outcome("completed", None, 15.4),
    },
    effects=RUNS,
    began_at=10.0,
    ended_at=15.0,
    completed_before=frozenset({BEFORE}),
)
LATE = Outcome("completed", None, 19.9)
STRUCK = {7: 15.8}
ALLOWED = Expectation(recovery=5.0)


def again(job_id: str, at: float, attempt: int = 2) -> list[Effect]:
    return [*RUNS, Effect("start", job_id, attempt, at, 8)]


def problems(expected: Expectation = ALLOWED, **seen: Any) -> list[str]:
    return judge("fault", replace(GOOD, **seen), expected).problems


def test_a_fault_without_harm_breaks_no_rule() -> None:
    row = judge("fault", GOOD, ALLOWED)
    assert (row.accepted, row.completed, row.lost, row.repeated, row.problems) == (3, 3, 0, 0, [])


def test_recovery_is_counted_from_the_end_of_the_fault() -> None:
    assert judge("fault", GOOD, ALLOWED).recovery == pytest.approx(0.7)


def test_recovery_waits_for_a_post_to_be_accepted() -> None:
    row = judge("fault", replace(GOOD, accepted=GOOD.accepted | {AFTER: 17.5}), ALLOWED)
    assert row.recovery == pytest.approx(2.5)


@pytest.mark.parametrize("status", ["queued", "processing", "failed", "cancelled"])
def test_an_accepted_job_that_is_not_completed_is_lost(status: str) -> None:
    row = judge("fault", replace(GOOD, outcomes=GOOD.outcomes | {DURING: Outcome(status, None, None)}), ALLOWED)
    assert (row.completed, row.lost) == (2, 1)
    assert any(status in problem for problem in row.problems)


def test_an_accepted_job_that_is_not_stored_is_lost() -> None:
    assert judge("fault", replace(GOOD, outcomes={}), ALLOWED).lost == 3


def test_a_doubled_line_of_the_effect_log_is_caught() -> None:
    row = judge("fault", replace(GOOD, effects=again(DURING, 13.0)), ALLOWED)
    assert row.repeated == 1
    assert "ran again" in row.problems[0]


def test_what_a_killed_process_was_at_may_run_again_but_nothing_else() -> None:
    assert not problems(effects=again(DURING, 13.0), victims={7: 12.5})
    assert problems(effects=again(DURING, 13.0), victims={8: 12.5})
    assert problems(effects=again(DURING, 13.0) + again(AFTER, 15.3)[3:], victims={7: 12.5})


def test_what_a_killed_process_had_ended_long_before_may_not_run_again() -> None:
    effects = [*RUNS[:2], Effect("end", DURING, 1, 12.1, 7), Effect("start", DURING, 2, 17.0, 8)]
    assert not problems(effects=effects, victims={7: 12.2}, outcomes=GOOD.outcomes | {DURING: LATE})
    assert problems(effects=effects, victims={7: 16.0}, outcomes=GOOD.outcomes | {DURING: LATE})


def test_a_paused_process_begins_nothing_again_after_its_pause() -> None:
    effects = [*RUNS[:2], Effect("start", DURING, 2, 14.0, 7), Effect("start", DURING, 3, 15.0, 8)]
    assert problems(effects=effects, victims={7: 13.0})


def test_no_attempt_runs_twice_even_in_a_killed_process() -> None:
    assert problems(effects=again(DURING, 13.0, attempt=1), victims=STRUCK)


def test_a_job_whose_outcome_had_reached_postgresql_never_runs_again() -> None:
    assert "after its outcome" in problems(effects=again(AFTER, 16.0), victims=STRUCK)[0]
    unclocked = GOOD.outcomes | {BEFORE: LATE}  # as if it had been written once more
    assert "completed before the fault" in problems(effects=again(BEFORE, 16.0), outcomes=unclocked, victims=STRUCK)[0]


def test_a_job_whose_outcome_was_recorded_in_redis_runs_again_only_if_redis_lost_it() -> None:
    seen: dict[str, Any] = {"effects": again(DURING, 13.0), "recorded": {DURING: 12.5}, "victims": STRUCK}
    assert "recorded in Redis" in problems(**seen)[0]
    assert not problems(replace(ALLOWED, keeps_records=False), **seen)


def test_slow_recovery_is_a_problem() -> None:
    assert "recovery took 0.7 s" in problems(Expectation(recovery=0.5))[0]


@pytest.mark.parametrize("status", [NO_ANSWER, 400, 500])
def test_any_answer_but_201_and_503_is_a_problem(status: int) -> None:
    assert problems(answers=[*GOOD.answers, Answer(12.0, 0.1, status)])


def test_a_503_says_when_to_try_again() -> None:
    assert problems(answers=[*GOOD.answers, Answer(12.0, 0.1, 503)])
    assert not problems(answers=[*GOOD.answers, Answer(12.0, 0.1, 503, retry_after="1")])


def test_requests_may_stay_without_an_answer_only_when_the_api_dies() -> None:
    assert not problems(replace(ALLOWED, api_dies=True), answers=[*GOOD.answers, Answer(12.0, 0.1, NO_ANSWER)])


def test_a_post_without_redis_takes_two_seconds_at_most_and_is_quick_once_that_is_known() -> None:
    allowed = replace(ALLOWED, is_without_redis=True)
    quick = [*GOOD.answers, Answer(14.0, 0.01, 201)]
    assert not problems(allowed, answers=quick)
    assert "longer than 2 s" in problems(allowed, answers=[*quick, Answer(12.5, 2.4, 201)])[0]
    assert "p99" in problems(allowed, answers=[*quick, Answer(14.5, 0.2, 201)])[0]
    assert "no POST" in problems(allowed)[0]


def test_workers_that_stand_idle_while_the_fault_lasts_are_caught() -> None:
    assert "1 of 2 jobs were not done" in problems(replace(ALLOWED, works_within=3.0))[0]


def test_the_poison_job_must_fail_as_poison() -> None:
    allowed = replace(ALLOWED, poison=frozenset({POISON}))
    poisoned: dict[str, Any] = {
        "accepted": {POISON: 11.0, **GOOD.accepted},
        "outcomes": GOOD.outcomes | {POISON: Outcome("failed", "poison", 14.0)},
    }
    assert not problems(allowed, **poisoned)
    assert judge("fault", replace(GOOD, **poisoned), allowed).lost == 0
    assert problems(allowed)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([3.0], 3.0), ([float(n) for n in range(1, 101)], 100.0)],
    ids=["none", "one", "many"],
)
def test_percentile(values: list[float], expected: float | None) -> None:
    assert percentile(values, 0.99) == expected
