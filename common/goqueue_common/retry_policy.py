"""When a failed attempt is tried again.

Exponential backoff with full jitter (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015): the
delay before retry n is drawn evenly from 0 to min(cap, base * factor ** (n - 1)), so that many jobs that failed together
do not come back together. A floor keeps a drawn zero from hammering what has just failed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from goqueue_common.errors import SettingsError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Backoff of one job type; all times in seconds."""

    base: float = 2.0
    factor: float = 2.0
    cap: float = 3600.0
    floor: float = 0.1
    jitter: bool = True

    def __post_init__(self) -> None:
        """Raises SettingsError for numbers that give no delay."""
        if not (0 <= self.floor <= self.base <= self.cap and self.factor >= 1):
            raise SettingsError(
                f"backoff wants 0 <= floor <= base <= cap and factor >= 1, got floor={self.floor}, base={self.base}, "
                f"cap={self.cap}, factor={self.factor}"
            )

    def delay(self, failures: int, rng: random.Random | None = None) -> float:
        """Seconds to wait after the `failures`-th failed attempt (1 for the first)."""
        try:
            ceiling = min(self.cap, self.base * self.factor ** (max(failures, 1) - 1))
        except OverflowError:  # 2.0 ** 1024 is more than a float holds; the cap ruled long before
            ceiling = self.cap if self.base > 0 else 0.0
        if not self.jitter:
            return ceiling
        return max(self.floor, (rng or _RANDOM).uniform(0.0, ceiling))


_RANDOM = random.Random()  # noqa: S311 - spreads load, guards nothing
DEFAULT_RETRY_POLICY = RetryPolicy()
