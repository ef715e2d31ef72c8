"""/metrics of a worker: what its children have counted, ended ones too, and what its parent sees of them now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from goqueue_common.background.lease import LeasedDuty
from goqueue_common.clock import Clock
from goqueue_common.metrics import catalogue
from goqueue_common.metrics.count_folder import CountFolder
from goqueue_common.metrics.counts import Counts
from goqueue_common.metrics.family import Sample
from goqueue_common.metrics.page import CONTENT_TYPE, gauge, page
from goqueue_common.probes.server import Text, TextAnswer
from goqueue_worker.health import Health, Vitals
from goqueue_worker.job_counts import JobCounts
from goqueue_worker.settings import WorkerSettings


class WorkerMetrics:
    """folder: where the children count, and the parent beside them. jobs, count_restart: for what the parent counts."""

    def __init__(self, children: int) -> None:
        """Raises SettingsError."""
        self.folder = CountFolder()
        self._counts = Counts(self.folder.file(children))
        self.jobs = JobCounts(self._counts)

    def count_restart(self, reason: str) -> None:
        """A child is replaced, for this reason."""
        self._counts.add(catalogue.CHILD_RESTARTS, (reason,))


class WorkerPage:
    """`answer` is the page. Asks no store."""

    def __init__(
        self,
        settings: WorkerSettings,
        metrics: WorkerMetrics,
        vitals: Vitals,
        health: Health,
        duties: Mapping[str, LeasedDuty],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._vitals = vitals
        self._health = health
        self._duties = duties
        self._clock = clock

    def answer(self) -> TextAnswer:
        """The whole page, in Prometheus' text format."""
        return 200, Text(page(chain(self._metrics.folder.samples(), self._gauges())), CONTENT_TYPE)

    def _gauges(self) -> Iterator[Sample]:
        children = [child for child in self._vitals.children() if child.worker_id is not None]
        yield gauge(catalogue.JOBS_RUNNING, value=sum(child.table.counts()[1] for child in children))
        yield gauge(catalogue.OUTCOMES_BACKLOG, value=sum(child.table.unwritten for child in children))
        yield gauge(catalogue.WORKER_SLOTS, value=self._settings.concurrency)
        yield gauge(catalogue.WORKER_CLAIMING, value=self._health.claiming)
        now = self._clock.boottime()
        beaten = [child.table.lease_deadline - self._settings.lease for child in children]
        yield gauge(catalogue.HEARTBEAT_AGE, value=max((now - at for at in beaten), default=0.0))
        for name, duty in self._duties.items():
            yield gauge(catalogue.MAINTENANCE_LEADER, name, value=float(duty.is_held))
        for store, ping in (("postgres", self._vitals.postgres), ("redis", self._vitals.redis)):
            yield gauge(catalogue.STORE_UP, store, value=float(ping.is_answered))
