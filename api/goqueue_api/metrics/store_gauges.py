"""What waits in the queues, and who works: asked of PostgreSQL at a scrape, in a thread of its own, never for long."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

import structlog

from goqueue_common.errors import StoreUnavailable
from goqueue_common.lifecycle import JobStatus
from goqueue_common.metrics import catalogue
from goqueue_common.metrics.bounded_labels import MOST_VALUES
from goqueue_common.metrics.family import OTHER, Sample
from goqueue_common.metrics.page import gauge
from goqueue_common.scrape_store import Levels, ScrapeStore
from goqueue_common.stats_store import StatsStore, StatusCount

log = structlog.get_logger(__name__)

_WAIT_SECONDS: Final = 1.5
_KEPT_SECONDS: Final = 1.0
"""Several Prometheus, or a Prometheus and a person, cost one look."""
_STATES: Final = (JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.RETRYING, JobStatus.PROCESSING)
_WORKER_STATES: Final = ("alive", "draining", "lost")


class StoreGauges:
    """`samples` waits a second and a half at most; nothing when PostgreSQL does not answer by then.

    stores: readiness's view of them, `ok` or `degraded` by name.
    """

    def __init__(self, stats: StatsStore, levels: ScrapeStore, stores: Callable[[], dict[str, Any]]) -> None:
        self._stats = stats
        self._levels = levels
        self._stores = stores
        self._lock = threading.Lock()
        self._looker: ThreadPoolExecutor | None = None
        self._look: Future[list[Sample]] | None = None
        self._looked_at = float("-inf")

    def samples(self) -> Iterator[Sample]:
        """At most a second old; no gauge but `goqueue_store_up` when PostgreSQL is away."""
        look = self._looking()
        states = self._stores()
        for name in ("postgres", "redis"):
            yield gauge(catalogue.STORE_UP, name, value=float(states[name] == "ok"))
        with suppress(TimeoutError, StoreUnavailable):
            yield from look.result(_WAIT_SECONDS)

    def close(self) -> None:
        """End the look in progress; one that hangs ends with its own time-out."""
        with self._lock:
            if self._looker is not None:
                self._looker.shutdown(wait=True, cancel_futures=True)
                self._looker = None

    def _looking(self) -> Future[list[Sample]]:
        """The look that is under way or still fresh, or a new one: a PostgreSQL that hangs is asked once."""
        with self._lock:
            if self._looker is None:
                self._looker = ThreadPoolExecutor(1, thread_name_prefix="metrics")
            fresh = time.monotonic() - self._looked_at < _KEPT_SECONDS
            if self._look is None or (self._look.done() and not fresh):
                self._looked_at = time.monotonic()
                self._look = self._looker.submit(lambda: list(self._now()))
            return self._look

    def _now(self) -> Iterator[Sample]:
        levels = self._levels.levels()
        yield from _queues(self._stats.counts(), self._stats.oldest(), levels)
        for state in _WORKER_STATES:
            yield gauge(catalogue.WORKERS, state, value=levels.workers.get(state, 0))
        for name, rows in sorted(levels.outboxes.items()):
            yield gauge(catalogue.OUTBOX_ROWS, name, value=rows)


def _queues(counts: Sequence[StatusCount], oldest: Mapping[str, float], levels: Levels) -> Iterator[Sample]:
    """The first MOST_VALUES by name; the others together, so that each process shows the same."""
    jobs: dict[str, Counter[str]] = {name: Counter() for name in levels.paused}
    for count in counts:
        jobs.setdefault(count.queue, Counter())[count.status] += count.jobs
    names = sorted(jobs)
    groups = {name: [name] for name in names[:MOST_VALUES]}
    if len(names) > MOST_VALUES:
        groups[OTHER] = [*groups.get(OTHER, []), *names[MOST_VALUES:]]
    for shown, members in groups.items():
        depth = {state: sum(jobs[name][state] for name in members) for state in _STATES}
        due = depth[JobStatus.QUEUED] + depth[JobStatus.PROCESSING] + sum(levels.due.get(name, 0) for name in members)
        for state, number in depth.items():
            yield gauge(catalogue.QUEUE_DEPTH, shown, state, value=number)
        yield gauge(catalogue.JOBS_DUE, shown, value=due)
        yield gauge(catalogue.QUEUE_OLDEST, shown, value=max(oldest.get(name, 0.0) for name in members))
        yield gauge(catalogue.QUEUE_PAUSED, shown, value=max(levels.paused.get(name, 0) for name in members))
