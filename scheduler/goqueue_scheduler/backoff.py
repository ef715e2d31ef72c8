"""Pauses between tries that fail: short at first, then longer, never the same for all replicas."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from goqueue_common.clock import Clock

_FIRST_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 5.0


class Backoff:
    """first, longest: seconds of the first pause and of those after many failures."""

    def __init__(
        self,
        clock: Clock,
        *,
        first: float = _FIRST_SECONDS,
        longest: float = _LONGEST_SECONDS,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._clock = clock
        self._first = first
        self._longest = longest
        self._uniform = uniform
        self._seconds = first
        self._until = float("-inf")

    @property
    def left_seconds(self) -> float:
        """How long to wait yet; 0: try."""
        return max(0.0, self._until - self._clock.boottime())

    def failed(self, asked: float | None = None) -> None:
        """Wait, and the next time longer. asked: for how long the API wants to be left alone."""
        seconds = self._uniform(self._seconds / 2, self._seconds)
        self._until = self._clock.boottime() + max(seconds, min(asked or 0.0, self._longest))
        self._seconds = min(self._seconds * 2, self._longest)

    def succeeded(self) -> None:
        """No need to wait any more."""
        self._seconds, self._until = self._first, float("-inf")
