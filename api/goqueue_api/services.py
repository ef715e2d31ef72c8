"""What the HTTP handlers work with, made once an app and found in `app.extensions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

from flask import current_app

if TYPE_CHECKING:
    from goqueue_api.access.authenticator import Authenticator
    from goqueue_api.background import Background
    from goqueue_api.live.live import Live
    from goqueue_api.metrics.api_metrics import ApiMetrics
    from goqueue_api.metrics.store_gauges import StoreGauges
    from goqueue_api.readiness import Readiness
    from goqueue_api.schedule_request import ScheduleReader
    from goqueue_api.settings import ApiSettings
    from goqueue_api.submission import SubmissionReader
    from goqueue_api.type_catalogue import TypeCatalogue
    from goqueue_api.waiting import JobWaiter
    from goqueue_common.audit_store import AuditStore
    from goqueue_common.bulk_store import BulkStore
    from goqueue_common.clock import Clock
    from goqueue_common.edit_store import EditStore
    from goqueue_common.explain_search import ExplainSearch
    from goqueue_common.failure_search import FailureSearch
    from goqueue_common.firing import Firing
    from goqueue_common.job_log_store import JobLogStore
    from goqueue_common.job_store import JobStore
    from goqueue_common.limit_store import LimitStore
    from goqueue_common.live_events import Teller
    from goqueue_common.queue_store import QueueStore
    from goqueue_common.redaction import Redactor
    from goqueue_common.schedule_run_store import ScheduleRunStore
    from goqueue_common.schedule_store import ScheduleStore
    from goqueue_common.schedule_sync_store import ScheduleSyncStore
    from goqueue_common.scheduler_store import SchedulerStore
    from goqueue_common.stats_store import StatsStore
    from goqueue_common.submitter import Submitter
    from goqueue_common.telemetry.telemetry import Telemetry
    from goqueue_common.timeseries_search import TimeseriesSearch
    from goqueue_common.worker_search import WorkerSearch

EXTENSION: Final = "goqueue"


class Closable(Protocol):
    """Something that holds connections or threads."""

    def close(self) -> None:
        """Give them back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The stores and the machinery above them; each is safe to use from all request threads.

    connected: what `close` closes, in this order.
    """

    settings: ApiSettings
    clock: Clock
    telemetry: Telemetry
    authenticator: Authenticator
    audit: AuditStore
    redactor: Redactor
    jobs: JobStore
    logs: JobLogStore
    edits: EditStore
    explanations: ExplainSearch
    queues: QueueStore
    bulk: BulkStore
    stats: StatsStore
    failures: FailureSearch
    timeseries: TimeseriesSearch
    limits: LimitStore
    workers: WorkerSearch
    schedules: ScheduleStore
    schedule_runs: ScheduleRunStore
    schedule_sync: ScheduleSyncStore
    schedule_requests: ScheduleReader
    schedulers: SchedulerStore
    firing: Firing
    submitter: Submitter
    teller: Teller
    live: Live
    types: TypeCatalogue
    submissions: SubmissionReader
    waiter: JobWaiter
    readiness: Readiness
    metrics: ApiMetrics
    store_gauges: StoreGauges
    background: Background
    connected: Sequence[Closable]

    def close(self) -> None:
        """End threads and connections, so that neither PostgreSQL nor Redis hears of a broken one."""
        for item in self.connected:
            item.close()


def services() -> Services:
    """Those of the app that serves the present request."""
    return cast("Services", current_app.extensions[EXTENSION])
