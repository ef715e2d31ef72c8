"""Queues jobs whose time has come."""

from __future__ import annotations

from typing import Final

from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.submitter import Submitter

_BATCH: Final = 1_000
_STEP_SECONDS: Final = 0.1
"""A job may be late by 0.25 s; a look at nothing due reads one page of an index."""


class Promoter:
    """`step` promotes one batch of due jobs and pushes it, after its commit."""

    def __init__(self, store: MaintenanceStore, submitter: Submitter) -> None:
        self._store = store
        self._submitter = submitter

    def step(self) -> float:
        """At once again while batches are full. Raises StoreUnavailable."""
        due = self._store.promote(_BATCH)
        self._submitter.push(due)
        return 0.0 if len(due) == _BATCH else _STEP_SECONDS
