"""What `python -m bench fairness` makes of its measurements."""

from __future__ import annotations

from typing import Any

import pytest

from bench.fairness import targets

STREAM, BATCH = "p99 beside long ones, by that without", "p99 in a batch with them, by that of one thread"


def case(name: str, p99_ms: float, *, long_running: float = 15.0, once: float = 1.0) -> dict[str, Any]:
    return {"case": name, "p99_ms": p99_ms, "long_running": long_running, "once": once}


def found(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    """A round in which all is well, but for the cases that are given."""
    sound = [case("stream_alone", 10.0), case("stream_beside", 20.0), case("batch_one", 100.0), case("batch_beside", 200.0)]
    return [*changed, *(one for one in sound if one["case"] not in {other["case"] for other in changed})]


def missed(cases: list[dict[str, Any]]) -> list[str]:
    return [target.what for target in targets(cases, least_long=14.7) if not target.met]


@pytest.mark.parametrize(
    ("cases", "what"),
    [
        pytest.param(found(), [], id="twice as long"),
        pytest.param(found(case("stream_beside", 20.1)), [STREAM], id="longer one by one"),
        pytest.param(found(case("batch_beside", 201.0)), [BATCH], id="longer in a batch"),
        pytest.param(
            found(case("stream_beside", 20.0, long_running=14.0)), ["long ones running meanwhile"], id="too few long ones"
        ),
        pytest.param(
            found(case("batch_one", 100.0, once=0.0)), ["share of measurements in which each job ran once"], id="lost"
        ),
    ],
)
def test_short_jobs_are_hardly_to_wait_for_long_ones(cases: list[dict[str, Any]], what: list[str]) -> None:
    assert missed(cases) == what


def test_a_case_has_the_median_of_its_rounds() -> None:
    assert not missed(found(*(case("stream_beside", p99_ms) for p99_ms in (12.0, 900.0, 15.0))))


def test_too_few_long_ones_in_one_round_are_not_lost_in_a_median() -> None:
    rounds = [case("stream_beside", 10.0, long_running=running) for running in (15.0, 15.0, 9.0)]
    assert missed(found(*rounds)) == ["long ones running meanwhile"]
