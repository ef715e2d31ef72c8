"""Pushes the ids that Redis has lost: after a flush, a restart, or a push that failed.

What is missing is seen from the tail of each list: a job queued before the one that would be popped next is not in the
list. Nor is one that a worker has popped and not yet claimed, so a few are pushed only when they are missing still a
moment later. A push too many does no harm: the claim decides.
"""

from __future__ import annotations

import time
from typing import Final

import structlog

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.contract import QueueList
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.relay_store import Place, RelayStore
from goqueue_worker.maintenance.refill import Refill

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 2.0
"""A job queued within this may be on its way to its list."""
BATCH: Final = 10_000
_STEP_SECONDS: Final = 0.5
_LONGEST_STEP: Final = 5.0
_LOOKING_SHARE: Final = 0.1
"""Of the time; a look is slow while an old transaction keeps a million dead entries in the index."""
_CONFIRM_SECONDS: Final = 0.25
"""A job popped within this may be on its way to its claim."""
_TAILS: Final = 100
_PAGES: Final = 20


class Relay:
    """`step` looks at every list that should hold something, twice a second, and at those being refilled more often.

    grace_seconds: how long a job may be on its way; 0 is for tests, where none is.
    """

    def __init__(
        self, store: RelayStore, broker: RedisBroker, *, grace_seconds: float = GRACE_SECONDS, batch: int = BATCH
    ) -> None:
        self._store = store
        self._broker = broker
        self._grace_seconds = grace_seconds
        self._confirm_seconds = min(_CONFIRM_SECONDS, grace_seconds)
        self._batch = batch
        self._refills: dict[QueueList, Refill] = {}
        self._suspects: dict[QueueList, set[str]] = {}
        self._look_at = self._confirm_at = float("-inf")

    def step(self) -> float:
        """Seconds until a list may need something: 0.5 at most, or 5 where looks are slow. Raises StoreUnavailable."""
        try:
            self._look_where_due()
            pauses = [self._go_on(where, refill) for where, refill in list(self._refills.items())]
        except BrokerUnavailable as error:
            log.debug("relay_waits", reason=str(error))
            return _STEP_SECONDS
        next_look_at = min(self._look_at, self._confirm_at) if self._suspects else self._look_at
        return min([*pauses, max(0.0, next_look_at - time.monotonic())])

    def _look_where_due(self) -> None:
        """At every list that should hold something, or between two such looks at those where something seemed missing."""
        began = time.monotonic()
        if began >= self._look_at:
            self._look_at = began + _STEP_SECONDS
            for where in self._store.waiting_lists(self._grace_seconds):
                self._look(where)
            seconds = time.monotonic() - began
            self._look_at = began + min(max(_STEP_SECONDS, seconds / _LOOKING_SHARE), _LONGEST_STEP)
        elif self._suspects and began >= self._confirm_at:
            self._confirm_at = began + self._confirm_seconds
            for where in list(self._suspects):
                self._look(where)

    def _go_on(self, where: QueueList, refill: Refill) -> float:
        pause = refill.step()
        if refill.is_over:
            del self._refills[where]
        if refill.ran_dry:  # or flushed again: begin anew, from the tail
            self._look(where)
        return pause

    def _look(self, where: QueueList) -> None:
        """Push what is missing before the job that is popped next, the whole list if there is none."""
        for _ in range(_PAGES):
            tails = self._broker.tails(*where, _TAILS)
            if not tails:
                self._push(where, before=None)
                return
            places = self._store.places(*where, tails)
            stale = next((number for number, job_id in enumerate(tails) if job_id in places), len(tails))
            if stale:
                self._broker.drop_tails(*where, tails[:stale])
            if stale < len(tails):
                self._push(where, before=places[tails[stale]])
                return

    def _push(self, where: QueueList, *, before: Place | None) -> None:
        missing = self._store.missing(*where, before=before, grace_seconds=self._grace_seconds, limit=self._batch)
        is_full = len(missing) == self._batch
        if not is_full and self._confirm_seconds:
            missing = self._confirmed(where, missing)
        if not missing:
            return
        self._broker.insert(*where, [place.id for place in missing], after=None)
        log.info("relayed", queue=where[0], priority=where[1], jobs=len(missing))
        if is_full and where not in self._refills:
            self._refills[where] = Refill(
                self._store, self._broker, where, missing[-1], grace_seconds=self._grace_seconds, batch=self._batch
            )

    def _confirmed(self, where: QueueList, missing: list[Place]) -> list[Place]:
        """Those that were missing at the look before, too; at a first look none."""
        suspects = self._suspects.pop(where, None)
        if suspects is None and missing:
            self._suspects[where] = {place.id for place in missing}
            self._confirm_at = time.monotonic() + self._confirm_seconds
        return [place for place in missing if place.id in (suspects or ())]
