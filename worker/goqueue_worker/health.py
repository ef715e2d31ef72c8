"""What a worker says of itself to probes: /healthz fails when a restart would help, /readyz while it claims nothing.

A store that is away is not cured by a restart, so it never fails liveness; but a worker that is alive and consumes nothing
says so, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from goqueue_common.background.runner import Pulse
from goqueue_common.clock import Clock
from goqueue_common.probes.server import Answer
from goqueue_common.probes.store_ping import StorePing
from goqueue_worker.child_process import ChildProcess
from goqueue_worker.slot_table import Claiming

_STILL_SECONDS: Final = 30.0
"""Whatever the parent's loops wait for, a store or the end of a child, has a deadline well below this."""
_WAITS_FOR: Final = {
    Claiming.STARTING: "its first look for jobs is under way",
    Claiming.BACKLOG: "outcomes of finished jobs wait for PostgreSQL, and their buffer is full",
    Claiming.POSTGRES: "PostgreSQL is away",
    Claiming.FAILING: "claiming fails; the log says why",
    Claiming.DRAINED: "it was told to drain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What there is to look at, all of it from any thread. heartbeat_seconds: how old its pulse may be."""

    children: Callable[[], Sequence[ChildProcess]]
    main_loop: Pulse
    heartbeat: Pulse
    heartbeat_seconds: float
    postgres: StorePing
    redis: StorePing
    is_stopping: Callable[[], bool]


class Health:
    """Looks at the vitals when asked; touches no store."""

    def __init__(self, vitals: Vitals, clock: Clock) -> None:
        self._vitals = vitals
        self._clock = clock

    def alive(self) -> Answer:
        """200, or 503 with what stands still."""
        reasons = [*self._own_reasons(), *self._children_reasons()]
        return (503, {"status": "failing", "reasons": reasons}) if reasons else (200, {"status": "ok"})

    def ready(self) -> Answer:
        """200 while at least one child claims, or all were told to drain, else 503; what each child does, and which stores
        answer.
        """
        children = [self._described(child) for child in self._vitals.children()]
        status = self._status(children)
        document: dict[str, Any] = {"status": status, "claiming": status == "ready"}
        if status == "stopping":
            document["why"] = "the worker is stopping"
        elif status != "ready":
            document["why"] = "; ".join(dict.fromkeys(child["why"] for child in children)) or "no child runs"
        document["postgres"] = "ok" if self._vitals.postgres.is_answered else "degraded"
        document["redis"] = "ok" if self._vitals.redis.is_answered else "degraded"
        document["children"] = children
        return (200 if status in ("ready", "drained") else 503), document

    @property
    def claiming(self) -> int:
        """How many children claim."""
        return sum(self._why_not_claiming(child) is None for child in self._vitals.children())

    def _own_reasons(self) -> list[str]:
        loops = (
            ("main loop", self._vitals.main_loop, _STILL_SECONDS),
            ("heartbeat", self._vitals.heartbeat, max(_STILL_SECONDS, self._vitals.heartbeat_seconds)),
        )
        return [
            f"the {name} has stood still for {pulse.age_seconds:.0f} s"
            for name, pulse, limit in loops
            if pulse.age_seconds > limit
        ]

    def _children_reasons(self) -> list[str]:
        return [
            f"the {loop.label} of child {child.number} has stood still for {child.life.still_seconds[loop]:.0f} s"
            for child in self._vitals.children()
            if (loop := child.life.doubtful_loop()) is not None
        ]

    def _status(self, children: Sequence[dict[str, Any]]) -> str:
        if self._vitals.is_stopping():
            return "stopping"
        if any(child["claiming"] for child in children):
            return "ready"
        if children and all(child["why"] == _WAITS_FOR[Claiming.DRAINED] for child in children):
            return "drained"
        return "waiting" if any("worker_id" in child for child in children) else "starting"

    def _described(self, child: ChildProcess) -> dict[str, Any]:
        document: dict[str, Any] = {"child": child.number, "pid": child.pid}
        why = self._why_not_claiming(child)
        document["claiming"] = why is None
        if why is not None:
            document["why"] = why
        if child.worker_id is None:
            return document
        held, running = child.table.counts()
        return document | {
            "worker_id": child.worker_id,
            "held": held,
            "running": running,
            "lease_seconds_left": round(self._lease_left(child), 1),
            "seconds_since": {loop.label: seconds for loop, seconds in child.life.still_seconds.items()},
        }

    def _why_not_claiming(self, child: ChildProcess) -> str | None:
        if child.worker_id is None:
            return "it is starting"
        if self._vitals.is_stopping() or child.is_ending:
            return "it is ending"
        if child.life.doubtful_loop() is not None:
            return "one of its loops stands still"
        if self._lease_left(child) <= 0:
            return "its lease has run out: heartbeats do not reach PostgreSQL"
        if not self._vitals.postgres.is_answered:
            return _WAITS_FOR[Claiming.POSTGRES]
        return _WAITS_FOR.get(child.table.claiming)

    def _lease_left(self, child: ChildProcess) -> float:
        return child.table.lease_deadline - self._clock.boottime()
