"""Time, injected, so that tests decide what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What a class that depends on time is given."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    def boottime(self) -> float:
        """Seconds that never go back and count a suspended machine's sleep too: for leases and deadlines."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)

    def boottime(self) -> float:
        """CLOCK_BOOTTIME on Linux; elsewhere the monotonic clock, which may stand still during suspend."""
        return time.clock_gettime(_BOOTTIME) if _BOOTTIME is not None else time.monotonic()


_BOOTTIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)
