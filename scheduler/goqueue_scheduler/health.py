"""What a scheduler says of itself to probes and to Prometheus. Asks nobody anything.

Followers are as ready as the leader: a rolling update must not wait for a lock, nor Kubernetes end whoever has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from goqueue_common.background.runner import Pulse
from goqueue_common.metrics import catalogue
from goqueue_common.metrics.family import Sample
from goqueue_common.metrics.page import CONTENT_TYPE, gauge, page
from goqueue_common.probes.server import Answer, Text, TextAnswer
from goqueue_scheduler.api_reach import ApiReach
from goqueue_scheduler.election import Election
from goqueue_scheduler.fire_counts import FireCounts
from goqueue_scheduler.schedule_book import ScheduleBook

STILL_SECONDS: Final[Mapping[str, float]] = {"ticker": 60.0, "election": 30.0, "presence": 60.0, "housekeeping": 300.0}
"""Loops, and how long a step of each may take: what they wait for has a deadline below it. Housekeeping may read ten
thousand schedules from an API that takes seconds for each page of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What there is to look at, all of it from any thread.

    pulses: those of the loops in STILL_SECONDS. file_trouble: None where there is no schedules file.
    """

    scheduler_id: str
    pulses: Mapping[str, Pulse]
    election: Election
    book: ScheduleBook
    reach: ApiReach
    counts: FireCounts
    lag_seconds: Callable[[], float]
    file_trouble: Callable[[], str | None] | None
    is_stopping: Callable[[], bool]


class Health:
    """Looks at the vitals when asked."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def alive(self) -> Answer:
        """200, or 503 with what stands still."""
        reasons = [
            f"the {name} has stood still for {pulse.age_seconds:.0f} s"
            for name, pulse in self._vitals.pulses.items()
            if pulse.age_seconds > STILL_SECONDS[name]
        ]
        return (503, {"status": "failing", "reasons": reasons}) if reasons else (200, {"status": "ok"})

    def ready(self) -> Answer:
        """200 once the schedules have been read, until it stops; what it is, how it goes, and what answers."""
        vitals = self._vitals
        loaded, status = vitals.book.loaded, self._status()
        document: dict[str, Any] = {
            "status": status,
            "id": vitals.scheduler_id,
            "role": vitals.election.role,
            "term": vitals.election.term,
            "lag": round(vitals.lag_seconds(), 3),
            "fired": vitals.counts.fired,
            "schedules": None if loaded is None else loaded.size,
            "not_understood": None if loaded is None else loaded.unread,
            "trouble": None if vitals.file_trouble is None else vitals.file_trouble(),
            "redis": "ok" if vitals.election.redis_answers else "degraded",
            "api": "ok" if vitals.reach.is_answered else "degraded",
        }
        if status == "starting":
            document["why"] = "the schedules have not been read yet: the log says why"
        return (200 if status == "ready" else 503), document

    def metrics(self) -> TextAnswer:
        """The whole page, in Prometheus' text format."""
        return 200, Text(page(chain(self._vitals.counts.samples(), self._gauges())), CONTENT_TYPE)

    def _status(self) -> str:
        if self._vitals.is_stopping():
            return "stopping"
        return "starting" if self._vitals.book.loaded is None else "ready"

    def _gauges(self) -> Iterator[Sample]:
        vitals = self._vitals
        loaded = vitals.book.loaded
        yield gauge(catalogue.SCHEDULER_LEADER, value=float(vitals.election.may_fire))
        yield gauge(catalogue.SCHEDULER_LAG, value=vitals.lag_seconds())
        yield gauge(catalogue.SCHEDULER_TERM, value=vitals.election.term or 0)
        yield gauge(catalogue.SCHEDULER_SCHEDULES, value=0 if loaded is None else loaded.size)
        if vitals.file_trouble is not None:
            yield gauge(catalogue.SCHEDULER_FILE_OK, value=float(vitals.file_trouble() is None))
        yield gauge(catalogue.STORE_UP, "redis", value=float(vitals.election.redis_answers))
