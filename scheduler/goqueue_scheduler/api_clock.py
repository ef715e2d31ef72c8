"""What time it is for the API: PostgreSQL's clock, kept up between its answers by a clock that nobody sets.

Each answer that says `at` bounds how far that clock is from ours: it was read after we asked and before we were answered.
A quick answer is believed to the middle of its round trip. A slow one moves what we know only as far as it proves it wrong,
so a hung proxy shifts nothing, and a real jump of the database's clock is followed with the next answer.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

from goqueue_common.clock import Clock

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CONTENT_SECONDS: Final = 10.0
"""After so long an answer that took twice as long as the best one is as good: what that one told has aged."""
_MOST_OLD: Final = 32.0
_LONGEST_BELIEVED: Final = 1.0
"""Of a longer round trip not the middle is taken: to be half of it ahead would fire early, to be behind only late."""


class ApiClock:
    """Safe from any thread; the machine's wall clock plays no part."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._offset: float | None = None
        self._round_trip = float("inf")
        self._believed_at = 0.0

    def sample(self, at: datetime, sent_at: float, answered_at: float) -> None:
        """An answer said `at`; sent_at, answered_at: our boottime before and after."""
        seconds = (at - _EPOCH).total_seconds()
        least, most = seconds - answered_at, seconds - sent_at
        with self._lock:
            age = min(_MOST_OLD, (answered_at - self._believed_at) / _CONTENT_SECONDS)
            if self._offset is None or most - least <= self._round_trip * 2**age:
                self._offset = least + min(most - least, _LONGEST_BELIEVED) / 2
                self._round_trip, self._believed_at = most - least, answered_at
            else:
                self._offset = min(max(self._offset, least), most)

    def now(self) -> datetime | None:
        """The API's time; None before the first sample."""
        offset = self._offset
        return None if offset is None else _EPOCH + timedelta(seconds=self._clock.boottime() + offset)
