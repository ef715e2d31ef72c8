"""Fills the search index with jobs that have ended, at a pace that leaves the machine to those that have not."""

from __future__ import annotations

import time
from typing import Final

import structlog

from goqueue_common.search_index_store import SearchIndexStore

log = structlog.get_logger(__name__)

_FIRST_BATCHES: Final = 20
_MOST_BATCHES: Final = 1_000
_JOBS: Final = 2_000
"""What a step should take: some tens of milliseconds."""
_IDLE_SECONDS: Final = 0.5
_CALM_SECONDS: Final = 0.5
_MANY: Final = 200_000
_REST: Final = 9.0
_REST_BEHIND: Final = 3.0
_PAGE: Final = 2_000
_RECONCILER_REST: Final = 99.0
"""It finds something only while workers of an older release run."""
_SHORTEST_PAUSE: Final = 0.05
_BETWEEN_PASSES_SECONDS: Final = 3_600.0
_FIRST: Final = "00000000-0000-0000-0000-000000000000"


class Indexer:
    """`step` indexes some batches of the outbox, the oldest first; safe if two do it.

    While jobs are being finished it rests nine times as long as it worked, three times once more than 200,000 wait.
    """

    def __init__(self, store: SearchIndexStore) -> None:
        self._store = store
        self._batches = _FIRST_BATCHES
        self._newest = 0
        self._newest_at = float("-inf")

    def step(self) -> float:
        """One statement. Raises StoreUnavailable."""
        began = time.monotonic()
        done = self._store.index(self._batches)
        if done.newest != self._newest:
            self._newest, self._newest_at = done.newest, began
        if done.batches < self._batches:
            return _IDLE_SECONDS
        waiting = (done.newest - done.oldest) * done.jobs // done.batches
        self._batches = min(_MOST_BATCHES, max(1, _JOBS * done.batches // max(1, done.jobs)))
        return (time.monotonic() - began) * self._rest(began, waiting)

    def _rest(self, now: float, waiting: int) -> float:
        if now - self._newest_at > _CALM_SECONDS:
            return 0.0
        return _REST_BEHIND if waiting > _MANY else _REST


class Reconciler:
    """`step` looks at a few jobs, from the oldest to the youngest, for such as ended unnoted; see note_missed."""

    def __init__(self, store: SearchIndexStore) -> None:
        self._store = store
        self._after = _FIRST
        self._noted = 0

    def step(self) -> float:
        """One statement of a few milliseconds, and a pause a hundred times as long. Raises StoreUnavailable."""
        began = time.monotonic()
        page = self._store.note_missed(after=self._after, limit=_PAGE)
        self._noted += page.noted
        if page.last_id is not None and page.seen == _PAGE:
            self._after = page.last_id
            return max(_SHORTEST_PAUSE, (time.monotonic() - began) * _RECONCILER_REST)
        if self._noted:
            log.info("search_reconciled", jobs=self._noted)
        self._after, self._noted = _FIRST, 0
        return _BETWEEN_PASSES_SECONDS
