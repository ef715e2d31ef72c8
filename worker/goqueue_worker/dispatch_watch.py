"""What people decide about dispatch, as a child sees it: pauses, limits, its own drain, and new queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog

from goqueue_common.dispatch_view_store import DispatchView, DispatchViewStore
from goqueue_common.errors import StoreUnavailable

log = structlog.get_logger(__name__)

_READ_SECONDS: Final = 0.3
"""With the longest pop, and a claim that began just before it was read, well within the second in which workers obey."""


class DispatchWatch:
    """`step` reads the view anew, in a thread of its own: whoever pops and claims never waits for it.

    named: the queues the worker serves, None: every queue there is. types: the job types it knows.
    """

    def __init__(self, worker_id: str, named: Sequence[str] | None, types: Sequence[str], store: DispatchViewStore) -> None:
        self._worker_id = worker_id
        self._named = None if named is None else list(named)
        self._types = list(types)
        self._store = store
        self._view: DispatchView | None = None

    def current(self) -> DispatchView:
        """The view as last read, the same object until something in it changes. Before, raises StoreUnavailable."""
        return self._read() if self._view is None else self._view

    def step(self) -> float:
        """Read it; while PostgreSQL is away the last view holds."""
        try:
            self._read()
        except StoreUnavailable as error:
            log.debug("dispatch_view_unknown", reason=str(error))
        return _READ_SECONDS

    def _read(self) -> DispatchView:
        view = self._store.read(self._worker_id, self._named, self._types)
        if self._view is None or view != self._view:
            self._view = view
        return self._view
