"""Counts tries with wrong keys, by address, and says when it is enough: a leaky bucket each."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

BURST: Final = 100
"""Failed tries that an address has at once."""
REFILL_SECONDS: Final = 1.0
"""And one more each so many seconds."""
_MAX_ADDRESSES: Final = 10_000


class FailedTries:
    """Failed tries of each address in this process; safe to use from all threads."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tries, as of when

    def wait_seconds(self, address: str) -> int:
        """How long this address must wait before it may try again; 0: it may."""
        with self._lock:
            left = self._tries(address) - (BURST - 1)
        return 0 if left <= 0 else max(1, round(left * REFILL_SECONDS))

    def add(self, address: str) -> None:
        """One more failed try."""
        with self._lock:
            self._spent[address] = (self._tries(address) + 1, self._monotonic())
            self._spent.move_to_end(address)
            if len(self._spent) > _MAX_ADDRESSES:
                self._spent.popitem(last=False)

    def _tries(self, address: str) -> float:
        tries, at = self._spent.get(address, (0.0, 0.0))
        return max(0.0, tries - (self._monotonic() - at) / REFILL_SECONDS)
