"""Fills the search index with jobs that have ended, at a pace that leaves the machine to those that have not."""

from __future__ import annotations

import time
from typing import Final

from goqueue_common.search_index_store import SearchIndexStore

_FIRST_BATCHES: Final = 20
_MOST_BATCHES: Final = 1_000
_JOBS: Final = 2_000
"""What a step should take: some tens of milliseconds."""
_IDLE_SECONDS: Final = 0.5
_CALM_SECONDS: Final = 0.5
_MANY: Final = 200_000
_REST: Final = 9.0
_REST_BEHIND: Final = 3.0


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
