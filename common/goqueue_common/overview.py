"""The whole system at one look, as GET /stats/overview and the event `stats` show it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from goqueue_common import histogram

QUEUES_SHOWN: Final = 20
_QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def quantiles(counts: Sequence[int]) -> dict[str, float | None]:
    """What is shown of a histogram: seconds, None when it is empty."""
    found = {name: histogram.quantile(counts, share) for name, share in _QUANTILES.items()}
    return {name: None if seconds is None else round(seconds, 6) for name, seconds in found.items()}


def seconds_to_drain(queued: int, in_per_minute: float, out_per_minute: float) -> float | None:
    """How long until nothing is queued if jobs come and end as they do now; None: never."""
    if queued == 0:
        return 0.0
    gain = out_per_minute - in_per_minute
    return round(queued / gain * 60, 1) if gain > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSight:
    """A queue at one look. oldest_seconds: how long its oldest queued job has waited, None: nothing is queued."""

    name: str
    queued: int
    processing: int
    paused: bool
    oldest_seconds: float | None
    in_per_minute: float
    out_per_minute: float

    def to_dict(self) -> dict[str, Any]:
        """With the time to drain."""
        drain = seconds_to_drain(self.queued, self.in_per_minute, self.out_per_minute)
        return {**asdict(self), "seconds_to_drain": None if self.paused and self.queued else drain}


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What happens now: jobs a minute by what happened to them, histograms of the waits and runs of attempts."""

    per_minute: Mapping[str, float]
    wait: Sequence[int]
    run: Sequence[int]


@dataclass(frozen=True, slots=True)
class WorkerCounts:
    """Worker processes; slots: how many jobs those that are alive and do not drain can run at once."""

    alive: int
    draining: int
    lost: int
    slots: int


@dataclass(frozen=True, slots=True)
class Leader:
    """The scheduler that fires what is due. term: of its lock, None: it leads without one."""

    id: str
    host: str
    pid: int
    term: int | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NextFire:
    """A schedule, and when it is due next."""

    name: str
    type: str
    queue: str
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerSight:
    """Scheduling at one look. alive: scheduler processes; lag_seconds: by how much the oldest of what is due is late.

    trouble: what a live scheduler, the leader before others, wants somebody to look at.
    """

    leader: Leader | None
    alive: int
    trouble: str | None
    lag_seconds: float
    fired_per_minute: float
    schedules: int
    paused: int
    next: Sequence[NextFire]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """jobs: how many there are in each status. due: for how many there is work to do now."""

    at: datetime
    jobs: Mapping[str, int]
    due: int
    queues: Sequence[QueueSight]
    activity: Activity
    workers: WorkerCounts
    scheduler: SchedulerSight

    def to_dict(self) -> dict[str, Any]:
        """As JSON shows it; times stay datetimes. Of the queues, QUEUES_SHOWN with the longest waits come first."""
        queues = sorted(self.queues, key=lambda queue: (-(queue.oldest_seconds or 0.0), -queue.queued, queue.name))
        ages = [queue.oldest_seconds for queue in queues if queue.oldest_seconds is not None]
        return {
            "at": self.at,
            "jobs": dict(self.jobs),
            "due": self.due,
            "oldest_queued_seconds": max(ages, default=None),
            "per_minute": dict(self.activity.per_minute),
            "wait_seconds": quantiles(self.activity.wait),
            "run_seconds": quantiles(self.activity.run),
            "workers": asdict(self.workers) | {"running": self.jobs["processing"]},
            "scheduler": asdict(self.scheduler),
            "queues_total": len(queues),
            "queues_paused": sum(queue.paused for queue in queues),
            "queues": [queue.to_dict() for queue in queues[:QUEUES_SHOWN]],
        }
