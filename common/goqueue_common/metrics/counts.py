"""Counting: adding to counters and histograms, for less than a microsecond."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from goqueue_common.metrics.bounded_labels import BoundedLabels
from goqueue_common.metrics.catalogue import BY_NAME
from goqueue_common.metrics.count_file import CountFile
from goqueue_common.metrics.family import Family, Sample

log = structlog.get_logger(__name__)


class Counts:
    """The counters and histograms of one process; safe from all its threads.

    path: their file, which the other processes of the service read; None, or no room for it: nobody else sees them.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = _opened(path)
        self._labels = BoundedLabels()
        for sample in self.samples():  # those of the processes before are known, or each would add as many again
            self._labels.fit(sample.family.labels, sample.labels)
        self._places: dict[tuple[str, tuple[str, ...]], int] = {}
        self._numbers = self._file.numbers
        self._lock = threading.Lock()

    def add(self, family: Family, labels: tuple[str, ...], amount: float = 1.0) -> None:
        """So many more of a counter."""
        place = self._places.get((family.name, labels)) or self._place(family, labels)
        with self._lock:
            self._numbers[place] += amount

    def observe(self, family: Family, labels: tuple[str, ...], value: float) -> None:
        """One more value of a histogram."""
        place = self._places.get((family.name, labels)) or self._place(family, labels)
        bucket = bisect_right(family.bounds, value)
        with self._lock:
            self._numbers[place + bucket] += 1.0
            self._numbers[place + family.width - 1] += value

    def observe_all(self, family: Family, labels: tuple[str, ...], values: Sequence[float]) -> None:
        """Many more values of a histogram."""
        place = self._places.get((family.name, labels)) or self._place(family, labels)
        bounds = family.bounds
        buckets = Counter([bisect_right(bounds, value) for value in values])
        with self._lock:
            for bucket, found in buckets.items():
                self._numbers[place + bucket] += found
            self._numbers[place + family.width - 1] += sum(values)

    def samples(self) -> Iterator[Sample]:
        """What was counted in this file, by this process or those before it."""
        return (
            Sample(BY_NAME[name], labels, numbers) for (name, labels), numbers in self._file.entries() if name in BY_NAME
        )

    def _place(self, family: Family, labels: tuple[str, ...]) -> int:
        fitted = self._labels.fit(family.labels, labels)
        with self._lock:
            place = self._file.place((family.name, fitted), family.width)
            if fitted == labels:  # else each value that anybody thinks of would be remembered
                self._places[(family.name, labels)] = place
        return place


def _opened(path: Path | None) -> CountFile:
    try:
        return CountFile(path)
    except OSError as error:
        log.warning("counts_not_shared", path=str(path), reason=error.strerror or str(error))
        return CountFile(None)
