"""For how long a worker's heartbeat has been written without a gap: what makes it fit to judge others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from goqueue_common.clock import Clock
from goqueue_common.worker_store import Beat

_LATE_FACTOR: Final = 2.0
"""A beat that comes later than so many intervals after the one before is a gap."""


class Standing(NamedTuple):
    """seconds: without a gap so far. until: when that can no longer be known, by the database's clock."""

    seconds: float
    until: datetime


class Steadiness:
    """Told of each beat by the heartbeat, asked by the rescuer, in another thread."""

    def __init__(self, clock: Clock, interval: float) -> None:
        self._clock = clock
        self._patience = interval * _LATE_FACTOR + 1.0
        self._since = 0.0
        self._last: tuple[float, Beat] | None = None

    def beaten(self, sent_at: float, beat: Beat) -> None:
        """A beat was written. sent_at: by Clock.boottime, which counts a suspended machine's sleep."""
        if self._last is None or not self._continues(self._last, sent_at, beat):
            self._since = sent_at
        self._last = (sent_at, beat)

    def failed(self) -> None:
        """A beat could not be written."""
        self._last = None

    def standing(self) -> Standing | None:
        """None after a gap, a restart or failover of PostgreSQL, or a jump of its clock, until a beat has come again."""
        last = self._last
        if last is None or self._clock.boottime() - last[0] > self._patience:
            return None
        return Standing(last[0] - self._since, last[1].at + timedelta(seconds=self._patience))

    def _continues(self, last: tuple[float, Beat], sent_at: float, beat: Beat) -> bool:
        passed = sent_at - last[0]
        passed_there = (beat.at - last[1].at).total_seconds()
        return (
            passed <= self._patience
            and abs(passed_there - passed) <= self._patience
            and beat.server_started_at == last[1].server_started_at
        )
