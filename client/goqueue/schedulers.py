"""Schedulers by the client: the processes that fire schedules, what they tell the API, and how it answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from goqueue.answers import read_items, read_value
from goqueue.errors import UnexpectedAnswer
from goqueue.schedule_values import Schedule
from goqueue.schedules import read_pages
from goqueue.submission import encode
from goqueue.transport import Request, Transport, path_word
from goqueue.values import Value, each, read_time


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerInfo(Value):
    """One scheduler process. state: alive, lost or ended.

    leads: whether it fires. term: how many leaders there had been when it was elected, None: it leads not, or without
    Redis. lag: seconds by which it is behind. fired: jobs it has made since it started. trouble: what somebody should
    look at, such as a schedules file that is not understood; None: nothing.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"seen_at": read_time}

    id: str
    host: str
    pid: int
    version: str
    state: str
    leads: bool = False
    term: int | None = None
    lag: float = 0.0
    fired: int = 0
    trouble: str | None = None
    started_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerLeader(Value):
    """The scheduler that fires. term: as in SchedulerInfo. since: when it was elected, if that is known."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"since": read_time}

    id: str
    host: str
    pid: int
    term: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingRun(Value):
    """When which schedule runs next."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"next_at": read_time}

    name: str
    type: str
    queue: str
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerSight(Value):
    """All schedulers and schedules at one look, as Overview has it.

    leader: None: nothing fires, or nobody knows who does. alive: scheduler processes. trouble: what somebody should look
    at, as one of them says it. lag_seconds: by how much the leader is behind, None: there is none. schedules: how many,
    paused of them. next: those that run next, 5 at most.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        "leader": SchedulerLeader.from_json,
        "next": each(ComingRun.from_json),
    }

    leader: SchedulerLeader | None = None
    alive: int = 0
    trouble: str | None = None
    lag_seconds: float | None = None
    fired_per_minute: float = 0.0
    schedules: int = 0
    paused: int = 0
    next: tuple[ComingRun, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSnapshot:
    """All schedules. at: the API's clock, and revision: that of the definitions, both from before the first was read."""

    at: datetime
    revision: int
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, slots=True)
class Fire:
    """An instant to fire. version: of the schedule as it was known. missed: how many were left out just before it."""

    schedule: str
    scheduled_for: datetime
    version: int
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FireAnswer(Value):
    """What became of an instant.

    outcome: fired; replayed (it was fired before); skipped (an earlier job of it is unfinished); paused; gone (there is no
    such schedule); changed (it has another version: read it anew); passed (instants after it have been dealt with); ahead
    (it lies too far in the future). job_id: of fired and replayed.
    """

    schedule: str
    scheduled_for: datetime
    outcome: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FireReport(Value):
    """The answers to the instants, in their order; at: the API's clock."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"at": read_time, "items": each(FireAnswer.from_json)}

    at: datetime
    items: tuple[FireAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport(Value):
    """What a file of schedules changed, as names; unchanged: how many it left alone. at: the API's clock.

    paused: they have runs, so they were not removed.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        "at": read_time,
        **dict.fromkeys(("created", "updated", "removed", "paused"), tuple),
    }

    at: datetime
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerAnswer(Value):
    """at: the API's clock. revision: grows with each change of a schedule's definition."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"at": read_time}

    at: datetime
    revision: int


class SchedulerCalls:
    """The part of Client for schedulers. All of it may be asked twice: the API fires no instant a second time."""

    _transport: Transport

    def schedulers(self) -> list[SchedulerInfo]:
        """The scheduler processes; the lost and ended ones of the last hour among them."""
        return read_items(SchedulerInfo.from_json, self._transport.call(Request("GET", "/schedulers")))

    def schedule_snapshot(self) -> ScheduleSnapshot:
        """All schedules; a change made while they are read shows in the next revision."""
        first: SchedulerAnswer | None = None
        found: list[Schedule] = []
        for page in read_pages(self._transport, "/schedules"):
            first = first or read_value(SchedulerAnswer.from_json, page.document)
            found += read_items(Schedule.from_json, page)
        if first is None:
            raise UnexpectedAnswer("there was no page of schedules")
        return ScheduleSnapshot(at=first.at, revision=first.revision, schedules=tuple(found))

    def fire_schedules(self, fires: Sequence[Fire]) -> FireReport:
        """Have the jobs of 1 to 10,000 instants made, all in one transaction; those of one schedule in rising order.

        Raises InvalidRequest and what every call may raise.
        """
        document = {"runs": [_fire_document(fire) for fire in fires]}
        request = Request("POST", "/schedules/fire", body=encode(document))
        report = read_value(FireReport.from_json, self._transport.call(request).document)
        if len(report.items) != len(fires):
            raise UnexpectedAnswer(f"{len(fires)} instants were sent, {len(report.items)} came back")
        return report

    def sync_schedules(self, definitions: Sequence[Mapping[str, object]]) -> SyncReport:
        """Have the schedules of source `file` be exactly these, up to 10,000; all or nothing.

        Raises InvalidRequest, whose pointers are such as /schedules/3/cron, and Conflict (another schedule has the name).
        """
        request = Request("POST", "/schedules/sync", body=encode({"schedules": list(definitions)}))
        return read_value(SyncReport.from_json, self._transport.call(request).document)

    def report_scheduler(
        self,
        scheduler_id: str,
        *,
        host: str,
        pid: int,
        version: str,
        leads: bool,
        term: int | None,
        lag: float,
        fired: int,
        trouble: str | None = None,
        ended: bool = False,
    ) -> SchedulerAnswer:
        """Say that a scheduler lives, or has ended; see SchedulerInfo. trouble: a line of at most 500 characters."""
        document: dict[str, object] = {
            "host": host,
            "pid": pid,
            "version": version,
            "leads": leads,
            "term": term,
            "lag": lag,
            "fired": fired,
            "trouble": trouble,
            "ended": ended,
        }
        request = Request("PUT", f"/schedulers/{path_word(scheduler_id)}", body=encode(document))
        return read_value(SchedulerAnswer.from_json, self._transport.call(request).document)


def _fire_document(fire: Fire) -> dict[str, object]:
    return {
        "schedule": fire.schedule,
        "scheduled_for": fire.scheduled_for,
        "version": fire.version,
        "missed": fire.missed,
    }
