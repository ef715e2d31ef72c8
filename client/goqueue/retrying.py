"""When a request is made again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_SECONDS = 0.2
_LONGEST_SECONDS = 5.0
LONGEST_RETRY_AFTER_SECONDS = 30.0


class Repeatable(Enum):
    """What may have happened at the API when a request is made again."""

    ALWAYS = "always"  # asking twice is the same as asking once
    IF_NOT_DONE = "if_not_done"  # only when the API surely did nothing


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one call is tried. All times in seconds; the deadline is by the monotonic clock."""

    retries: int
    deadline: float
    monotonic: Callable[[], float]
    uniform: Callable[[float, float], float] = random.uniform

    def delay_before(self, retry: int, retry_after: float | None) -> float | None:
        """How long to wait before the retry (1 is the first); None to give up.

        Exponential with full jitter, so that callers that failed together do not come back together.
        retry_after: what the API asked for, up to 30 s; the wait is never shorter.
        """
        if retry > self.retries:
            return None
        ceiling = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** (retry - 1))
        delay = self.uniform(0.0, ceiling) + min(retry_after or 0.0, LONGEST_RETRY_AFTER_SECONDS)
        return delay if self.monotonic() + delay < self.deadline else None


def read_retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or a date; None when there is none to be read."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
