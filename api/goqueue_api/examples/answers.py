"""What each operation answers, by operationId and status; an answer without a body has no entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from goqueue_api.examples import events, explanations, failures, job_logs, jobs, metrics, schedules, services, stats

_CURSOR: Final = "AaIOtBNmdo6EM6OYQY15zGhvdxc"

ANSWERS: Final[Mapping[str, Mapping[int, Any]]] = {
    "submitJob": {201: jobs.QUEUED},
    "listJobs": {200: {"items": [jobs.FAILED_IN_A_LIST], "next_cursor": _CURSOR, "prev_cursor": None}},
    "countJobs": {200: {"value": 1200, "relation": "eq"}},
    "suggestJobFilters": {200: {"items": [{"value": "emails", "count": 1000, "relation": "gte"}]}},
    "getJob": {200: jobs.COMPLETED},
    "listJobLogs": {200: job_logs.PAGE},
    "explainJob": {200: explanations.QUEUED},
    "editJob": {200: jobs.EDITED},
    "retryJob": {200: jobs.RETRIED},
    "runJobNow": {200: jobs.QUEUED},
    "cancelJob": {200: jobs.CANCELLED, 202: jobs.ASKED_TO_STOP},
    "rerunJob": {201: jobs.RERUN},
    "submitBatch": {
        201: {
            "created": 1,
            "replayed": 1,
            "items": [
                {
                    "id": jobs.JOB_ID,
                    "queue": "default",
                    "type": "demo.sleep",
                    "status": "queued",
                    "replayed": False,
                },
                {
                    "id": "019caddd-9840-7c31-a5f8-2b3c4d5e6f70",
                    "queue": "default",
                    "type": "demo.sleep",
                    "status": "completed",
                    "replayed": True,
                },
            ],
        }
    },
    "startBulkOperation": {200: services.BULK_PREVIEW, 202: services.BULK_STARTED},
    "listBulkOperations": {200: {"items": [services.BULK_HALFWAY], "next_cursor": None}},
    "getBulkOperation": {200: services.BULK_HALFWAY},
    "abortBulkOperation": {200: services.BULK_ABORTED},
    "purgeQueue": {202: services.PURGE_STARTED},
    "listQueues": {200: {"items": [services.QUEUE]}},
    "getQueue": {200: services.QUEUE},
    "listQueueTypes": {200: {"items": services.QUEUE_TYPES}},
    "pauseQueue": {200: services.PAUSED},
    "resumeQueue": {200: services.QUEUE},
    "listFailures": {200: failures.PAGE},
    "getFailure": {200: failures.FAILURE},
    "getOverview": {200: stats.OVERVIEW},
    "getTimeseries": {200: stats.TIMESERIES},
    "listLimits": {200: {"items": [services.LIMIT]}},
    "getLimit": {200: services.LIMIT},
    "setLimit": {200: services.LIMIT},
    "removeLimit": {200: services.LIMIT},
    "listWorkers": {200: {"items": [services.WORKER], "items_capped_at": 1000}},
    "getWorker": {200: services.WORKER},
    "drainWorker": {200: services.DRAINING},
    "listSchedules": {200: schedules.PAGE},
    "createSchedule": {201: schedules.CREATED},
    "getSchedule": {200: schedules.SCHEDULE},
    "putSchedule": {200: schedules.CHANGED, 201: schedules.CREATED},
    "editSchedule": {200: schedules.CHANGED},
    "pauseSchedule": {200: schedules.PAUSED},
    "resumeSchedule": {200: schedules.RESUMED},
    "runSchedule": {201: schedules.RUN_NOW},
    "previewSchedule": {200: schedules.PREVIEW},
    "listNextRuns": {200: schedules.NEXT},
    "listScheduleRuns": {200: schedules.RUNS},
    "fireSchedules": {200: schedules.FIRED},
    "syncSchedules": {200: schedules.SYNCED},
    "reportScheduler": {200: {"at": "2026-03-02T09:30:00.120000Z", "revision": 17}},
    "listSchedulers": {200: {"items": [schedules.SCHEDULER]}},
    "listHandlers": {200: {"items": [services.HANDLER]}},
    "streamEvents": {200: events.STREAM},
    "streamJobEvents": {200: events.JOB_STREAM},
    "getMe": {200: services.ME},
    "listAudit": {200: {"items": [services.AUDIT_ENTRY], "next_before": 4711}},
    "getMetrics": {200: metrics.PAGE},
    "getHealth": {200: {"status": "ok"}},
    "getReadiness": {200: services.READY, 503: services.READY | {"status": "draining"}},
}
