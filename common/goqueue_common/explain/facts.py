"""What a job's explanation is made of, as PostgreSQL and this process knew it at one moment. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from goqueue_common.explain.explanation import span
from goqueue_common.job import Priority
from goqueue_common.job_filter import Count
from goqueue_common.lifecycle import JobStatus
from goqueue_common.limit_store import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """The job's row, without its documents. error: its first characters.

    has_begun_alone: this attempt of a job that died before has really begun; else its worker only holds it.
    """

    id: str
    queue: str
    type: str
    status: JobStatus
    priority: Priority
    attempts: int = 0
    failures: int = 0
    max_retries: int = 0
    rescues: int = 0
    timeout_seconds: float | None = None
    run_at: datetime | None = None
    expires_at: datetime | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    no_handler_since: datetime | None = None
    worker_id: str | None = None
    has_begun_alone: bool = False
    failure_reason: str | None = None
    error: str | None = None


class Pause(NamedTuple):
    """Of the job's queue."""

    since: datetime
    by: str


class Holder(NamedTuple):
    """The worker that a job in processing names, as its row has it."""

    host: str
    pid: int
    state: str
    beat_at: datetime
    lease_seconds: float
    ended_at: datetime | None

    @property
    def lease_ends_at(self) -> datetime:
        """When others may take back what it holds, unless it beats before."""
        return self.ended_at or self.beat_at + timedelta(seconds=self.lease_seconds)

    def is_live(self, now: datetime) -> bool:
        """Whether its lease lasts."""
        return self.state == "alive" and now <= self.lease_ends_at


class Fleet(NamedTuple):
    """How many workers live, by what they could do for the job; each number is one of child processes.

    serving: its queue. knowing: its type. able: both. ready: these, without those that drain. slots, taken: of the ready.
    """

    live: int = 0
    serving: int = 0
    knowing: int = 0
    able: int = 0
    ready: int = 0
    slots: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is not asked for a job of this status is None, or empty.

    holder: None, too, when the row of its worker is gone. ahead: queued jobs of its queue that go before it.
    out_per_minute: jobs that ended in its queue lately. is_redis_away: as this process knows it.
    """

    now: datetime
    job: JobFacts
    pause: Pause | None = None
    holder: Holder | None = None
    fleet: Fleet | None = None
    limits: Sequence[Limit] = ()
    ahead: Count | None = None
    out_per_minute: float | None = None
    is_redis_away: bool = False

    @property
    def is_due(self) -> bool:
        """Whether the job's time has come."""
        return self.job.run_at is None or self.job.run_at <= self.now

    @property
    def can_be_rescued(self) -> bool:
        """Whether any worker lives, which would take back what a lost one held."""
        return self.fleet is None or self.fleet.live > 0

    @property
    def seconds_behind(self) -> float | None:
        """How long those before it take at the rate of late; None: nothing ended lately."""
        if self.ahead is None or not self.ahead.value:
            return 0.0
        return round(self.ahead.value * 60.0 / self.out_per_minute, 1) if self.out_per_minute else None

    def ago(self, moment: datetime | None) -> str:
        """`4 minutes ago`."""
        return "at a time not known" if moment is None else f"{span((self.now - moment).total_seconds())} ago"

    def from_now(self, moment: datetime | None) -> str:
        """`in 4 minutes`; what has passed is `in a moment`."""
        seconds = 0.0 if moment is None else (moment - self.now).total_seconds()
        return f"in {span(seconds)}" if seconds > 0 else "in a moment"
