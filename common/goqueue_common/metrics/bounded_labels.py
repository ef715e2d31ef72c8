"""Label values that people choose, kept few: a job type for each customer must not become a series for each customer."""

from __future__ import annotations

import threading
from typing import Final

from goqueue_common.metrics.family import OTHER

MOST_VALUES: Final = 100
"""Of one label in one process."""
MOST_PAIRS: Final = 500
"""Of several such labels together."""
_CHOSEN_BY_PEOPLE: Final = frozenset({"queue", "name"})


class BoundedLabels:
    """The first values keep their names, in all families alike; later ones are `other`. Safe from all threads."""

    def __init__(self, most: int = MOST_VALUES, most_pairs: int = MOST_PAIRS) -> None:
        self._most = most
        self._most_pairs = most_pairs
        self._known: dict[str, set[str]] = {}
        self._pairs: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    def fit(self, names: tuple[str, ...], values: tuple[str, ...]) -> tuple[str, ...]:
        """These values of the labels of these names, or `other` in their places."""
        with self._lock:
            fitted = tuple(
                self._fit(name, value) if name in _CHOSEN_BY_PEOPLE else value
                for name, value in zip(names, values, strict=True)
            )
            if sum(name in _CHOSEN_BY_PEOPLE for name in names) < 2:
                return fitted
            pairs = self._pairs.setdefault(names, set())
            if fitted not in pairs and len(pairs) >= self._most_pairs:
                return tuple(
                    OTHER if name in _CHOSEN_BY_PEOPLE else value for name, value in zip(names, values, strict=True)
                )
            pairs.add(fitted)
            return fitted

    def _fit(self, name: str, value: str) -> str:
        known = self._known.setdefault(name, set())
        if value not in known and len(known) >= self._most:
            return OTHER
        known.add(value)
        return value
