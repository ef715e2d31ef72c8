"""Removes recorded outcomes that nobody needs any more: their worker wrote them and died, or lost Redis, before it forgot
them. Without it the hash would grow for ever.

An outcome whose attempt PostgreSQL still shows in processing is left: its worker writes it, or else the rescuer does. The
row names that worker, so the record does not have to.
"""

from __future__ import annotations

from typing import Final

import structlog

from goqueue_common.broker.broker import AcksPage, RedisBroker
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.maintenance_store import MaintenanceStore

log = structlog.get_logger(__name__)

_PAGE: Final = 200
_PAUSE_SECONDS: Final = 0.02
_REST_SECONDS: Final = 30.0
_START: Final = "0"
"""The cursor that begins a pass, and that ends it."""


class Sweep:
    """`step` looks at one page of the recorded outcomes; after the last one it rests."""

    def __init__(self, store: MaintenanceStore, broker: RedisBroker) -> None:
        self._store = store
        self._broker = broker
        self._cursor = _START
        self._removed = self._unreadable = 0

    def step(self) -> float:
        """Raises StoreUnavailable."""
        try:
            # In this order: what was recorded before we asked and is settled when we ask is settled for good.
            page = self._broker.acks_page(self._cursor, _PAGE)
            settled = self._settled(page)
            self._broker.drop_acks(settled)
        except BrokerUnavailable as error:
            log.debug("sweep_waits", reason=str(error))
            self._begin()
            return _REST_SECONDS
        self._cursor = page.cursor
        self._removed += len(settled)
        self._unreadable += page.unreadable
        if self._cursor != _START:
            return _PAUSE_SECONDS
        self._report()
        self._begin()
        return _REST_SECONDS

    def _settled(self, page: AcksPage) -> list[str]:
        if not page.fields:
            return []
        attempts = {field: (field[:36], int(field[37:])) for field in page.fields}
        unsettled = self._store.unsettled(list(attempts.values()))
        return [field for field, attempt in attempts.items() if attempt not in unsettled]

    def _report(self) -> None:
        if self._removed:
            log.info("acks_swept", outcomes=self._removed)
        if self._unreadable:
            log.warning("acks_unreadable", removed=self._unreadable)

    def _begin(self) -> None:
        self._cursor = _START
        self._removed = self._unreadable = 0
