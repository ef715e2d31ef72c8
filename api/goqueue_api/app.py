"""The application: stores, services, resources. Nothing here connects or starts a thread: gunicorn forks after import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from goqueue_api import errors, fixed_paths, request_context, tracing
from goqueue_api.access import gate
from goqueue_api.access.authenticator import Authenticator
from goqueue_api.background import Background
from goqueue_api.bulk_runner import BulkRunner
from goqueue_api.dashboard.front import Front
from goqueue_api.dashboard.pages import create_pages
from goqueue_api.handlers import (
    access,
    batches,
    bulk,
    docs,
    events,
    explanations,
    failures,
    health,
    job_changes,
    job_lists,
    job_logs,
    job_types,
    jobs,
    limits,
    metrics,
    queues,
    schedule_changes,
    schedule_previews,
    schedule_runs,
    scheduler_calls,
    schedules,
    stats,
    workers,
)
from goqueue_api.json_body import MAX_BODY_BYTES
from goqueue_api.json_provider import OrjsonProvider
from goqueue_api.live.wiring import live_events
from goqueue_api.metrics.api_metrics import ApiMetrics, Seat
from goqueue_api.metrics.store_gauges import StoreGauges
from goqueue_api.openapi import ProblemApi
from goqueue_api.readiness import Readiness
from goqueue_api.roller import Roller
from goqueue_api.schedule_request import ScheduleReader
from goqueue_api.services import EXTENSION, Services
from goqueue_api.settings import ApiSettings
from goqueue_api.submission import SubmissionReader
from goqueue_api.type_catalogue import TypeCatalogue
from goqueue_api.waiting import JobWaiter, SettledListener
from goqueue_common import migrations
from goqueue_common.api_key_store import ApiKeyStore
from goqueue_common.audit_store import AuditStore
from goqueue_common.background.lease import LeasedDuty
from goqueue_common.background.runner import Stepper
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.bulk_store import BulkStore
from goqueue_common.bulk_work_store import BulkWorkStore
from goqueue_common.clock import Clock, SystemClock
from goqueue_common.database import Database, connect, engine_options
from goqueue_common.edit_store import EditStore
from goqueue_common.explain_search import ExplainSearch
from goqueue_common.failure_search import FailureSearch
from goqueue_common.firing import Firing
from goqueue_common.job_log_store import JobLogStore
from goqueue_common.job_store import JobStore
from goqueue_common.limit_store import LimitStore
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.queue_store import QueueStore
from goqueue_common.redaction import Redactor
from goqueue_common.rollup_store import RollupStore
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.schedule_sync_store import ScheduleSyncStore
from goqueue_common.scheduler_store import SchedulerStore
from goqueue_common.scrape_store import ScrapeStore
from goqueue_common.stats_store import StatsStore
from goqueue_common.submitter import Submitter
from goqueue_common.tables import Base
from goqueue_common.telemetry.telemetry import OFF, Telemetry
from goqueue_common.timeseries_search import TimeseriesSearch
from goqueue_common.version import version
from goqueue_common.worker_search import WorkerSearch
from goqueue_common.worker_store import WorkerStore

STATEMENT_TIMEOUT_SECONDS: Final = 2.0
LOCK_TIMEOUT_SECONDS: Final = 1.5
"""Shorter than the statement's, or an idempotency key in use would look like a slow database."""
BACKGROUND_TIMEOUT_SECONDS: Final = 10.0
"""For statements that nobody waits for: batches of bulk operations, and looks for their jobs among millions."""
_ABOUT: Final = (
    "Jobs that are answered with 201 are never lost: each ends completed, failed or cancelled. A job may run more than "
    "once when a worker dies; its id is the same for all attempts. Errors are problem documents (RFC 9457) with a "
    "stable `code`."
)
_RESOURCES: Final = (
    job_lists,
    jobs,
    explanations,
    job_changes,
    job_logs,
    batches,
    bulk,
    failures,
    queues,
    stats,
    limits,
    workers,
    schedules,
    schedule_changes,
    schedule_previews,
    schedule_runs,
    scheduler_calls,
    job_types,
    events,
    access,
    metrics,
    health,
)


class _Application(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none of ours is async, and Flask would look ten times a request."""
        return func


def create_app(
    settings: ApiSettings, clock: Clock | None = None, telemetry: Telemetry = OFF, seat: Seat | None = None
) -> Flask:
    """The API on these settings; several may live in one process. seat: of its process; None: it is the only one."""
    app = _Application(__name__)
    app.url_map.merge_slashes = False  # /jobs//events is no path, rather than a redirect to a job named `events`
    app.json = OrjsonProvider(app)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SQLALCHEMY_DATABASE_URI=settings.stores.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            pool_size=settings.db_pool,
            statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS,
            lock_timeout_seconds=LOCK_TIMEOUT_SECONDS,
            application_name="goqueue-api",
        ),
        API_TITLE="GoQueue",
        API_VERSION=version(),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": _ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
    )
    if telemetry.tracing is not None:
        tracing.trace_requests(app, telemetry.tracing)
    counted = ApiMetrics(seat or Seat())
    counted.register(app)
    request_context.register(app)
    made = _services(settings, _database(app), clock or SystemClock(), telemetry, counted)
    app.extensions[EXTENSION] = made
    gate.register(app, made.authenticator)
    api = ProblemApi(app)
    errors.register(app)
    for resource in _RESOURCES:
        api.register_blueprint(resource.blueprint)
    app.register_blueprint(docs.blueprint)
    fixed_paths.register(app)
    if settings.dashboard_port is not None:
        app.wsgi_app = Front(app.wsgi_app, create_pages(made), settings.dashboard_port)  # type: ignore[method-assign]
    return app


def _database(app: Flask) -> Database:
    """The engine that Flask-SQLAlchemy manages; it connects at first use."""
    tables = SQLAlchemy(app, model_class=Base)
    with app.app_context():
        return Database(tables.engine)


def _services(
    settings: ApiSettings, database: Database, clock: Clock, telemetry: Telemetry, counted: ApiMetrics
) -> Services:
    keys = Keys(settings.stores.prefix)
    broker = RedisBroker(settings.stores.redis_url, keys)
    job_store = JobStore(database)
    types = TypeCatalogue(WorkerStore(database))
    readiness = Readiness(
        is_current=lambda: migrations.is_current(database),
        ping_database=lambda: _ping(database),
        ping_redis=broker.ping,
    )
    schedule_runs = ScheduleRunStore(database)
    submitter = Submitter(job_store, broker, counted.count_jobs)
    store_gauges = StoreGauges(StatsStore(database), ScrapeStore(database), readiness.state)
    background, background_database = _background(settings, submitter, broker)
    listener = SettledListener(settings.stores.redis_url, keys.settled, is_away=lambda: broker.is_away)
    redactor = Redactor(settings.stores.redact)
    live, live_database = live_events(settings, keys, is_away=lambda: broker.is_away)
    return Services(
        settings=settings,
        clock=clock,
        telemetry=telemetry,
        authenticator=Authenticator(
            ApiKeyStore(database),
            is_open=settings.is_open,
            may_be_open=settings.is_loopback,
            bootstrap_key=settings.bootstrap_key,
        ),
        audit=AuditStore(database),
        redactor=redactor,
        jobs=job_store,
        logs=JobLogStore(database),
        edits=EditStore(database),
        explanations=ExplainSearch(database, is_redis_away=lambda: broker.is_away),
        queues=QueueStore(database),
        bulk=BulkStore(database, redactor),
        stats=StatsStore(database),
        failures=FailureSearch(database),
        timeseries=TimeseriesSearch(database),
        limits=LimitStore(database),
        workers=WorkerSearch(database),
        schedules=ScheduleStore(database),
        schedule_runs=schedule_runs,
        schedule_sync=ScheduleSyncStore(database),
        schedule_requests=ScheduleReader(types, clock),
        schedulers=SchedulerStore(database),
        firing=Firing(schedule_runs, submitter, broker, types.max_retries),
        submitter=submitter,
        teller=broker,
        live=live,
        types=types,
        submissions=SubmissionReader(types, clock),
        waiter=JobWaiter(job_store, listener, slots=settings.threads // 2, is_stopping=readiness.is_draining),
        readiness=readiness,
        metrics=counted,
        store_gauges=store_gauges,
        background=background,
        connected=(
            *(live, live_database, background, background_database, listener, store_gauges),
            *(readiness, broker, database, telemetry),
        ),
    )


def _background(settings: ApiSettings, submitter: Submitter, broker: RedisBroker) -> tuple[Background, Database]:
    """Connections of its own, so that a long statement takes none from requests."""
    database = connect(
        settings.stores.database_url,
        pool_size=2,
        statement_timeout_seconds=BACKGROUND_TIMEOUT_SECONDS,
        application_name="goqueue-api-background",
    )
    duties: dict[str, Stepper] = {
        "bulk": BulkRunner(BulkWorkStore(database), submitter, broker),
        "roller": Roller(RollupStore(database)),
    }
    holder, store = str(uuid4()), MaintenanceStore(database)
    leased = [(name, LeasedDuty(duty, name, holder, store)) for name, duty in duties.items()]
    return Background(leased), database


def _ping(database: Database) -> None:
    database.run_again("SELECT 1")
