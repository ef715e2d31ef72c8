"""Folds what happened to jobs into the figures that are looked at, twice a second."""

from __future__ import annotations

from typing import Final

from goqueue_common.rollup_store import RollupStore

_ROWS: Final = 5_000
"""What a step takes from the outbox at most: some tens of milliseconds."""
_IDLE_SECONDS: Final = 0.5


class Roller:
    """`step` folds some rows of the outbox, the oldest first; safe if two do it."""

    def __init__(self, store: RollupStore) -> None:
        self._store = store

    def step(self) -> float:
        """One transaction. Raises StoreUnavailable."""
        return 0.0 if self._store.fold(_ROWS) >= _ROWS else _IDLE_SECONDS
