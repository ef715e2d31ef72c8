"""Deletes what was kept long enough: final jobs, and records of keys, workers, bulk operations, failures and schedules.

It works for a fifth of the time, and while jobs are being finished for a twentieth, unless it falls behind.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from goqueue_common.retention_store import PrunedPage, Retention, RetentionStore

log = structlog.get_logger(__name__)

_PAGE: Final = 2_000
_SCHEDULES: Final = 500
_REST_SECONDS: Final = 300.0
_PAUSE_PER_SECOND: Final = 4.0
_PAUSE_PER_SECOND_BUSY: Final = 20.0
_BEHIND_SECONDS: Final = 10.0
_SHORTEST_PAUSE: Final = 0.05
_SHORTEST_KEPT: Final = timedelta(minutes=1)
"""Who waits for a job must come to see how it ended."""
_FIRST: Final = "00000000-0000-0000-0000-000000000000"


class JobPruner:
    """`step` looks at a few jobs, from the oldest to the youngest that may be old enough, then rests and begins anew."""

    def __init__(self, store: RetentionStore, retention: Retention) -> None:
        self._store = store
        self._retention = replace(
            retention,
            completed=max(retention.completed, _SHORTEST_KEPT),
            failed=max(retention.failed, _SHORTEST_KEPT),
            cancelled=max(retention.cancelled, _SHORTEST_KEPT),
        )
        self._after = _FIRST
        self._pruned = 0
        self._finished = 0
        self._late_at_first: float | None = None

    def step(self) -> float:
        """One statement of some milliseconds, and a pause many times as long. Raises StoreUnavailable."""
        began = time.monotonic()
        page = self._store.prune(self._retention, after=self._after, limit=_PAGE)
        self._pruned += page.pruned
        if page.last_id is not None and page.seen == _PAGE:
            self._after = page.last_id
            return max(_SHORTEST_PAUSE, (time.monotonic() - began) * self._pause_per_second(page))
        if self._pruned:
            log.info("jobs_pruned", jobs=self._pruned)
        self._after, self._pruned, self._late_at_first = _FIRST, 0, None
        return _REST_SECONDS

    def _pause_per_second(self, page: PrunedPage) -> float:
        """Long while others need the machine, but not if jobs become old enough more quickly than they are deleted: then
        those it deletes are later than the first ones of this round were.
        """
        is_busy = page.finished != self._finished
        self._finished = page.finished
        if self._late_at_first is None:
            self._late_at_first = page.late_seconds
        is_behind = (page.late_seconds or 0.0) > (self._late_at_first or 0.0) + _BEHIND_SECONDS
        return _PAUSE_PER_SECOND_BUSY if is_busy and not is_behind else _PAUSE_PER_SECOND


class RecordPruner:
    """`step` deletes some idempotency keys that mean nothing any more, workers, schedulers and operations long ended, old
    figures, failures and runs of schedules; it merges counts of failures that need not be told apart any more.
    """

    def __init__(self, store: RetentionStore) -> None:
        self._store = store
        self._schedule = ""
        """Its runs, and those of the schedules before it, were looked at."""

    def step(self) -> float:
        """As JobPruner.step."""
        began = time.monotonic()
        failure_groups, failure_counts = self._store.prune_failures(_PAGE)
        runs = self._store.prune_runs(after=self._schedule, schedules=_SCHEDULES, limit=_PAGE)
        self._schedule = runs.last or ""
        pruned = {
            "idempotency_keys": self._store.prune_keys(_PAGE),
            "workers": self._store.prune_workers(_PAGE),
            "bulk_operations": self._store.prune_operations(_PAGE),
            "failure_groups": failure_groups,
            "failure_counts": failure_counts,
            "rollups": self._store.prune_rollups(_PAGE),
            "counts": self._store.prune_counts(_PAGE),
            "schedule_runs": runs.pruned,
            "schedulers": self._store.prune_schedulers(_PAGE),
        }
        merged = self._store.merge_failures(_PAGE)
        if any(pruned.values()):
            log.info("records_pruned", **pruned)
        if _PAGE not in (*pruned.values(), merged) and runs.last is None:
            return _REST_SECONDS
        return max(_SHORTEST_PAUSE, (time.monotonic() - began) * _PAUSE_PER_SECOND)
