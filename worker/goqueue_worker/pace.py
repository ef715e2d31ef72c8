"""How long attempts take in the threads of a child: how much to claim ahead, and whether all are at long ones."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

_BUFFERED_SECONDS: Final = 0.05
"""Claim this much work ahead: for jobs of milliseconds it hides a round trip, for jobs of seconds it is nothing."""
_SMOOTHING: Final = 0.3
_SLOW_SECONDS: Final = (0.005, 0.25)
"""Bounds of four times the mean: a thread whose attempt has run for longer is not soon done with it."""
_STUCK_LOOKS: Final = 3


class Meter:
    """Written by one thread, read by another: a slightly old value does no harm.

    began_at: when what it runs began, 0: it runs nothing. dropped: taken and not run.
    """

    __slots__ = ("began_at", "busy_seconds", "dropped", "finished")

    def __init__(self) -> None:
        self.began_at = 0.0
        self.busy_seconds = 0.0
        self.dropped = 0
        self.finished = 0


class _Look(NamedTuple):
    """How many attempts had ended, since when no more have, and how often that was seen."""

    ended: int
    since: float
    looks: int


class Pace:
    """Read by the thread that claims; meters: one a thread."""

    def __init__(self, threads: int) -> None:
        self.meters = [Meter() for _ in range(threads)]
        self._measured = (0.0, 0)
        self._mean_seconds: float | None = None
        self._look = _Look(0, 0.0, 0)

    def prefetch(self) -> int:
        """So many attempts keep those threads busy for a moment that are not at a long one.

        By the smoothed duration of what finished lately; none before the first has.
        """
        busy = sum(meter.busy_seconds for meter in self.meters)
        finished = sum(meter.finished for meter in self.meters)
        new = finished - self._measured[1]
        if new > 0:
            mean = (busy - self._measured[0]) / new
            self._mean_seconds = (
                mean if self._mean_seconds is None else self._mean_seconds + _SMOOTHING * (mean - self._mean_seconds)
            )
            self._measured = (busy, finished)
        if self._mean_seconds is None:
            return 0
        return int((len(self.meters) - self._slow()) * _BUFFERED_SECONDS / max(self._mean_seconds, 1e-6))

    def is_stuck(self, *, anything_waits: bool) -> bool:
        """Whether what waits does so because every thread is at a long attempt.

        It is told from a busy moment by several looks, some time apart, between which no attempt has ended.
        """
        ended = sum(meter.finished + meter.dropped for meter in self.meters)
        now = time.perf_counter()
        if not anything_waits or ended != self._look.ended or not all(meter.began_at for meter in self.meters):
            self._look = _Look(ended, now, 0)
            return False
        self._look = self._look._replace(looks=self._look.looks + 1)
        return self._look.looks >= _STUCK_LOOKS and now - self._look.since >= _BUFFERED_SECONDS

    def _slow(self) -> int:
        """How many threads are at an attempt that takes longer than others: until it ends they run nothing else."""
        usual = 4 * (self._mean_seconds or 0.0)
        since = time.perf_counter() - min(max(usual, _SLOW_SECONDS[0]), _SLOW_SECONDS[1])
        return sum(0.0 < meter.began_at < since for meter in self.meters)
