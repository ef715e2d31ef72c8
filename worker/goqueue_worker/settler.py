"""What a dead child had in hand, settled by its parent, which knows what had started: neighbours of a job that kills its
process are never counted.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from goqueue_common.errors import StoreUnavailable
from goqueue_common.job import Outcome
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.recovery import Recovery
from goqueue_worker.slot_table import HeldAttempt

log = structlog.get_logger(__name__)

_AGAIN_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadChild:
    """A child whose process has really ended. unwritten: outcomes of its own that only its end made true."""

    worker_id: str
    held: Sequence[HeldAttempt]
    unwritten: Sequence[Outcome]
    how: str
    shutting_down: bool = False


class Settler:
    """`step` settles one dead child; one that cannot be settled now is tried again."""

    def __init__(self, workers: WorkerStore, recovery: Recovery) -> None:
        self._workers = workers
        self._recovery = recovery
        self._dead: list[DeadChild] = []
        self._lock = threading.Lock()

    def add(self, dead: DeadChild) -> None:
        """Have it settled."""
        with self._lock:
            self._dead.append(dead)

    @property
    def is_done(self) -> bool:
        """Whether nothing waits to be settled."""
        with self._lock:
            return not self._dead

    def leave(self) -> None:
        """Leave to others what cannot be settled before this worker ends, with what is known of it; after the last step."""
        with self._lock:
            left, self._dead = self._dead, []
        for dead in left:
            self._leave_word(dead)

    def step(self) -> float:
        """Settle the child that died first."""
        with self._lock:
            if not self._dead:
                return 0.1
            dead = self._dead.pop(0)
            self._dead.append(dead)  # whatever is wrong with this one must not keep those that died later
        try:
            is_settled = self._settle(dead)
        except StoreUnavailable as error:
            log.warning("settling_waits", worker_id=dead.worker_id, reason=str(error))
            is_settled = False
        if not is_settled:
            self._leave_word(dead)  # others take over soon, and see only rows
            return _AGAIN_SECONDS
        with self._lock, suppress(ValueError):  # given up meanwhile
            self._dead.remove(dead)
        return 0.0

    def _leave_word(self, dead: DeadChild) -> None:
        """What runs at the end of a worker is not counted against its job; what was the death of a process may be."""
        uncounted = [item for item in dead.held if dead.shutting_down or not item.running]
        self._recovery.leave_word(dead.worker_id, uncounted, dead.unwritten)

    def _settle(self, dead: DeadChild) -> bool:
        self._workers.declare_lost(dead.worker_id)
        self._recovery.tell_lost(dead.worker_id)
        error = None if dead.shutting_down else f"its process died: {dead.how}"
        taken = self._recovery.take_back(dead.worker_id, dead.held, error=error, unwritten=dead.unwritten)
        event = "settling_waits" if taken.left else "dead_child_settled"
        log.warning(event, worker_id=dead.worker_id, how=dead.how, **taken._asdict())
        return taken.left == 0
