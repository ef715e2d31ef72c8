"""One schedule as the scheduler keeps it: read for firing, how far it has come, and when to look at it next."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from goqueue import Fire, Schedule
from goqueue_common.cron.due import GRACE, CatchUp, due, jitter
from goqueue_common.cron.expression import Cron, parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone

_INSTANT: Final = timedelta(microseconds=1)
_CRONS_KEPT: Final = 20_000
"""As many schedules as there may be, twice: reading their crons anew is most of what a reload would cost."""
_parse = lru_cache(_CRONS_KEPT)(parse)


class Planned:
    """cursor: everything at or before it has been dealt with. wakes_at: when to look at it next; None: not by itself.

    Raises BadCron, BadZone or ValueError when it cannot be read here: an API may be newer than this scheduler.
    """

    __slots__ = ("_catch_up", "_cron", "_first", "_zone", "cursor", "definition", "moved_at", "wakes_at")

    def __init__(self, definition: Schedule, cursor: datetime) -> None:
        self.definition = definition
        self.cursor = cursor
        self.moved_at = float("-inf")
        self._cron: Cron = _parse(definition.cron)
        self._zone: ZoneInfo = zone(definition.timezone)
        self._catch_up = CatchUp(definition.catch_up)
        self._first: datetime | None = None
        self.wakes_at: datetime | None = None
        self._wake_after(cursor)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.definition.name

    def fires(self, now: datetime) -> list[Fire]:
        """What is to be fired at this time, oldest first; with none, it wakes when the next one is due."""
        definition = self.definition
        if self._is_one_due(now) and self._first is not None:
            return [Fire(definition.name, self._first, definition.version)]
        found = due(
            self._cron,
            self._zone,
            name=definition.name,
            due_after=self.cursor,
            now=now,
            catch_up=self._catch_up,
            catch_up_window=definition.catch_up_window,
            catch_up_limit=definition.catch_up_limit,
            jitter_seconds=definition.jitter,
            starts_at=definition.starts_at,
            ends_at=definition.ends_at,
        )
        if not found.instants:
            self._sleep_past(now)
        return [
            Fire(definition.name, instant, definition.version, found.missed if place == 0 else 0)
            for place, instant in enumerate(found.instants)
        ]

    def is_behind(self, now: datetime) -> bool:
        """Whether it has instants to catch up, which may be many."""
        return self._catch_up is CatchUp.ALL and self.wakes_at is not None and self.wakes_at < now - GRACE

    def due_at(self, instant: datetime) -> datetime:
        """When this instant of it is to be fired, that is with its jitter."""
        return instant + timedelta(seconds=jitter(self.name, instant, self.definition.jitter))

    def move(self, instant: datetime, boottime: float) -> None:
        """Everything up to this instant has been dealt with, as was learnt at this time."""
        self.cursor = max(self.cursor, instant)
        self.moved_at = boottime
        self._wake_after(self.cursor)

    def _is_one_due(self, now: datetime) -> bool:
        """Whether the first after the cursor is due, in time, and the second is not: then `due` has nothing to weigh.

        That is how almost every fire goes, and a tenth of the work.
        """
        if self._first is None or not self.due_at(self._first) <= now <= self.due_at(self._first) + GRACE:
            return False
        second = self._after(self._first)
        return second is None or self.due_at(second) > now

    def _wake_after(self, cursor: datetime) -> None:
        self._first = None if self.definition.paused else self._after(cursor)
        self.wakes_at = None if self._first is None else self.due_at(self._first)

    def _after(self, instant: datetime) -> datetime | None:
        definition = self.definition
        found = instants(self._cron, self._zone, instant, starts_at=definition.starts_at, ends_at=definition.ends_at)
        return next(found, None)

    def _sleep_past(self, now: datetime) -> None:
        """All that is due by now was missed and is left out. The cursor stays: what fires next tells how many they were."""
        oldest = now - GRACE - timedelta(seconds=self.definition.jitter)
        coming = self._after(max(self.cursor, oldest))
        # Of those within the grace, one that is due would have been fired.
        self.wakes_at = None if coming is None else max(self.due_at(coming), now + _INSTANT)
