"""Writing outcomes: gathered for a few milliseconds, recorded in Redis, written by one guarded UPDATE, forgotten in Redis.
Rows that somebody holds are passed over and tried again.

Neither a dead worker nor an absent PostgreSQL loses what already ran: the record in Redis outlives the one, and what
cannot be written waits here for the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Final

import structlog

from goqueue_common.attempts import AttemptOutcome, remembered
from goqueue_common.broker.contract import Broker
from goqueue_common.clock import Clock, SystemClock
from goqueue_common.dispatch_store import DispatchStore
from goqueue_common.errors import BrokerUnavailable, GoQueueError, QueryTimeout, StoreUnavailable
from goqueue_common.fingerprint import fingerprint
from goqueue_common.job import Outcome, Settled
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.live_events import jobs_news
from goqueue_worker.attempt import Attempt

log = structlog.get_logger(__name__)

_GATHER_SECONDS: Final = 0.002
_BATCH: Final = 1_000
_LONGEST_PAUSE: Final = 2.0
_HELD_UP_SECONDS: Final = 0.1
"""Until rows that somebody holds are tried again, if there is nothing else to write."""
MAX_BACKLOG_BYTES: Final = 32 * 1024 * 1024
"""Outcomes that wait for an absent PostgreSQL; at this bound the worker claims no more."""
_CLOCK: Final = SystemClock()

Finished = tuple[Attempt, Outcome]


class Acknowledger:
    """Gathers outcomes of all threads of a child. `step` writes one batch."""

    def __init__(
        self,
        worker_id: str,
        store: DispatchStore,
        broker: Broker,
        *,
        may_write: Callable[[], bool],
        on_settled: Callable[[Sequence[Attempt]], None],
        on_lost: Callable[[], None],
        clock: Clock = _CLOCK,
        count: Callable[[Sequence[Finished], Sequence[Settled]], None] | None = None,
    ) -> None:
        """count: told of each batch with what of it was written."""
        self._worker_id = worker_id
        self._store = store
        self._broker = broker
        self._may_write = may_write
        self._on_settled = on_settled
        self._on_lost = on_lost
        self._clock = clock
        self._count = count
        self._finished: SimpleQueue[Finished] = SimpleQueue()
        self._waiting: list[Finished] = []
        self._pause = 0.0
        self._backlog_bytes = 0
        self._singly = 0
        self._substitute: Outcome | None = None

    def put(self, attempt: Attempt, outcome: Outcome) -> None:
        """Called by the thread that ran it."""
        self._finished.put((attempt, outcome))

    @property
    def is_full(self) -> bool:
        """Whether so much waits for PostgreSQL that nothing more should be claimed."""
        return self._backlog_bytes > MAX_BACKLOG_BYTES

    def step(self) -> float:
        """Write what has finished; seconds to pause, more and more while PostgreSQL is away."""
        self._gather()
        if not self._waiting:
            return 0.0
        if not self._may_write():
            return 0.05
        batch = self._waiting[: 1 if self._singly else _BATCH]
        try:
            held_up = self._write(batch)
        except StoreUnavailable as error:
            if isinstance(error, QueryTimeout):
                self._split(batch)
            if not self._pause:  # what was gathered before anybody knew counts too
                self._backlog_bytes = sum(map(_size, self._waiting))
            self._pause = min(_LONGEST_PAUSE, max(0.1, self._pause * 2))
            log.warning("outcomes_wait", outcomes=len(self._waiting), reason=str(error), pause_seconds=self._pause)
            return self._pause
        except GoQueueError:
            raise
        except Exception as error:  # noqa: BLE001 - one row PostgreSQL refuses must not hold up the others
            if len(batch) == 1:
                self._refuse(error)
            else:
                log.warning("outcome_batch_refused", outcomes=len(batch), reason=_first_line(error))
                self._split(batch)
            return 0.0
        self._pause = 0.0
        self._singly = max(0, self._singly - 1)
        self._waiting[: len(batch)] = []
        self._waiting += held_up
        self._backlog_bytes = sum(map(_size, self._waiting)) if self._waiting else 0
        return _HELD_UP_SECONDS if len(held_up) == len(batch) else 0.0

    def leftovers(self) -> list[Outcome]:
        """What could not be written; call when `step` is called no more."""
        while True:
            try:
                self._waiting.append(self._finished.get_nowait())
            except Empty:
                return [outcome for _, outcome in self._waiting]

    def _split(self, batch: Sequence[Finished]) -> None:
        """Write these one by one; the one that is in the way goes behind the others."""
        if len(batch) > 1:
            self._singly = len(batch)
        else:
            self._waiting.append(self._waiting.pop(0))

    def _refuse(self, error: Exception) -> None:
        """Say in the job that its outcome could not be written; should even that be refused, let it go."""
        attempt, outcome = self._waiting[0]
        reason = f"its outcome could not be written: {_first_line(error)[:300]}"
        log.error("outcome_refused", job_id=outcome.id, attempt=outcome.attempt, reason=reason)
        if outcome is self._substitute:
            del self._waiting[0]
            self._on_settled([attempt])
            return
        self._substitute = Outcome(
            id=outcome.id,
            attempt=outcome.attempt,
            event=JobEvent.FAIL,
            error=reason,
            failure_reason="exhausted",
            log_entry=remembered(
                attempt=outcome.attempt,
                worker_id=self._worker_id,
                queued_at=attempt.job.queued_at,
                started_at=attempt.job.started_at,
                finished_at=self._clock.now(),
                outcome=AttemptOutcome.ERROR,
                error=reason,
            ),
            fingerprint=fingerprint(attempt.job.type, reason),
        )
        self._waiting[0] = (attempt, self._substitute)

    def _gather(self) -> None:
        if not self._waiting:
            try:
                self._waiting.append(self._finished.get(timeout=0.2))
            except Empty:
                return
            time.sleep(_GATHER_SECONDS)
        before = len(self._waiting)
        while len(self._waiting) < _BATCH or self._pause:
            try:
                self._waiting.append(self._finished.get_nowait())
            except Empty:
                break
        if self._pause:
            self._backlog_bytes += sum(map(_size, self._waiting[before:]))

    def _write(self, batch: Sequence[Finished]) -> list[Finished]:
        """Those that must be tried again, for somebody holds their rows."""
        outcomes = [outcome for _, outcome in batch]
        recorded = self._record([outcome for outcome in outcomes if outcome.event is not JobEvent.RELEASE])
        if recorded is None:
            self._on_lost()
            return []
        settled = self._store.acknowledge_free(self._worker_id, outcomes)
        if self._count is not None:
            self._count(batch, settled)
        held_up = [] if len(settled) == len(outcomes) else self._held_up(batch, settled)
        kept = {outcome.field for _, outcome in held_up}
        self._forget([field for field in recorded if field not in kept], settled)
        self._on_settled([attempt for attempt, outcome in batch if outcome.field not in kept])
        return held_up

    def _held_up(self, batch: Sequence[Finished], settled: Sequence[Settled]) -> list[Finished]:
        """Of what was not written: that which is still this worker's. The rest is stale."""
        written = {(item.id, item.attempt) for item in settled}
        ours = set(self._store.held_by(self._worker_id)) - written
        held_up = [item for item in batch if (item[1].id, item[1].attempt) in ours]
        stale = [outcome.field for _, outcome in batch if (outcome.id, outcome.attempt) not in written | ours]
        if stale:
            log.warning("stale_outcomes_dropped", attempts=stale[:20], count=len(stale))
        return held_up

    def _record(self, outcomes: Sequence[Outcome]) -> list[str] | None:
        """Fields recorded in Redis; none when Redis is away or slow; None when this worker has been declared lost."""
        if not outcomes:
            return []
        try:
            fenced = not self._broker.record(self._worker_id, {outcome.field: outcome.encoded() for outcome in outcomes})
        except BrokerUnavailable:
            return []
        return None if fenced else [outcome.field for outcome in outcomes]

    def _forget(self, recorded: list[str], settled: Sequence[Settled]) -> None:
        try:
            self._broker.ack_many(recorded, [item.id for item in settled], jobs_news(settled))
            self._broker.give_back([item.ref for item in settled if item.status == JobStatus.QUEUED])
        except BrokerUnavailable:
            return  # entries of settled attempts are swept, queued rows are relayed


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _size(item: Finished) -> int:
    outcome = item[1]
    return 300 + len(outcome.result or b"") + len(str(outcome.log_entry or ""))
