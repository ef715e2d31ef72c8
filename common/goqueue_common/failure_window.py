"""A stretch of time in which failures are counted, cut into equal steps; and how finely old counts are kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

MAX_POINTS: Final = 60
"""A series has so many points at most, and one or two more where it begins or ends within a step."""
_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440)
_DAY: Final = 1_440 * 60


class Tier(NamedTuple):
    """Counts older than `age` are kept by intervals of `width`, which divides the day."""

    age: timedelta
    width: timedelta


TIERS: Final = (
    Tier(timedelta(hours=3), timedelta(minutes=15)),
    Tier(timedelta(hours=26), timedelta(hours=1)),
    Tier(timedelta(hours=50), timedelta(hours=3)),
    Tier(timedelta(days=8), timedelta(hours=12)),
)
"""What is younger is kept by minutes. So a group of failures that goes on for a month is some hundred rows, not 43,200."""


@dataclass(frozen=True, slots=True)
class FailureWindow:
    """From `since` on, a whole step since 1970, and before `until`."""

    since: datetime
    until: datetime
    step_seconds: int

    @property
    def points(self) -> int:
        """How many steps it has; the last may be cut short."""
        return max(1, -((self.since - self.until) // timedelta(seconds=self.step_seconds)))


def window(since: datetime, until: datetime, now: datetime) -> FailureWindow:
    """The window that begins at `since`, or up to a step before, in steps as fine as can be shown and are known."""
    width = max((tier.width for tier in TIERS if since < now - tier.age), default=timedelta(minutes=1)).total_seconds()
    wanted = (until - since) // timedelta(minutes=1) * 60 / MAX_POINTS
    steps = (minutes * 60 for minutes in _MINUTES if minutes * 60 >= max(width, wanted))
    step = next(steps, _DAY * max(1, -(-int(wanted) // _DAY)))
    began = max(0, int(since.timestamp()) // step * step)  # before 1970 there was nothing, and soon before that no date
    return FailureWindow(datetime.fromtimestamp(began, UTC), until.astimezone(UTC), step)
