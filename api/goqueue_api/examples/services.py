"""Queues, limits, workers, handlers, bulk operations, callers: one of each."""

from __future__ import annotations

from typing import Any, Final

from goqueue_api.examples.jobs import FAILED_IN_A_LIST, JOB_ID, WORKER_ID

BULK_ID: Final = "019cade3-e680-7b22-9e4f-6e7f80910213"

QUEUE: Final[dict[str, Any]] = {
    "name": "emails",
    "queued": 17,
    "scheduled": 3,
    "retrying": 1,
    "processing": 2,
    "completed": 12480,
    "failed": 31,
    "cancelled": 4,
    "oldest_seconds": 4.2,
    "in_per_minute": 110.0,
    "out_per_minute": 118.0,
    "seconds_to_drain": 127.5,
    "paused": False,
    "paused_at": None,
    "paused_by": None,
    "limit": 3,
}
QUEUE_TYPES: Final[list[dict[str, Any]]] = [
    {
        "type": "email.send",
        "scheduled": 3,
        "queued": 17,
        "processing": 2,
        "retrying": 1,
        "completed": 12480,
        "failed": 31,
        "cancelled": 4,
    }
]
PAUSED: Final = QUEUE | {"seconds_to_drain": None, "paused": True, "paused_at": "2026-03-02T09:30:00Z", "paused_by": "ops"}
LIMIT: Final[dict[str, Any]] = {
    "kind": "queue",
    "name": "emails",
    "max_running": 3,
    "running_count": 2,
    "updated_at": "2026-03-02T09:30:00Z",
}
WORKER: Final[dict[str, Any]] = {
    "id": WORKER_ID,
    "host": "worker-7f9c",
    "pid": 31,
    "version": "0.2.0",
    "state": "alive",
    "queues": None,
    "types": ["demo.sleep", "email.send"],
    "slots": 10,
    "started_at": "2026-03-02T08:00:00Z",
    "heartbeat_age": 1.204,
    "lease": 30.0,
    "drain_requested_at": None,
    "ended_at": None,
    "memory_bytes": 62_914_560,
    "running_count": 1,
    "running": [
        {
            "job_id": JOB_ID,
            "type": "email.send",
            "queue": "emails",
            "attempt": 1,
            "started_at": "2026-03-02T09:30:00.131000Z",
            "progress": {"fraction": 0.4, "message": "2 of 5 sent", "updated_at": "2026-03-02T09:30:03.900000Z"},
        }
    ],
}
DRAINING: Final = WORKER | {"state": "draining", "drain_requested_at": "2026-03-02T09:30:04Z"}
HANDLER: Final[dict[str, Any]] = {
    "type": "demo.sleep",
    "live_workers": 2,
    "versions": [
        {
            "fingerprint": "3f9a1c0d2b7e4856",
            "schema": {"type": "object", "properties": {"seconds": {"type": "number", "minimum": 0}}},
            "max_retries": 3,
            "timeout": None,
            "isolation": "thread",
            "description": "Sleep for so many seconds.",
            "live_workers": 2,
        }
    ],
}
BULK_PREVIEW: Final[dict[str, Any]] = {
    "action": "retry",
    "matched": {"value": 1200, "relation": "eq"},
    "by_queue": {"emails": 1200},
    "by_type": {"email.send": 1200},
    "excluded": {"value": 0, "relation": "eq"},
    "sample": [FAILED_IN_A_LIST],
}
BULK_STARTED: Final[dict[str, Any]] = {
    "id": BULK_ID,
    "action": "retry",
    "selection": {"filter": {"status": ["failed"], "queue": ["emails"], "created_before": "2026-03-02T09:32:00Z"}},
    "parameters": {},
    "rate_per_second": 500.0,
    "state": "running",
    "matched": 1200,
    "matched_is_capped": False,
    "processed": 0,
    "changed": 0,
    "skipped": 0,
    "progress": 0.0,
    "error": None,
    "actor": "ops",
    "created_at": "2026-03-02T09:32:00Z",
    "updated_at": "2026-03-02T09:32:00Z",
    "finished_at": None,
}
BULK_HALFWAY: Final = BULK_STARTED | {
    "processed": 600,
    "changed": 598,
    "skipped": 2,
    "progress": 0.5,
    "updated_at": "2026-03-02T09:32:01.200000Z",
}
BULK_ABORTED: Final = BULK_HALFWAY | {"state": "aborted", "finished_at": "2026-03-02T09:32:01.500000Z"}
PURGE_STARTED: Final = BULK_STARTED | {
    "action": "cancel",
    "selection": {
        "filter": {
            "status": ["queued", "retrying", "scheduled"],
            "queue": ["emails"],
            "created_before": "2026-03-02T09:32:00Z",
        }
    },
    "rate_per_second": None,
}
ME: Final = {
    "name": "ops",
    "key_id": "0123456789ab",
    "scopes": ["read", "operate"],
    "expires_at": "2026-06-01T00:00:00Z",
}
AUDIT_ENTRY: Final = {
    "id": 4711,
    "at": "2026-03-02T09:31:40.002000Z",
    "actor": "ops",
    "key_id": "0123456789ab",
    "action": "job.retry",
    "target": {"job": JOB_ID},
    "affected": 1,
    "request_id": "019cade21238768e8433a398418d79cc",
}
READY: Final = {"status": "ready", "postgres": "ok", "redis": "ok", "schema": "current"}
