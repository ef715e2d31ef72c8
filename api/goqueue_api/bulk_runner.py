"""Works bulk operations off by turns, a batch at a time, at a pace that leaves dispatch nearly all of its rate."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import structlog

from goqueue_common.bulk import BulkOperation, BulkState
from goqueue_common.bulk_work_store import Batch, BulkWorkStore
from goqueue_common.errors import QueryTimeout, StoreUnavailable
from goqueue_common.live_events import Teller, Topic, tell
from goqueue_common.submitter import Submitter

log = structlog.get_logger(__name__)

BATCH: Final = 1_000
_REST_PER_SECOND: Final = 9.0
"""After a batch of an operation without a rate of its own all rest for so many times as long as it took."""
_LOOK_SECONDS: Final = 1.0
_HELD_SECONDS: Final = 0.5
_TIMEOUTS: Final = 5
_TELL_SECONDS: Final = 0.5
_TOLD: Final = ("id", "action", "state", "matched", "matched_is_capped", "processed", "changed", "skipped", "progress")


class BulkRunner:
    """`step` does one batch of the operation that has waited longest: one with a rate of its own, or that somebody's rows
    hold up, keeps no other waiting. Safe if two do it, but only one gets on.
    """

    def __init__(
        self,
        store: BulkWorkStore,
        submitter: Submitter,
        teller: Teller,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._teller = teller
        self._tell_at = float("-inf")
        self._store = store
        self._submitter = submitter
        self._monotonic = monotonic
        self._timeouts = 0
        self._due_at: dict[str, float] = {}

    def step(self) -> float:
        """The pause is what keeps the pace. Raises StoreUnavailable; the next step does the same again."""
        began = self._monotonic()
        operations = self._store.running()
        self._due_at = {one.id: self._due_at.get(one.id, began) for one in operations}
        if not operations:
            return _LOOK_SECONDS
        operation = min(operations, key=lambda one: self._due_at[one.id])
        if self._due_at[operation.id] > began:
            return min(self._due_at[operation.id] - began, _LOOK_SECONDS)
        try:
            batch = self._work(operation)
            self._timeouts = 0
        except QueryTimeout as error:
            self._timeouts += 1
            if self._timeouts < _TIMEOUTS:
                raise
            return self._give_up(operation, error)
        except StoreUnavailable:
            raise
        except Exception as error:  # one operation that cannot be carried out must not stop those behind it
            log.exception("bulk_operation_broke", operation_id=operation.id)
            return self._give_up(operation, error)
        if batch is None:
            return 0.0
        self._submitter.push(batch.queued)
        self._submitter.announce_many(batch.ended)
        now = self._monotonic()
        self._tell(batch, now)
        self._due_at[operation.id] = max(now, began + self._pause(operation, batch))
        return (now - began) * _REST_PER_SECOND if operation.rate_per_second is None else 0.0

    def _tell(self, batch: Batch, now: float) -> None:
        """Twice a second at most, and of the end of each operation."""
        if batch.operation is not None and (batch.is_last or now >= self._tell_at):
            self._tell_at = now + _TELL_SECONDS
            tell(self._teller, Topic.BULK, **progress_news(batch.operation))

    def _work(self, operation: BulkOperation) -> Batch | None:
        size = BATCH if operation.rate_per_second is None else max(1, min(BATCH, int(operation.rate_per_second)))
        job_ids = self._store.next_ids(operation, size)
        return self._store.work(operation, job_ids) if job_ids else self._store.work_held(operation, size)

    def _pause(self, operation: BulkOperation, batch: Batch) -> float:
        """How long after its beginning the next batch of this operation may begin."""
        if batch.is_last:
            log.info("bulk_operation_finished", operation_id=operation.id, action=operation.action)
            return 0.0
        pause = 0.0 if operation.rate_per_second is None else batch.tried / operation.rate_per_second
        return max(pause, _HELD_SECONDS) if batch.is_in_vain else pause

    def _give_up(self, operation: BulkOperation, error: Exception) -> float:
        self._timeouts = 0
        reason = " ".join(str(error).split()) or type(error).__name__
        log.error("bulk_operation_failed", operation_id=operation.id, reason=reason)
        self._store.fail(operation, reason[:500])
        tell(self._teller, Topic.BULK, **progress_news(replace(operation, state=BulkState.FAILED)))
        return 0.0


def progress_news(operation: BulkOperation) -> dict[str, Any]:
    """What Topic.BULK says of an operation; its filter is left to who asks for it."""
    return {name: getattr(operation, name) for name in _TOLD}
