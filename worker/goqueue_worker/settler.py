"""What a dead child had in hand, settled by its parent: recorded outcomes first, then rescue what had started, then give
back what had not. Neighbours of a job that kills its process are never counted.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.job import Outcome, Settled
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.slot_table import HeldAttempt

log = structlog.get_logger(__name__)

MAX_RESCUES: Final = 3
_FENCE_SECONDS: Final = 3600.0
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

    def __init__(self, jobs: JobStore, recovery: RecoveryStore, workers: WorkerStore, broker: RedisBroker) -> None:
        self._jobs = jobs
        self._recovery = recovery
        self._workers = workers
        self._broker = broker
        self._dead: list[DeadChild] = []
        self._lock = threading.Lock()

    def add(self, dead: DeadChild) -> None:
        """Have it settled."""
        with self._lock:
            self._dead.append(dead)

    @property
    def is_done(self) -> bool:
        """Whether nothing waits to be settled."""
        return not self._dead

    def step(self) -> float:
        """Settle the child that died first."""
        if not self._dead:
            return 0.1
        dead = self._dead[0]
        try:
            self._settle(dead)
        except StoreUnavailable as error:
            log.warning("settling_waits", worker_id=dead.worker_id, reason=str(error))
            return _AGAIN_SECONDS
        except Exception:
            with self._lock:  # whatever is wrong with this one must not keep those that died later
                self._dead.remove(dead)
                self._dead.append(dead)
            raise
        with self._lock:
            self._dead.remove(dead)
        return 0.0

    def _settle(self, dead: DeadChild) -> None:
        # The order matters: no claim and no record under this id any more, then look what it had recorded.
        self._workers.declare_lost(dead.worker_id)
        outcomes = {outcome.field: outcome for outcome in dead.unwritten} | self._recorded(dead)
        applied = self._jobs.acknowledge(dead.worker_id, list(outcomes.values())) if outcomes else []
        started = [
            (held.id, held.attempt) for held in dead.held if held.started and f"{held.id}:{held.attempt}" not in outcomes
        ]
        rescued: list[Settled] = []
        if started and not dead.shutting_down:
            rescued = self._recovery.rescue(
                dead.worker_id, started, max_rescues=MAX_RESCUES, error=f"its process died: {dead.how}"
            )
        released = self._recovery.release_all(dead.worker_id)
        self._announce(list(outcomes), [*applied, *rescued, *released])
        log.warning(
            "dead_child_settled",
            worker_id=dead.worker_id,
            how=dead.how,
            applied=len(applied),
            rescued=len(rescued),
            released=len(released),
        )

    def _recorded(self, dead: DeadChild) -> dict[str, Outcome]:
        """Outcomes that it had recorded in Redis but perhaps not written; none when Redis is away."""
        fields = [f"{held.id}:{held.attempt}" for held in dead.held]
        try:
            self._broker.fence(dead.worker_id, _FENCE_SECONDS)
            return {field: Outcome.decoded(value) for field, value in self._broker.recorded(fields).items()}
        except BrokerUnavailable as error:
            log.warning("recorded_outcomes_unknown", worker_id=dead.worker_id, reason=str(error))
            return {}

    def _announce(self, fields: list[str], settled: Sequence[Settled]) -> None:
        try:
            self._broker.ack_many(fields, [item.id for item in settled])
            self._broker.give_back([item.ref for item in settled if item.status == JobStatus.QUEUED])
        except BrokerUnavailable as error:
            log.warning("push_failed", jobs=len(settled), reason=str(error))
