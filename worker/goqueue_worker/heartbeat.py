"""The parent beats for its children: one UPDATE renews all their leases, and their deadlines follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from goqueue_common.clock import Clock
from goqueue_common.errors import StoreUnavailable
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.steadiness import Steadiness

log = structlog.get_logger(__name__)


class Heartbeat:
    """`step` renews every lease. A child whose row is no longer alive is told to nobody but `on_lost`: it must end.

    memory: bytes that children occupy, by worker id.
    """

    def __init__(
        self,
        store: WorkerStore,
        clock: Clock,
        *,
        interval: float,
        lease: float,
        steadiness: Steadiness,
        children: Callable[[], Mapping[str, SlotTable]],
        memory: Callable[[], Mapping[str, int]],
        on_lost: Callable[[str], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._interval = interval
        self._lease = lease
        self._steadiness = steadiness
        self._children = children
        self._memory = memory
        self._on_lost = on_lost

    def step(self) -> float:
        """One beat; the deadline counts from before it was sent, by a clock that counts suspend."""
        children = self._children()
        sent_at = self._clock.boottime()
        try:
            beat = self._store.beat(list(children), self._memory())
        except StoreUnavailable as error:
            self._steadiness.failed()
            log.warning("heartbeat_failed", reason=str(error))
            return min(1.0, self._interval)
        self._steadiness.beaten(sent_at, beat)
        for worker_id, table in children.items():
            if worker_id in beat.alive:
                table.lease_deadline = sent_at + self._lease
            else:
                self._on_lost(worker_id)
        return self._interval
