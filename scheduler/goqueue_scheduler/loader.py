"""Reading all schedules through the API: at first, when this replica may fire anew, and when one of them was changed."""

from __future__ import annotations

import time
from typing import Final, Protocol

import structlog

from goqueue import GoQueueError, ScheduleSnapshot
from goqueue_common.clock import Clock
from goqueue_scheduler.api_reach import ApiReach
from goqueue_scheduler.backoff import Backoff
from goqueue_scheduler.election import Election
from goqueue_scheduler.schedule_book import ScheduleBook

log = structlog.get_logger(__name__)

_AGAIN_SECONDS: Final = 1.0
"""How soon stale answers may have the schedules read again; a new turn does at once."""


class SchedulesApi(Protocol):
    """What is asked of the SDK's client."""

    def schedule_snapshot(self) -> ScheduleSnapshot:
        """See goqueue.Client."""


class Loader:
    """`look` reads them if there is reason to; any thread may give one."""

    def __init__(self, api: SchedulesApi, book: ScheduleBook, election: Election, *, clock: Clock, reach: ApiReach) -> None:
        self._api = api
        self._book = book
        self._election = election
        self._clock = clock
        self._reach = reach
        self._backoff = Backoff(clock)
        self._loaded_at = float("-inf")
        self._revision: int | None = None
        self._is_stale = False

    def ask(self) -> None:
        """What the book holds is stale: an answer of the API said so."""
        self._is_stale = True

    def tell(self, revision: int) -> None:
        """The revision of the schedules is this now."""
        self._revision = revision

    def look(self) -> None:
        """Read them, if they may have changed. Raises nothing that passes by itself."""
        if not self._is_wanted() or self._backoff.left_seconds > 0:
            return
        turn, asked_at, began = self._election.turn, self._clock.boottime(), time.monotonic()
        self._is_stale = False
        try:
            with self._reach.watched("load"):
                snapshot = self._api.schedule_snapshot()
        except GoQueueError:
            self._is_stale = True
            self._backoff.failed()
            return
        self._backoff.succeeded()
        self._loaded_at = self._clock.boottime()
        self._revision = snapshot.revision
        loaded = self._book.load(snapshot, turn=turn, asked_at=asked_at)
        log.info(
            "schedules_loaded",
            schedules=loaded.size,
            not_understood=loaded.unread,
            revision=loaded.revision,
            seconds=round(time.monotonic() - began, 3),
        )

    def _is_wanted(self) -> bool:
        loaded = self._book.loaded
        if loaded is None:
            return self._election.has_begun  # else it might be for nothing: whoever is elected reads them again
        if self._election.may_fire and loaded.turn != self._election.turn:
            return True
        is_due = self._clock.boottime() - self._loaded_at >= _AGAIN_SECONDS
        return is_due and (self._is_stale or (self._revision is not None and self._revision != loaded.revision))
