"""What a metric is called and means, apart from its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """As Prometheus has them."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Process(StrEnum):
    """Who shows a metric."""

    API = "API"
    WORKER = "worker"
    SCHEDULER = "scheduler"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with all its labels. name: as in the text format, so that a counter's ends in _total.

    bounds: where the buckets of a histogram end, in seconds.
    """

    name: str
    kind: Kind
    help: str
    processes: tuple[Process, ...]
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers a value has: one, or one a bucket, the last without an end, and the sum."""
        return len(self.bounds) + 2 if self.kind is Kind.HISTOGRAM else 1


class Sample(NamedTuple):
    """A value of a family. labels: their values, in its order; numbers: as many as its width says."""

    family: Family
    labels: tuple[str, ...]
    numbers: Sequence[float]


OTHER: Final = "other"
"""The label value of all that is beyond a bound."""
