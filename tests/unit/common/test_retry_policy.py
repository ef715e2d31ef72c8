from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goqueue_common.errors import SettingsError
from goqueue_common.retry_policy import DEFAULT_RETRY_POLICY, RetryPolicy

failure_counts = st.integers(min_value=0, max_value=20_000)
seeds = st.integers()


@st.composite
def policies(draw: st.DrawFn, *, jitter: bool | None = None) -> RetryPolicy:
    floor, base, cap = sorted(draw(st.tuples(*[st.floats(0, 1e9)] * 3)))
    factor = draw(st.floats(1, 1e6))
    return RetryPolicy(base, factor, cap, floor, draw(st.booleans()) if jitter is None else jitter)


@given(policies(), failure_counts, seeds)
def test_a_delay_stays_between_floor_and_cap(policy: RetryPolicy, failures: int, seed: int) -> None:
    assert policy.floor <= policy.delay(failures, Random(seed)) <= policy.cap


@given(policies(jitter=False), failure_counts)
def test_the_ceiling_never_falls(policy: RetryPolicy, failures: int) -> None:
    assert policy.delay(failures) <= policy.delay(failures + 1)


@given(policies(), failure_counts, seeds)
def test_a_jittered_delay_stays_below_the_ceiling(policy: RetryPolicy, failures: int, seed: int) -> None:
    without_jitter = RetryPolicy(policy.base, policy.factor, policy.cap, policy.floor, jitter=False)
    assert policy.delay(failures, Random(seed)) <= without_jitter.delay(failures)


@given(policies(), failure_counts, seeds)
def test_the_same_seed_draws_the_same_delay(policy: RetryPolicy, failures: int, seed: int) -> None:
    assert policy.delay(failures, Random(seed)) == policy.delay(failures, Random(seed))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 2.0), (1, 2.0), (2, 4.0), (3, 8.0), (11, 2048.0), (12, 3600.0), (10_000, 3600.0)]
)
def test_the_ceiling_doubles_from_two_seconds_to_an_hour(failures: int, seconds: float) -> None:
    assert RetryPolicy(jitter=False).delay(failures) == seconds


def test_a_policy_without_delay_has_none_after_any_number_of_failures() -> None:
    policy = RetryPolicy(base=0, floor=0, jitter=False)
    assert [policy.delay(failures) for failures in (1, 1_024, 1_025, 10_000)] == [0, 0, 0, 0]


def test_the_floor_holds_when_the_draw_is_zero() -> None:
    class Zero(Random):
        def random(self) -> float:
            return 0.0

    assert DEFAULT_RETRY_POLICY.delay(5, Zero()) == DEFAULT_RETRY_POLICY.floor


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param({"floor": -1.0}, id="negative floor"),
        pytest.param({"floor": 3.0}, id="floor above base"),
        pytest.param({"base": 4000.0}, id="base above cap"),
        pytest.param({"factor": 0.5}, id="shrinking"),
        pytest.param({"base": float("nan")}, id="base is no number"),
        pytest.param({"factor": float("nan")}, id="factor is no number"),
    ],
)
def test_numbers_that_give_no_delay_are_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="backoff wants"):
        RetryPolicy(**numbers)
