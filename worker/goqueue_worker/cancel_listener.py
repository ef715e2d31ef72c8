"""Hears of cancels: asks PostgreSQL, while something runs, whether somebody wants it stopped."""

from __future__ import annotations

from typing import Final

import structlog

from goqueue_common.dispatch_store import DispatchStore
from goqueue_common.errors import StoreUnavailable
from goqueue_worker.pool import Pool
from goqueue_worker.watchdog import Watchdog

log = structlog.get_logger(__name__)

_CANCEL_POLL_SECONDS: Final = 1.0


class CancelListener:
    """Asks PostgreSQL, while something runs, whether somebody wants it cancelled."""

    def __init__(self, worker_id: str, store: DispatchStore, pool: Pool, watchdog: Watchdog) -> None:
        self._worker_id = worker_id
        self._store = store
        self._pool = pool
        self._watchdog = watchdog

    def step(self) -> float:
        """One look."""
        if self._pool.running():
            try:
                for job_id, attempt in self._store.cancel_requests([self._worker_id]):
                    self._watchdog.request_cancel(job_id, attempt)
            except StoreUnavailable as error:
                log.debug("cancel_requests_unknown", reason=str(error))
        return _CANCEL_POLL_SECONDS
