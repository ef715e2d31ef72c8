"""Cron schedules as typed values: what is said about one, what the API answers, and when it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, TypedDict

from goqueue.values import Value, each, read_time

CatchUp = Literal["none", "latest", "all"]
Overlap = Literal["allow", "skip"]
Source = Literal["api", "file"]


class ScheduleOptions(TypedDict, total=False):
    """What may be said about a schedule beside its type and cron; times are aware, durations are seconds.

    queue, payload, priority, max_retries, timeout, tags: of its jobs. timezone: an IANA name in which the cron is meant
    (default UTC). catch_up: which runs are made up for that were missed while no scheduler ran: none, latest (the default)
    or all, no more than catch_up_limit of them and none older than catch_up_window. overlap: allow (the default), or skip
    a run while a job of an earlier one is unfinished. jitter: jobs come up to so much later, by a hash of name and instant.
    """

    queue: str
    payload: Mapping[str, object]
    timezone: str
    priority: str
    max_retries: int | None
    timeout: float | None
    tags: Sequence[str]
    catch_up: CatchUp
    catch_up_window: float
    catch_up_limit: int
    overlap: Overlap
    jitter: float
    starts_at: datetime | None
    ends_at: datetime | None
    paused: bool


class ScheduleChanges(ScheduleOptions, total=False):
    """What can be changed of a schedule: all but its name."""

    type: str
    cron: str


class PreviewOptions(TypedDict, total=False):
    """n: how many runs, 1 to 100, by default 10. starts_at, ends_at: aware times between which they lie."""

    starts_at: datetime
    ends_at: datetime
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRun(Value):
    """One instant of a schedule that was fired or skipped.

    scheduled_for: the cron's instant, or when somebody ran it by hand (manual). lateness: seconds from it to the fire.
    outcome: skipped, deleted (its job is), or the status of its job. missed: runs that were left out just before it.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"fired_at": read_time}

    schedule: str
    scheduled_for: datetime
    fired_at: datetime | None = None
    lateness: float = 0.0
    job_id: str | None = None
    outcome: str
    manual: bool = False
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun(Value):
    """An instant at which a schedule will run: in UTC, and with the offset of its zone."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"at": read_time, "local": datetime.fromisoformat}

    at: datetime
    local: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Value):
    """A schedule as it was when the API answered; see ScheduleOptions for what can be set.

    words: the cron in English. max_retries, timeout: None: as its handler says. payload: None in lists, which have only the
    beginning of it as text, payload_preview. source: api, or file: then nothing but pause, resume and run is allowed, and
    dropped_at says since when the file has it no more. version: grows with each change, not with runs. due_after: every
    instant until then has been dealt with. next_at: None while it is paused, or when it fires no more.
    next, runs: only in lists that asked for them.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        **dict.fromkeys(("starts_at", "ends_at", "dropped_at", "due_after", "next_at"), read_time),
        "last_run": ScheduleRun.from_json,
        "next": each(NextRun.from_json),
        "runs": each(ScheduleRun.from_json),
    }

    name: str
    type: str
    queue: str
    cron: str
    version: int
    payload: Mapping[str, object] | None = None
    payload_preview: str | None = None
    timezone: str = "UTC"
    words: str = ""
    priority: str = "normal"
    max_retries: int | None = None
    timeout: float | None = None
    tags: tuple[str, ...] = ()
    catch_up: str = "latest"
    catch_up_window: float = 86_400.0
    catch_up_limit: int = 100
    overlap: str = "allow"
    jitter: float = 0.0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    paused: bool = False
    paused_at: datetime | None = None
    paused_by: str | None = None
    source: str = "api"
    dropped_at: datetime | None = None
    due_after: datetime | None = None
    next_at: datetime | None = None
    last_run: ScheduleRun | None = None
    next: tuple[NextRun, ...] = ()
    runs: tuple[ScheduleRun, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def etag(self) -> str:
        """Names this state of its definition, as the API does."""
        return f'"{self.version}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneTransition(Value):
    """When a zone's clocks change next.

    from_offset, to_offset: such as +01:00. local_before, local_after: what the clocks show then. effect: a sentence on what
    the cron does at it.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        "at": read_time,
        **dict.fromkeys(("local_before", "local_after"), datetime.fromisoformat),
    }

    at: datetime
    from_offset: str
    to_offset: str
    local_before: datetime | None = None
    local_after: datetime | None = None
    effect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePreview(Value):
    """What a cron would do. words: it in English. next: its first runs. transition: None: the clocks are never changed."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        "next": each(NextRun.from_json),
        "transition": ZoneTransition.from_json,
    }

    cron: str
    timezone: str
    words: str = ""
    next: tuple[NextRun, ...] = ()
    transition: ZoneTransition | None = None
