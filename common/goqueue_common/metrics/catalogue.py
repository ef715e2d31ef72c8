"""Every metric there is. docs/observability.md lists them from here; dashboards and alerts are tested against it.

Names and labels are an interface: people's own dashboards use them.
"""

from __future__ import annotations

from typing import Final

from goqueue_common.histogram import BOUNDS
from goqueue_common.metrics.family import Family, Kind, Process

_API: Final = (Process.API,)
_WORKER: Final = (Process.WORKER,)
_SCHEDULER: Final = (Process.SCHEDULER,)
_EVERY: Final = tuple(Process)
_LATENESS_BOUNDS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0)
_HTTP_BOUNDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

HTTP_REQUESTS: Final = Family(
    "goqueue_http_requests_total",
    Kind.COUNTER,
    "Requests answered. status: 2xx, 4xx and so on; rule: the path as the API describes it.",
    _API,
    ("method", "rule", "status"),
)
HTTP_SECONDS: Final = Family(
    "goqueue_http_request_duration_seconds",
    Kind.HISTOGRAM,
    "Time from the head of a request to that of its answer, what ?wait= asked for included.",
    _API,
    ("method", "rule"),
    _HTTP_BOUNDS,
)
JOBS_ENQUEUED: Final = Family(
    "goqueue_jobs_enqueued_total",
    Kind.COUNTER,
    "Jobs stored: by the API, or by the handler of another job. name: their type.",
    (Process.API, Process.WORKER),
    ("queue", "name"),
)
QUEUE_DEPTH: Final = Family(
    "goqueue_queue_depth",
    Kind.GAUGE,
    "Jobs that are not final; the same from every API process.",
    _API,
    ("queue", "state"),
)
QUEUE_OLDEST: Final = Family(
    "goqueue_queue_oldest_seconds",
    Kind.GAUGE,
    "How long the oldest queued job has waited; 0 when none does.",
    _API,
    ("queue",),
)
QUEUE_PAUSED: Final = Family("goqueue_queue_paused", Kind.GAUGE, "1 while a queue is paused.", _API, ("queue",))
JOBS_DUE: Final = Family(
    "goqueue_jobs_due",
    Kind.GAUGE,
    "What workers are needed for: queued, processing, and due scheduled or retrying (these up to 10,000).",
    _API,
    ("queue",),
)
WORKERS: Final = Family(
    "goqueue_workers",
    Kind.GAUGE,
    "Worker processes that run handlers: alive, draining (drained, too), lost (in the last hour).",
    _API,
    ("state",),
)
OUTBOX_ROWS: Final = Family(
    "goqueue_outbox_rows",
    Kind.GAUGE,
    "Rows that wait to get into the search index (search) or the statistics (stats); counted up to 10,000.",
    _API,
    ("outbox",),
)
JOBS_FINISHED: Final = Family(
    "goqueue_jobs_finished_total",
    Kind.COUNTER,
    "Attempts that ended, by what became of the job: completed, failed, cancelled, retrying, scheduled (snoozed), rescued "
    "(its process died).",
    _WORKER,
    ("queue", "status"),
)
JOB_SECONDS: Final = Family(
    "goqueue_job_duration_seconds",
    Kind.HISTOGRAM,
    "How long attempts ran, however they ended.",
    _WORKER,
    ("queue",),
    BOUNDS,
)
JOB_WAIT: Final = Family(
    "goqueue_job_wait_seconds",
    Kind.HISTOGRAM,
    "How long jobs were due before a worker claimed them.",
    _WORKER,
    ("queue",),
    BOUNDS,
)
JOBS_RUNNING: Final = Family("goqueue_jobs_running", Kind.GAUGE, "Handlers that run at this moment.", _WORKER)
WORKER_SLOTS: Final = Family("goqueue_worker_slots", Kind.GAUGE, "How many jobs the worker runs at once at most.", _WORKER)
WORKER_CLAIMING: Final = Family(
    "goqueue_worker_claiming", Kind.GAUGE, "Child processes that claim jobs; /readyz says why the others do not.", _WORKER
)
CHILD_RESTARTS: Final = Family(
    "goqueue_children_restarts_total",
    Kind.COUNTER,
    "Child processes that were replaced: signal, exit, lost, stuck, max_jobs, max_memory, reload.",
    _WORKER,
    ("reason",),
)
OUTCOMES_BACKLOG: Final = Family(
    "goqueue_outcomes_backlog", Kind.GAUGE, "Attempts that have ended and are not yet written to PostgreSQL.", _WORKER
)
HEARTBEAT_AGE: Final = Family(
    "goqueue_heartbeat_age_seconds",
    Kind.GAUGE,
    "Since the last heartbeat that PostgreSQL took, of the child for which that is longest.",
    _WORKER,
)
MAINTENANCE_LEADER: Final = Family(
    "goqueue_maintenance_leader", Kind.GAUGE, "1 on the worker that does this duty now.", _WORKER, ("duty",)
)
STORE_UP: Final = Family(
    "goqueue_store_up", Kind.GAUGE, "1 while a store (postgres, redis) answers this process.", _EVERY, ("store",)
)
BUILD_INFO: Final = Family("goqueue_build_info", Kind.GAUGE, "Always 1; the release that runs.", _EVERY, ("version",))
SCHEDULER_LEADER: Final = Family(
    "goqueue_leader",
    Kind.GAUGE,
    "1 on the scheduler that is the leader; without Redis every one fires, and shows 1.",
    _SCHEDULER,
)
SCHEDULER_LAG: Final = Family(
    "goqueue_scheduler_lag_seconds",
    Kind.GAUGE,
    "How far the leader is behind the moment at which the next schedule was due; 0 when it is not.",
    _SCHEDULER,
)
SCHEDULER_FIRES: Final = Family(
    "goqueue_scheduler_fires_total",
    Kind.COUNTER,
    "Instants that it asked the API to fire: fired, replayed (was fired before), skipped (overlap), passed, paused, "
    "changed, gone, ahead, refused (an error; tried again).",
    _SCHEDULER,
    ("outcome",),
)
SCHEDULER_LATENESS: Final = Family(
    "goqueue_scheduler_fire_lateness_seconds",
    Kind.HISTOGRAM,
    "From the moment that an instant was due, jitter included, until its job was stored.",
    _SCHEDULER,
    bounds=_LATENESS_BOUNDS,
)
SCHEDULER_TERM: Final = Family(
    "goqueue_scheduler_term",
    Kind.GAUGE,
    "How often leadership has changed hands, on the scheduler that has the lock; else 0.",
    _SCHEDULER,
)
SCHEDULER_SCHEDULES: Final = Family(
    "goqueue_scheduler_schedules", Kind.GAUGE, "Schedules that it has read, paused ones too.", _SCHEDULER
)
SCHEDULER_FILE_OK: Final = Family(
    "goqueue_scheduler_file_ok",
    Kind.GAUGE,
    "0 on the leader while the schedules file is not understood or refused, else 1; none without such a file.",
    _SCHEDULER,
)
SCHEDULER_TASK_FAILURES: Final = Family(
    "goqueue_scheduler_task_failures_total",
    Kind.COUNTER,
    "Rounds of its housekeeping that failed by a bug: presence, load, sync.",
    _SCHEDULER,
    ("task",),
)

FAMILIES: Final = (
    *(HTTP_REQUESTS, HTTP_SECONDS, JOBS_ENQUEUED),
    *(QUEUE_DEPTH, QUEUE_OLDEST, QUEUE_PAUSED, JOBS_DUE, WORKERS, OUTBOX_ROWS),
    *(JOBS_FINISHED, JOB_SECONDS, JOB_WAIT, JOBS_RUNNING, WORKER_SLOTS, WORKER_CLAIMING),
    *(CHILD_RESTARTS, OUTCOMES_BACKLOG, HEARTBEAT_AGE, MAINTENANCE_LEADER),
    *(SCHEDULER_LEADER, SCHEDULER_LAG, SCHEDULER_FIRES, SCHEDULER_LATENESS),
    *(SCHEDULER_TERM, SCHEDULER_SCHEDULES, SCHEDULER_FILE_OK, SCHEDULER_TASK_FAILURES, STORE_UP, BUILD_INFO),
)
BY_NAME: Final = {family.name: family for family in FAMILIES}


def markdown_table() -> str:
    """The metrics as docs/observability.md lists them."""
    rows = [
        f"| `{one.name}` | {', '.join(f'`{label}`' for label in one.labels)} | {_shown_by(one)} | {one.kind}: {one.help} |"
        for one in FAMILIES
    ]
    return "\n".join(["| name | labels | from | meaning |", "|---|---|---|---|", *rows, ""])


def _shown_by(family: Family) -> str:
    return "every process" if family.processes == _EVERY else ", ".join(family.processes)
