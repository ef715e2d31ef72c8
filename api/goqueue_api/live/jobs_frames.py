"""Entries about jobs come by the hundred a second; people are told twice a second, of the first at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import orjson
import structlog

from goqueue_api.live.frames import frame
from goqueue_common.broker.event_stream import Entry, Position
from goqueue_common.live_events import LISTED_AT_MOST, Topic

log = structlog.get_logger(__name__)

INTERVAL_SECONDS: Final = 0.5
_HURRIED_SECONDS: Final = 0.05


class JobsFrames:
    """Adds entries up to one event. Not for use from several threads at once."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last: Position | None = None
        self._count = 0
        self._statuses: dict[str, dict[str, int]] = {}
        self._jobs: dict[str, list[Any]] | None = {}
        self._due_at = float("-inf")

    def add(self, entry: Entry) -> list[str]:
        """Take in an entry on Topic.JOBS; the ids that it names."""
        try:
            news = orjson.loads(entry.news)
            count, statuses, listed = news["n"], news["statuses"], news["jobs"]
        except (KeyError, TypeError, ValueError):  # of another release, or nobody of ours has written it
            log.warning("live_entry_unreadable", position=str(entry.position))
            return []
        self._last = entry.position
        self._count += count
        for status, queues in statuses.items():
            counts = self._statuses.setdefault(status, {})
            for queue, count in queues.items():
                counts[queue] = counts.get(queue, 0) + count
        if listed is None:
            self._jobs = None
            return []
        if self._jobs is not None:
            self._jobs.update({job[0]: job for job in listed})
            if len(self._jobs) > LISTED_AT_MOST:
                self._jobs = None
        return [job[0] for job in listed]

    @property
    def due_in(self) -> float | None:
        """Seconds until what has been added may be sent, 0: now; None: there is nothing."""
        return None if self._last is None else max(0.0, self._due_at - self._monotonic())

    @property
    def hurried_in(self) -> float:
        """Seconds until it may be sent before its time, because somebody waits for that."""
        return max(0.0, self._due_at - INTERVAL_SECONDS + _HURRIED_SECONDS - self._monotonic())

    def take(self) -> tuple[bytes, Position] | None:
        """The event, and the position of its last entry; None: there is nothing."""
        last = self._last
        if last is None:
            return None
        jobs = None if self._jobs is None else list(self._jobs.values())
        made = frame(Topic.JOBS, {"n": self._count, "statuses": self._statuses, "jobs": jobs}, last)
        self._last, self._count, self._statuses, self._jobs = None, 0, {}, {}
        self._due_at = self._monotonic() + INTERVAL_SECONDS
        return made, last
