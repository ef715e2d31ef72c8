from __future__ import annotations

import pytest

from goqueue_common import histogram


def of(*values: float) -> list[int]:
    counts = histogram.empty()
    for value in values:
        counts[histogram.bucket_of(value)] += 1
    return counts


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [
        pytest.param(-1.0, 0, id="before the beginning"),
        pytest.param(0.0, 0, id="nothing"),
        pytest.param(0.001, 1, id="a bound belongs to what follows it"),
        pytest.param(0.9, 9, id="in between"),
        pytest.param(7_200.0, len(histogram.BOUNDS), id="the last bound"),
        pytest.param(1e9, histogram.BUCKETS - 1, id="for ever"),
    ],
)
def test_a_duration_falls_into_the_bucket_between_its_bounds(seconds: float, bucket: int) -> None:
    assert histogram.bucket_of(seconds) == bucket


def test_bounds_only_grow() -> None:
    assert list(histogram.BOUNDS) == sorted(set(histogram.BOUNDS))


def test_nothing_has_no_quantile() -> None:
    assert histogram.quantile(histogram.empty(), 0.5) is None


def test_a_quantile_lies_in_its_bucket() -> None:
    counts = of(*[0.003] * 90, *[3.0] * 10)
    assert 0.002 <= (histogram.quantile(counts, 0.5) or 0) <= 0.005
    assert histogram.quantile(counts, 0.9) == 0.005
    assert 2.0 < (histogram.quantile(counts, 0.95) or 0) <= 5.0
    assert histogram.quantile(counts, 1.0) == 5.0


def test_a_share_of_nothing_is_where_the_first_value_lies() -> None:
    assert histogram.quantile(of(3.0), 0.0) == 2.0


def test_beyond_the_last_bound_only_that_is_known() -> None:
    assert histogram.quantile(of(1e6), 0.5) == histogram.BOUNDS[-1]
