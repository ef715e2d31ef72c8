"""Declares workers lost whose lease has run out, and takes back what they held.

Nobody is judged after an outage of the judge: a PostgreSQL that was away for longer than a lease would else make every
worker lost and every running job run twice.
"""

from __future__ import annotations

import time
from typing import Final

import structlog

from goqueue_common.recovery_store import RESCUE_GRACE_SECONDS, RecoveryStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.recovery import Recovery
from goqueue_worker.slot_table import HeldAttempt
from goqueue_worker.steadiness import Steadiness

log = structlog.get_logger(__name__)

_STEP_SECONDS: Final = 0.5
_LONGEST_STEP: Final = 2.0
_LOOKING_SHARE: Final = 0.05
"""Of the time; a look is slow while an old transaction keeps the entries of all that has run since."""


class Rescuer:
    """`step` is one round. steadiness: of this worker's own heartbeat."""

    def __init__(self, workers: WorkerStore, store: RecoveryStore, recovery: Recovery, steadiness: Steadiness) -> None:
        self._workers = workers
        self._store = store
        self._recovery = recovery
        self._steadiness = steadiness

    def step(self) -> float:
        """Judge, then rescue: also rows of workers that were declared lost earlier. Raises StoreUnavailable."""
        began = time.monotonic()
        standing = self._steadiness.standing()
        lost = [] if standing is None else self._workers.declare_stale_lost(standing.seconds, standing.until)
        for worker_id in lost:
            log.error("worker_declared_lost", worker_id=worker_id)
            self._recovery.tell_lost(worker_id)
        orphaning = self._store.orphaning_workers(RESCUE_GRACE_SECONDS)
        seconds = time.monotonic() - began
        for worker_id in dict.fromkeys([*lost, *orphaning]):
            self._take_over(worker_id)
        return min(max(_STEP_SECONDS, seconds / _LOOKING_SHARE), _LONGEST_STEP)

    def _take_over(self, worker_id: str) -> None:
        held = [HeldAttempt(row.id, row.attempt, running=row.counts) for row in self._store.held(worker_id)]
        if not held:
            return
        taken = self._recovery.take_back(worker_id, held, error="its worker was lost: no heartbeat for a whole lease")
        if taken.left < len(held):  # else somebody holds them all, and so in the next round
            log.warning("worker_rescued", worker_id=worker_id, **taken._asdict())
