"""Why a child ends; it tells its parent, which replaces it, or not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Final


class EndReason(StrEnum):
    """stopped: told to. drained: the queues of a burst are empty. lost: its lease was given up by others. stuck: a thread
    ignores its interruption. max_jobs, max_memory: it has run, or occupies, as much as it may.
    """

    STOPPED = "stopped"
    DRAINED = "drained"
    LOST = "lost"
    STUCK = "stuck"
    MAX_JOBS = "max_jobs"
    MAX_MEMORY = "max_memory"


RECYCLING: Final = frozenset({EndReason.STUCK, EndReason.MAX_JOBS, EndReason.MAX_MEMORY})
"""A child that ends for one of these is replaced by a fresh one."""


class Ending:
    """Set once, from any thread; the main loop waits for it."""

    def __init__(self, announce: Callable[[EndReason], object]) -> None:
        self._announce = announce
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self.reason: EndReason | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether this child is to end."""
        return self._wanted.is_set()

    def want(self, reason: EndReason) -> None:
        """Have this child end; the first reason counts."""
        with self._lock:
            if self.reason is not None:
                return
            self.reason = reason
        self._announce(reason)
        self._wanted.set()

    def wait(self, timeout_seconds: float) -> None:
        """Until it is wanted, or for so long."""
        self._wanted.wait(timeout_seconds)
