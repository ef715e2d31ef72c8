"""Workers, what they run, and what bounds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from goqueue.values import Progress, Value, each


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitInfo(Value):
    """How many jobs of a queue or a type may run at once over all workers, and how many do. kind: queue or type."""

    kind: str
    name: str
    max_running: int
    running_count: int = 0
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob(Value):
    """What a worker has in hand: it runs, or starts in a moment."""

    job_id: str
    type: str
    queue: str
    attempt: int
    started_at: datetime | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerInfo(Value):
    """One process of a worker: what claims and runs jobs under a lease of its own.

    state: alive, draining, drained, lost or stopped. queues: None: every queue there is. slots: how many jobs it runs at
    once. heartbeat_age, lease: seconds. running: the longest held first, 100 of running_count at most.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"running": each(RunningJob.from_json)}

    id: str
    host: str
    pid: int
    version: str
    state: str
    queues: tuple[str, ...] | None = None
    types: tuple[str, ...] = ()
    slots: int = 0
    started_at: datetime | None = None
    heartbeat_age: float = 0.0
    lease: float = 0.0
    drain_requested_at: datetime | None = None
    ended_at: datetime | None = None
    memory_bytes: int | None = None
    running_count: int = 0
    running: tuple[RunningJob, ...] = ()
