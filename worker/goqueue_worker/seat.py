"""The place of one child in its worker: who has it, and when the next may start there."""

from __future__ import annotations

import time
from typing import Final

from goqueue_worker.child_process import ChildProcess

_RESTART_SECONDS: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS: Final = 30.0


class Seat:
    """changes: how often the handlers had changed when its child was started."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.child: ChildProcess | None = None
        self.is_done = False
        self.changes = 0
        self.next_start_at = 0.0
        self._started_at = 0.0
        self._ends = 0

    def started(self, changes: int) -> None:
        """A child is about to be started here."""
        self.changes = changes
        self._started_at = time.monotonic()

    def ended(self, *, steadily: bool) -> float:
        """Its child has ended; those that end soon after their start, again and again, are replaced ever later.

        Seconds until the next may start.
        """
        now = time.monotonic()
        self._ends = 0 if steadily or now - self._started_at > _STEADY_SECONDS else self._ends + 1
        pause = _RESTART_SECONDS[min(max(self._ends - 1, 0), len(_RESTART_SECONDS) - 1)]
        self.next_start_at = now + pause
        return pause

    def is_due(self) -> bool:
        """Whether a child is missing here and may start now."""
        return self.child is None and not self.is_done and time.monotonic() >= self.next_start_at
