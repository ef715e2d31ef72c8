"""Rows that name this worker and that it does not hold: of a claim whose reply was lost, of a return that failed."""

from __future__ import annotations

import time
from typing import Final

import structlog

from goqueue_common.broker.contract import Broker
from goqueue_common.dispatch_store import DispatchStore, JobAttempt
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.live_events import jobs_news
from goqueue_worker.slot_table import SlotTable

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS: Final = 5.0
_BATCH: Final = 500


class Strays:
    """For the poller alone, with no claim in flight: a row whose claim is on its way would be given back and run twice.

    Looks every few seconds, not only after an error: a claim that was given up may still be committed by the server.
    """

    def __init__(self, worker_id: str, store: DispatchStore, broker: Broker, table: SlotTable) -> None:
        self._worker_id = worker_id
        self._store = store
        self._broker = broker
        self._table = table
        self._due_at = time.monotonic() + _LOOK_EVERY_SECONDS

    def suspect(self) -> None:
        """Something went wrong: look at the next call."""
        self._due_at = 0.0

    def give_back_when_due(self) -> None:
        """Release strays, uncounted, to the tail of their lists. Raises StoreUnavailable."""
        if time.monotonic() >= self._due_at:
            self.give_back()

    def give_back(self) -> bool:
        """The same at once; False: somebody holds the row of one, which must not keep this worker from its work."""
        strays = self._found()
        for start in range(0, len(strays), _BATCH):
            self._release([Outcome(id=i, attempt=a, event=JobEvent.RELEASE) for i, a in strays[start : start + _BATCH]])
        self._due_at = time.monotonic() + _LOOK_EVERY_SECONDS
        return not strays or not self._found()

    def _found(self) -> list[JobAttempt]:
        # Held means until acknowledged. Taken before the query: what is acknowledged in between is no longer in its answer.
        held = {(item.id, item.attempt) for item in self._table.held()}
        return [attempt for attempt in self._store.held_by(self._worker_id) if attempt not in held]

    def _release(self, outcomes: list[Outcome]) -> None:
        settled = self._store.acknowledge_free(self._worker_id, outcomes)
        log.warning("strays_given_back", jobs=len(settled), held_by_others=len(outcomes) - len(settled))
        try:
            self._broker.ack_many([], [item.id for item in settled], jobs_news(settled))
            self._broker.give_back([item.ref for item in settled if item.status == JobStatus.QUEUED])
        except BrokerUnavailable as error:
            log.warning("push_failed", jobs=len(settled), reason=str(error))
