"""Which limits had no free slot when the poller last looked."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from typing import Final

from goqueue_common.job import ClaimedJob
from goqueue_common.limit_store import LimitKind
from goqueue_common.limited_dispatch_store import LimitKey

_BELIEVED_SECONDS: Final = 0.15
"""A slot that another worker has freed stays empty for so long, and for a tick of Redis, at most; looks in vain cost little
at this rate.
"""


class Fullness:
    """Believed for a moment, then `due` for another look; or until this worker itself frees a slot.

    For the poller; `freed` is called by any thread. Should one forget what the other has just learnt, then a slot stays
    empty for a moment, or is looked for in vain.
    """

    def __init__(self) -> None:
        self._full: frozenset[LimitKey] = frozenset()
        self._until = 0.0

    def note(self, full: Collection[LimitKey]) -> bool:
        """These have no free slot now; whether that is news. What is full already does not stay so for longer by it."""
        if not full:
            return False
        if not self._full:
            self._until = time.monotonic() + _BELIEVED_SECONDS
        known, self._full = self._full, self._full | frozenset(full)
        return known != self._full

    def due(self) -> frozenset[LimitKey]:
        """What was full and may not be any more, once: whoever asks looks."""
        if not self._full or self.seconds_left:
            return frozenset()
        due, self._full = self._full, frozenset()
        return due

    def freed(self, jobs: Iterable[ClaimedJob]) -> None:
        """These run no more."""
        if self._full:
            self._full -= {key for job in jobs for key in ((LimitKind.QUEUE, job.queue), (LimitKind.TYPE, job.type))}

    @property
    def seconds_left(self) -> float:
        """Until something is due; 0: it is, or nothing is full."""
        return max(0.0, self._until - time.monotonic()) if self._full else 0.0

    @property
    def queues(self) -> frozenset[str]:
        """Those that are full."""
        return self._named(LimitKind.QUEUE)

    @property
    def types(self) -> frozenset[str]:
        """Those that are full."""
        return self._named(LimitKind.TYPE)

    def _named(self, kind: LimitKind) -> frozenset[str]:
        return frozenset(name for of, name in self._full if of == kind)
