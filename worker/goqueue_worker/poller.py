"""Claiming: pop ids from Redis, claim their rows in PostgreSQL, hand them to the pool. The main loop of a child."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from goqueue_common.broker.broker import Broker, QueueList
from goqueue_common.dispatch_store import DispatchStore
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.job import ClaimedJob, JobRef, Priority, Settled
from goqueue_common.lifecycle import JobStatus
from goqueue_common.queue_store import QueueStore
from goqueue_worker.attempt import Attempt
from goqueue_worker.pool import Pool
from goqueue_worker.registry import Registry
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.strays import Strays

log = structlog.get_logger(__name__)

CLAIM_BATCH: Final = 500
_WAIT_SECONDS: Final = 0.5
_LONGEST_PAUSE: Final = 2.0
_LONGEST_REST: Final = 0.5
_NO_QUEUES_SECONDS: Final = 0.1
_ORDERS: Final = {
    3: (Priority.LOW, Priority.HIGH, Priority.NORMAL),
    7: (Priority.NORMAL, Priority.HIGH, Priority.LOW),
}
_USUAL_ORDER: Final = (Priority.HIGH, Priority.NORMAL, Priority.LOW)


class QueueView:
    """The queues to poll: those named, or every queue there is, looked up again twice a second."""

    def __init__(self, named: Sequence[str] | None, store: QueueStore) -> None:
        self._named = None if named is None else list(named)
        self._store = store
        self._known: list[str] = list(self._named or [])
        self._read_at = float("-inf")

    def names(self) -> list[str]:
        """Raises StoreUnavailable only before the first look succeeded."""
        if self._named is not None:
            return self._named
        now = time.monotonic()
        if now - self._read_at >= _WAIT_SECONDS:
            try:
                self._known = self._store.names()
            except StoreUnavailable:
                if self._read_at == float("-inf"):
                    raise
            self._read_at = now
        return self._known


def poll_order(queues: Sequence[str], poll: int) -> list[QueueList]:
    """Which list to look at first: high before normal before low, but of eight polls one starts at low and one at normal;
    queues in turn.
    """
    if not queues:
        return []
    turn = poll % len(queues)
    rotated = [*queues[turn:], *queues[:turn]]
    return [(queue, priority) for priority in _ORDERS.get(poll % 8, _USUAL_ORDER) for queue in rotated]


class Poller:
    """`step` claims one batch: by ids popped from Redis, or, while Redis is away, straight from PostgreSQL.

    trouble: why its last step could not claim: PostgreSQL was away.
    """

    def __init__(
        self,
        worker_id: str,
        queues: Sequence[str] | None,
        *,
        view: QueueView,
        store: DispatchStore,
        broker: Broker,
        registry: Registry,
        pool: Pool,
        table: SlotTable,
        may_claim: Callable[[], bool],
        give_up_seconds: float,
    ) -> None:
        self._worker_id = worker_id
        self._queues = queues
        self._view = view
        self._store = store
        self._broker = broker
        self._registry = registry
        self._pool = pool
        self._table = table
        self._may_claim = may_claim
        self._give_up_seconds = give_up_seconds
        self._strays = Strays(worker_id, store, broker, table)
        self._polls = 0
        self._pause = 0.0
        self.found_nothing = False
        self.trouble: StoreUnavailable | None = None

    def step(self) -> float:
        """Claim what there is room for; seconds to sleep, more and more while a store is away."""
        if not self._may_claim():
            return 0.05
        try:
            self._strays.give_back_when_due()
            room = min(self._pool.room(), CLAIM_BATCH)
            if room <= 0:
                self._pool.wait_for_room(0.25)
                return 0.0
            lists = poll_order(self._view.names(), self._polls)
            self._polls += 1
            pause = self._claim(lists, room) if lists else _NO_QUEUES_SECONDS
        except StoreUnavailable as error:
            self.trouble = error
            self._strays.suspect()
            log.warning("claiming_waits", reason=str(error))
            return self._longer_pause()
        self.trouble = None
        if not pause:
            self._pause = 0.0
        return pause

    def _claim(self, lists: Sequence[QueueList], room: int) -> float:
        if self._broker.is_away:
            return self._claim_waiting(lists, room)
        try:
            refs = self._broker.dequeue_many(lists, room, _WAIT_SECONDS)
        except BrokerUnavailable as error:
            log.debug("claiming_without_redis", reason=str(error))  # the broker says once that Redis is away
            return self._claim_waiting(lists, room)
        self.found_nothing = not refs
        if refs:
            self._claim_popped(refs)
        return 0.0

    def _claim_waiting(self, lists: Sequence[QueueList], room: int) -> float:
        """Nothing blocks until a job comes, so an empty look is followed by a longer and longer rest."""
        jobs = self._store.claim_waiting(self._worker_id, lists, room)
        self.found_nothing = not jobs
        self._start(jobs)
        return 0.0 if jobs else self._longer_pause(_LONGEST_REST)

    def _claim_popped(self, refs: Sequence[JobRef]) -> None:
        if not self._may_claim():
            self._give_back(refs)
            return
        try:
            jobs = self._store.claim(self._worker_id, [ref.id for ref in refs], self._queues)
        except StoreUnavailable:
            self._give_back(refs)
            raise
        self._start(jobs)

    def _start(self, jobs: Sequence[ClaimedJob]) -> None:
        attempts, unknown = [], []
        for job in jobs:
            handler = self._registry.get(job.type)
            if handler is None:
                unknown.append(job)
            else:
                attempts.append(Attempt(job, handler, self._table.hold(job.id, job.attempt)))
        self._pool.put(attempts)
        if unknown:
            self._return_unknown(unknown)

    def _return_unknown(self, jobs: Sequence[ClaimedJob]) -> None:
        settled: list[Settled] = self._store.return_unknown(self._worker_id, jobs, give_up_seconds=self._give_up_seconds)
        failed = sum(item.status == JobStatus.FAILED for item in settled)
        types = sorted({job.type for job in jobs})
        log.warning("no_handler", types=types, returned=len(settled) - failed, failed=failed)

    def _give_back(self, refs: Sequence[JobRef]) -> None:
        try:
            self._broker.give_back(refs)
        except BrokerUnavailable:
            log.warning("ids_dropped", count=len(refs), reason="both stores are away; the relay will push them again")

    def _longer_pause(self, longest: float = _LONGEST_PAUSE) -> float:
        self._pause = min(longest, max(0.05, self._pause * 2))
        return self._pause
