"""Whether PostgreSQL has fallen silent: learnt by whoever waited in vain, known to all threads of a Database.

Otherwise every request would wait for a time-out of its own, those that ask twice would wait twice, and with all request
threads waiting nobody would answer a liveness probe.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from goqueue_common.errors import StoreUnavailable

log = structlog.get_logger(__name__)

LEFT_ALONE_SECONDS: Final = 0.5
_LONG_SECONDS: Final = 1.0
_TRY_SECONDS: Final = 4.0


class Silence:
    """One server as one Database sees it. Safe to use from several threads.

    is_unanswered: whether an error came without a word from the server. After a long wait in vain everybody is refused at
    once for half a second; then one tries, and the others are refused until it knows or has tried for long itself.
    """

    def __init__(self, is_unanswered: Callable[[StoreUnavailable], bool], monotonic: Callable[[], float] = time.monotonic):
        self._is_unanswered = is_unanswered
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._answered_at = float("-inf")
        self._ask_again_at: float | None = None

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """For one exchange with the server. Raises StoreUnavailable at once while it is silent."""
        began = self._monotonic()
        if self._ask_again_at is not None and not self._may_try(began):
            raise StoreUnavailable("PostgreSQL does not answer; it will be asked again in a moment")
        try:
            yield
        except StoreUnavailable as error:
            if self._is_unanswered(error):
                self._hear_nothing(began)
            raise
        self._hear()

    def _may_try(self, now: float) -> bool:
        with self._lock:
            if self._ask_again_at is not None and now < self._ask_again_at:
                return False
            self._ask_again_at = now + _TRY_SECONDS
            return True

    def _hear(self) -> None:
        self._answered_at = self._monotonic()
        if self._ask_again_at is not None:
            self._ask_again_at = None
            log.info("postgres_answers_again")

    def _hear_nothing(self, began: float) -> None:
        now = self._monotonic()
        if self._answered_at > began:
            return  # others are answered: it was this connection alone
        if now - began < _LONG_SECONDS:
            self._ask_again_at = None  # it is gone rather than silent: finding out costs nobody anything
            return
        if self._ask_again_at is None:
            log.warning("postgres_silent", waited_seconds=round(now - began, 1))
        self._ask_again_at = now + LEFT_ALONE_SECONDS
