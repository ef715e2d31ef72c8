"""Histograms of seconds in fixed buckets: the same in PostgreSQL, in memory and in /metrics, so that they can be added up.

Pure. A histogram is a list of counts, one for each bucket: BOUNDS[i - 1] <= seconds < BOUNDS[i]; the last has no end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

BOUNDS: Final = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0),
)
"""Where one bucket ends and the next begins, in seconds. Never to be changed: rows of the past are counted by them."""

BUCKETS: Final = len(BOUNDS) + 1


def bucket_of(seconds: float) -> int:
    """The number of the bucket that a duration falls into, 0 to BUCKETS - 1; PostgreSQL's width_bucket says the same."""
    return bisect_right(BOUNDS, seconds)


def empty() -> list[int]:
    """A histogram without a value."""
    return [0] * BUCKETS


def quantile(histogram: Sequence[int], share: float) -> float | None:
    """The value below which this share (0 to 1) of all values lies, as if each bucket were evenly filled; None: no value.

    Of what lies beyond the last bound only that bound is known.
    """
    total = sum(histogram)
    if total == 0:
        return None
    wanted = share * total
    below = 0
    for count, (low, high) in zip(histogram, pairwise((0.0, *BOUNDS)), strict=False):
        if count and below + count >= wanted:
            return low + (high - low) * max(0.0, wanted - below) / count
        below += count
    return BOUNDS[-1]
