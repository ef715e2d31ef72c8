"""Looks after running attempts from outside: timeouts, cancel requests, and threads that ignore both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from goqueue_common.clock import Clock
from goqueue_worker.attempt import Attempt, InterruptReason, RunningSlot
from goqueue_worker.pool import Pool

log = structlog.get_logger(__name__)

_STEP_SECONDS: Final = 0.05
_AGAIN_SECONDS: Final = 1.0


class Watchdog:
    """Touches no store, so that an absent one never delays a timeout."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        *,
        cancel_grace: float,
        interrupt_grace: float,
        on_stuck: Callable[[Attempt], None],
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._cancel_grace = cancel_grace
        self._interrupt_grace = interrupt_grace
        self._on_stuck = on_stuck
        self._told_at: dict[int, float] = {}

    def step(self) -> float:
        """Interrupt what is due; how long until the next look."""
        now = self._clock.boottime()
        running = self._pool.running()
        for slot, attempt in running:
            reason = attempt.reason or self._due(attempt, now)
            if reason is not None:
                self._interrupt(slot, attempt, reason, now)
        if self._told_at:
            alive = {id(attempt) for _, attempt in running}
            self._told_at = {key: at for key, at in self._told_at.items() if key in alive}
        return _STEP_SECONDS

    def request_cancel(self, job_id: str, attempt_number: int) -> None:
        """Somebody wants this attempt cancelled: flag now, interruption after the grace."""
        for _, attempt in self._pool.running():
            if attempt.job.id == job_id and attempt.job.attempt == attempt_number:
                attempt.request_cancel(self._clock.boottime())

    def _due(self, attempt: Attempt, now: float) -> InterruptReason | None:
        if attempt.timeout_seconds is not None and now - attempt.started_at > attempt.timeout_seconds:
            return InterruptReason.TIMEOUT
        if attempt.cancel_requested_at is not None and now - attempt.cancel_requested_at > self._cancel_grace:
            return InterruptReason.CANCEL
        return None

    def _interrupt(self, slot: RunningSlot, attempt: Attempt, reason: InterruptReason, now: float) -> None:
        first = attempt.interrupted_at is None
        if not first and now - self._told_at.get(id(attempt), 0.0) < _AGAIN_SECONDS:
            return
        self._told_at[id(attempt)] = now
        if not slot.interrupt(attempt, reason, now):
            return
        job = attempt.job
        if first:
            log.info("attempt_interrupted", job_id=job.id, type=job.type, attempt=job.attempt, reason=str(reason))
        elif attempt.interrupted_at is not None and now - attempt.interrupted_at > self._interrupt_grace:
            self._on_stuck(attempt)
