"""Which limits had no free slot when the poller last looked."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from typing import Final

from goqueue_common.job import ClaimedJob
from goqueue_common.limit_store import LimitKind
from goqueue_common.limited_dispatch_store import LimitKey

_BELIEVED_SECONDS: Final = 0.15
"""A slot that another worker has freed stays empty for so long at most; looks in vain cost little at this rate."""


class Fullness:
    """Believed for a moment, or until this worker itself frees a slot. For the poller; `freed` is called by any thread."""

    def __init__(self) -> None:
        self._full: frozenset[LimitKey] = frozenset()
        self._until = 0.0

    def note(self, full: Collection[LimitKey]) -> bool:
        """These have no free slot now; whether that is news. What is full already does not stay so for longer by it."""
        if not full:
            return False
        if not self.seconds_left:
            self._until = time.monotonic() + _BELIEVED_SECONDS
        known, self._full = self._full, self._full | frozenset(full)
        return known != self._full

    def freed(self, jobs: Iterable[ClaimedJob]) -> None:
        """These run no more."""
        if self._full and any(self._counts(job) for job in jobs):
            self._until = 0.0

    @property
    def seconds_left(self) -> float:
        """Until it is to be looked at anew; 0: nothing is full, as far as is known."""
        left = self._until - time.monotonic()
        if left <= 0:
            self._full = frozenset()
        return max(0.0, left)

    @property
    def queues(self) -> frozenset[str]:
        """Those that are full."""
        return self._named(LimitKind.QUEUE)

    @property
    def types(self) -> frozenset[str]:
        """Those that are full."""
        return self._named(LimitKind.TYPE)

    def _named(self, kind: LimitKind) -> frozenset[str]:
        return frozenset(name for of, name in self._full if of == kind) if self.seconds_left else frozenset()

    def _counts(self, job: ClaimedJob) -> bool:
        return (LimitKind.QUEUE, job.queue) in self._full or (LimitKind.TYPE, job.type) in self._full
