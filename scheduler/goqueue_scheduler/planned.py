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

    __slots__ = ("_catch_up", "_cron", "_zone", "cursor", "definition", "moved_at", "wakes_at")

    def __init__(self, definition: Schedule, cursor: datetime) -> None:
        self.definition = definition
        self.cursor = cursor
        self.moved_at = float("-inf")
        self._cron: Cron = _parse(definition.cron)
        self._zone: ZoneInfo = zone(definition.timezone)
        self._catch_up = CatchUp(definition.catch_up)
        self.wakes_at: datetime | None = None if definition.paused else self._due_after(cursor)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.definition.name

    def fires(self, now: datetime) -> list[Fire]:
        """What is to be fired at this time, oldest first; with none, it wakes when the next one is due."""
        definition = self.definition
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

    def due_at(self, instant: datetime) -> datetime:
        """When this instant of it is to be fired, that is with its jitter."""
        return instant + timedelta(seconds=jitter(self.name, instant, self.definition.jitter))

    def move(self, instant: datetime, boottime: float) -> None:
        """Everything up to this instant has been dealt with, as was learnt at this time."""
        self.cursor = max(self.cursor, instant)
        self.moved_at = boottime
        self.wakes_at = self._due_after(self.cursor)

    def _due_after(self, cursor: datetime) -> datetime | None:
        starts_at = self.definition.starts_at
        since = cursor if starts_at is None else max(cursor, starts_at - _INSTANT)
        first = next(instants(self._cron, self._zone, since, ends_at=self.definition.ends_at), None)
        return None if first is None else self.due_at(first)

    def _sleep_past(self, now: datetime) -> None:
        """All that is due by now was missed and is left out. The cursor stays: what fires next tells how many they were."""
        oldest = now - GRACE - timedelta(seconds=self.definition.jitter)
        wakes_at = self._due_after(max(self.cursor, oldest))
        # Of those within the grace, one that is due would have been fired.
        self.wakes_at = wakes_at if wakes_at is None else max(wakes_at, now + _INSTANT)
