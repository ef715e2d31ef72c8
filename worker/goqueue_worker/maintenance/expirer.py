"""Fails jobs that still wait when it is too late to start them. No worker would start one: a claim asks for the time."""

from __future__ import annotations

from typing import Final

import structlog

from goqueue_common.broker.contract import Broker
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.live_events import JobChange, jobs_news
from goqueue_common.maintenance_store import MaintenanceStore

log = structlog.get_logger(__name__)

_BATCH: Final = 1_000
_STEP_SECONDS: Final = 1.0


class Expirer:
    """`step` fails one batch and wakes who waits for it."""

    def __init__(self, store: MaintenanceStore, broker: Broker) -> None:
        self._store = store
        self._broker = broker

    def step(self) -> float:
        """At once again while batches are full. Raises StoreUnavailable."""
        expired = self._store.expire(_BATCH)
        if expired:
            log.info("jobs_expired", jobs=len(expired))
            self._announce(expired)
        return 0.0 if len(expired) == _BATCH else _STEP_SECONDS

    def _announce(self, expired: list[JobChange]) -> None:
        try:
            self._broker.ack_many([], [change.id for change in expired], jobs_news(expired))
        except BrokerUnavailable as error:  # who waits looks by itself every few seconds
            log.debug("announcement_failed", jobs=len(expired), reason=str(error))
