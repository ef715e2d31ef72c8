"""Pushes the ids that Redis has lost: after a flush, a restart, or a push that failed.

What is missing is seen from the tail of each list: a job queued before the one that would be popped next is not in the
list. Pushed newest first, so that the oldest becomes the tail. A push too many does no harm: the claim decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.relay_store import RelayStore

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 2.0
"""A job queued within this is still on its way to its list."""
_BATCH: Final = 10_000
_STEP_SECONDS: Final = 1.0
_STALE_TAILS: Final = 100


class Relay:
    """`step` looks at every list that should hold something."""

    def __init__(self, store: RelayStore, broker: RedisBroker, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._store = store
        self._broker = broker
        self._grace_seconds = grace_seconds

    def step(self) -> float:
        """One look at each list; at once again where much was missing. Raises StoreUnavailable."""
        try:
            pushed = [self._relay(queue, priority) for queue, priority in self._store.waiting_lists(self._grace_seconds)]
        except BrokerUnavailable as error:
            log.debug("relay_waits", reason=str(error))
            return _STEP_SECONDS
        return 0.0 if any(count == _BATCH for count in pushed) else _STEP_SECONDS

    def _relay(self, queue: str, priority: int) -> int:
        missing = self._store.missing(
            queue,
            priority,
            before=self._oldest_listed(queue, priority),
            grace_seconds=self._grace_seconds,
            limit=_BATCH,
        )
        if missing:
            self._broker.give_back(missing)
            log.info("relayed", queue=queue, priority=priority, jobs=len(missing))
        return len(missing)

    def _oldest_listed(self, queue: str, priority: int) -> tuple[datetime, str] | None:
        """(queued_at, id) of the job at the tail, None for an empty list; tails that have no business there go."""
        for _ in range(_STALE_TAILS):
            job_id = self._broker.tail(queue, priority)
            if job_id is None:
                return None
            row = self._store.queued_row(job_id)
            if row is not None and (row.queue, row.priority) == (queue, priority):
                return row.queued_at, job_id
            self._broker.drop_tail(queue, priority, job_id)
        return None
