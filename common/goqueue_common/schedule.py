"""A schedule: its definition, how it stands, its runs. Pure; goqueue_common.cron says when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from goqueue_common.cron.due import CatchUp
from goqueue_common.job import Priority

AHEAD_SECONDS: Final = 60.0
"""How far ahead of PostgreSQL's clock an instant may be fired."""


class Overlap(StrEnum):
    """What happens when a schedule is due while a job of it is unfinished."""

    ALLOW = "allow"
    SKIP = "skip"


class Source(StrEnum):
    """Who keeps a schedule: people by the API, or the schedules file."""

    API = "api"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a schedule is to do, as people write it; valid by construction (schedule_definition.read_definition).

    payload: encoded JSON. max_retries, timeout_seconds None: as the handler of the type says. paused None: not said.
    """

    name: str
    type: str
    queue: str
    payload: bytes
    cron: str
    timezone: str
    priority: Priority
    max_retries: int | None
    timeout_seconds: float | None
    tags: tuple[str, ...]
    catch_up: CatchUp
    catch_up_window_seconds: float
    catch_up_limit: int
    overlap: Overlap
    jitter_seconds: float
    starts_at: datetime | None
    ends_at: datetime | None
    paused: bool | None = None

    def to_document(self) -> dict[str, Any]:
        """As people write it, every member but paused."""
        return {
            "name": self.name,
            "type": self.type,
            "queue": self.queue,
            "payload": orjson.loads(self.payload),
            "cron": self.cron,
            "timezone": self.timezone,
            "priority": self.priority.label,
            "max_retries": self.max_retries,
            "timeout": self.timeout_seconds,
            "tags": list(self.tags),
            "catch_up": self.catch_up,
            "catch_up_window": self.catch_up_window_seconds,
            "catch_up_limit": self.catch_up_limit,
            "overlap": self.overlap,
            "jitter": self.jitter_seconds,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An instant that was fired, or skipped because of an overlap (job_id None).

    outcome: skipped, the status of its job, or deleted. manual: by hand, whatever the cron says; scheduled_for is when it
    was asked for, then. missed: how many instants before it were left out as the catch-up policy has it.
    """

    schedule: str
    scheduled_for: datetime
    fired_at: datetime
    job_id: str | None
    outcome: str
    manual: bool
    missed: int

    def to_dict(self) -> dict[str, Any]:
        """As the API shows it. lateness: seconds."""
        return {
            "schedule": self.schedule,
            "scheduled_for": self.scheduled_for,
            "fired_at": self.fired_at,
            "lateness": max(0.0, round((self.fired_at - self.scheduled_for).total_seconds(), 3)),
            "job_id": self.job_id,
            "outcome": self.outcome,
            "manual": self.manual,
            "missed": self.missed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule as it stands.

    version: grows with every change of its definition and with every pause. due_after: everything at or before it has been
    dealt with. next_at: the next instant, None while it is paused or when there is none. dropped_at: since when the
    schedules file has it no more.
    """

    definition: Definition
    source: Source
    version: int
    due_after: datetime
    next_at: datetime | None
    paused_at: datetime | None
    paused_by: str | None
    dropped_at: datetime | None
    last_run: Run | None
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """What it is called."""
        return self.definition.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """A request to make the job of an instant. version: of the schedule as whoever asks knows it; missed: see Run."""

    schedule: str
    scheduled_for: datetime
    version: int
    missed: int = 0


class FireOutcome(StrEnum):
    """What became of a Fire."""

    FIRED = "fired"
    REPLAYED = "replayed"
    """It was fired before; there is a job of it."""
    SKIPPED = "skipped"
    """A job of the schedule is unfinished, and its overlap policy says skip; that is recorded as its run."""
    PAUSED = "paused"
    GONE = "gone"
    """There is no schedule of this name."""
    CHANGED = "changed"
    """The schedule has another version: read it again."""
    PASSED = "passed"
    """It is not after what the schedule is due after, and there is no run of it: it was left out before."""
    AHEAD = "ahead"
    """It lies more than AHEAD_SECONDS ahead of PostgreSQL's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """The answer to a Fire. job_id: None unless it is fired or replayed."""

    schedule: str
    scheduled_for: datetime
    outcome: FireOutcome
    job_id: str | None = None


def idempotency_key(name: str, scheduled_for: datetime) -> str:
    """The key under which the job of an instant is submitted."""
    return f"schedule:{name}:{scheduled_for.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
