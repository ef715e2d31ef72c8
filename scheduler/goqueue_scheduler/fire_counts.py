"""Counting fires, for /metrics and for what the scheduler tells the API of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from goqueue_common.metrics import catalogue
from goqueue_common.metrics.counts import Counts
from goqueue_common.metrics.family import OTHER, Sample
from goqueue_common.schedule import FireOutcome
from goqueue_scheduler.firing import REFUSED

_OUTCOMES: Final = frozenset({*FireOutcome, REFUSED})


class FireCounts:
    """fired: jobs made since the start."""

    def __init__(self) -> None:
        self.fired = 0
        self._counts = Counts()
        for outcome in sorted(_OUTCOMES):  # a rate needs the 0 before the first
            self._counts.add(catalogue.SCHEDULER_FIRES, (outcome,), 0.0)

    def add(self, outcome: str) -> None:
        """One more fire that came out so."""
        self.fired += outcome == FireOutcome.FIRED
        self._counts.add(catalogue.SCHEDULER_FIRES, (outcome if outcome in _OUTCOMES else OTHER,))

    def late(self, seconds: float) -> None:
        """A job was made so long after its instant was due."""
        self._counts.observe(catalogue.SCHEDULER_LATENESS, (), seconds)

    def failed(self, task: str) -> None:
        """A task of housekeeping failed."""
        self._counts.add(catalogue.SCHEDULER_TASK_FAILURES, (task,))

    def samples(self) -> Iterator[Sample]:
        """What was counted."""
        return self._counts.samples()
