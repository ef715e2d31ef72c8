"""All schedules as last loaded, by when they are due next."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Final

import structlog

from goqueue import Fire, Schedule, ScheduleSnapshot
from goqueue_common.clock import Clock
from goqueue_common.errors import GoQueueError
from goqueue_scheduler.planned import Planned

log = structlog.get_logger(__name__)

_BROKEN: Final = timedelta(seconds=60)
"""How soon a schedule is tried again that cannot be computed."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """turn: of the election for which it was read. size: how many schedules; unread: those of them that cannot be fired."""

    turn: int
    revision: int
    size: int
    unread: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What is due, those of one schedule in rising order. since: when the first of them was."""

    fires: Sequence[Fire]
    since: datetime | None


class ScheduleBook:
    """Safe from several threads. Whoever takes a batch gives it back, and says before what has become of its fires."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._planned: dict[str, Planned] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._taken: dict[str, Planned] = {}
        self._unread: dict[str, int] = {}
        self._loaded: Loaded | None = None

    @property
    def loaded(self) -> Loaded | None:
        """About the load that it holds; None before the first."""
        return self._loaded

    @property
    def wakes_at(self) -> datetime | None:
        """When something is due next, or since when it has been; what is taken apart."""
        with self._lock:
            while self._heap:
                wakes_at, name = self._heap[0]
                planned = self._planned.get(name)
                if planned is not None and planned.wakes_at == wakes_at and name not in self._taken:
                    return wakes_at
                heappop(self._heap)
            return None

    def load(self, snapshot: ScheduleSnapshot, *, turn: int, asked_at: float) -> Loaded:
        """Take these schedules in place of all there were. asked_at: our boottime before they were asked for."""
        unread: dict[str, int] = {}
        found = {one.name: planned for one in snapshot.schedules if (planned := self._read(one, snapshot.at, unread))}
        loaded = Loaded(turn, snapshot.revision, len(snapshot.schedules), len(unread))
        with self._lock:
            for name, planned in self._planned.items():
                # What was fired while they were read is not in what was read.
                if planned.moved_at >= asked_at and name in found:
                    found[name].move(planned.cursor, planned.moved_at)
            self._planned, self._unread, self._loaded = found, unread, loaded
            self._heap = [(one.wakes_at, name) for name, one in found.items() if one.wakes_at is not None]
            heapify(self._heap)
        return loaded

    def take(self, now: datetime, most: int) -> Batch:
        """What is to be fired now, at most so many, the longest due first; `give_back` must follow.

        Who catches up comes last, in a batch as well, which may be parted: it may have ten thousand instants, while those
        of the others would become too old.
        """
        fires: list[Fire] = []
        since: datetime | None = None
        with self._lock:
            due = self._pop_due(now)
            behind = {planned.name for planned in due if planned.is_behind(now)}
            due.sort(key=lambda planned: planned.name in behind)
            for place, planned in enumerate(due):
                if len(fires) >= most:
                    self._push(due[place:])
                    break
                wakes_at = planned.wakes_at
                found = self._fires(planned, now)[: most - len(fires)]
                if found:
                    self._taken[planned.name] = planned
                    since = wakes_at if since is None or wakes_at is None else min(since, wakes_at)
                    fires += found
                else:
                    self._push([planned])
        return Batch(sorted(fires, key=lambda fire: (fire.schedule in behind, fire.scheduled_for, fire.schedule)), since)

    def give_back(self) -> None:
        """What was taken is due again when it now wakes, which is at once if nothing was said of it."""
        with self._lock:
            taken, self._taken = self._taken, {}
            self._push(self._planned[name] for name in taken if name in self._planned)

    def move(self, fire: Fire) -> None:
        """This instant has been dealt with."""
        with self._lock:
            if (planned := self._planned.get(fire.schedule)) is not None:
                planned.move(fire.scheduled_for, self._clock.boottime())

    def hold(self, name: str, until: datetime | None) -> None:
        """Leave this schedule alone until then, or until the next load."""
        with self._lock:
            if (planned := self._planned.get(name)) is not None:
                planned.wakes_at = until

    def due_at(self, fire: Fire) -> datetime:
        """When this instant was to be fired."""
        planned = self._planned.get(fire.schedule)
        return fire.scheduled_for if planned is None else planned.due_at(fire.scheduled_for)

    def _pop_due(self, now: datetime) -> list[Planned]:
        """Those that wake by now, the longest due first. What the heap says of a schedule may be out of date."""
        found: dict[str, Planned] = {}
        while self._heap and self._heap[0][0] <= now:
            wakes_at, name = heappop(self._heap)
            planned = self._planned.get(name)
            if planned is not None and planned.wakes_at == wakes_at and name not in self._taken:
                found[name] = planned
        return list(found.values())

    def _fires(self, planned: Planned, now: datetime) -> list[Fire]:
        try:
            return planned.fires(now)
        except Exception:  # of one schedule: the others are not to wait for it
            log.exception("schedule_not_computed", schedule=planned.name, cron=planned.definition.cron)
            planned.wakes_at = now + _BROKEN
            return []

    def _push(self, planned: Iterable[Planned]) -> None:
        for one in planned:
            if one.wakes_at is not None:
                heappush(self._heap, (one.wakes_at, one.name))

    def _read(self, schedule: Schedule, at: datetime, unread: dict[str, int]) -> Planned | None:
        try:
            return Planned(schedule, schedule.due_after or at)
        except (GoQueueError, ValueError, ArithmeticError) as error:
            unread[schedule.name] = schedule.version
            if self._unread.get(schedule.name) != schedule.version:  # once, not with every load
                log.error(  # noqa: TRY400 - the reason says it
                    "schedule_not_understood", schedule=schedule.name, cron=schedule.cron, reason=str(error)
                )
            return None
