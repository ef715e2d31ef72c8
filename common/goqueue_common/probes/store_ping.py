"""Whether a store answers, asked in the background, so that a probe never waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from goqueue_common.background.runner import Pulse
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable

_PAUSE_SECONDS: Final = 2.0
_OLD_SECONDS: Final = 8.0
"""An answer older than this is none: the one after it is being waited for."""


class StorePing:
    """`step` asks once. ask: raises StoreUnavailable or BrokerUnavailable when the store does not answer."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._answered = False
        self._answer = Pulse()

    def step(self) -> float:
        """One question."""
        try:
            self._ask()
        except (StoreUnavailable, BrokerUnavailable):
            self._answered = False
        else:
            self._answered = True
            self._answer.turn()
        return _PAUSE_SECONDS

    @property
    def is_answered(self) -> bool:
        """Whether it answered the last time, and that not long ago."""
        return self._answered and self._answer.age_seconds < _OLD_SECONDS
