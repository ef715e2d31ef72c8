"""Schedules of a small shop, and the scheduler that fires them."""

from __future__ import annotations

from typing import Any, Final

from goqueue_api.examples.jobs import JOB_ID, QUEUED

SCHEDULER_ID: Final = "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f51"

RUN: Final[dict[str, Any]] = {
    "schedule": "nightly-report",
    "scheduled_for": "2026-03-02T01:00:00Z",
    "fired_at": "2026-03-02T01:00:00.014000Z",
    "lateness": 0.014,
    "job_id": "019cac0f-a70e-7b22-9e4f-6e7f80910214",
    "outcome": "completed",
    "manual": False,
    "missed": 0,
}
_SKIPPED: Final = RUN | {
    "scheduled_for": "2026-03-01T01:00:00Z",
    "fired_at": "2026-03-01T01:00:00.011000Z",
    "lateness": 0.011,
    "job_id": None,
    "outcome": "skipped",
}
_COMMON: Final[dict[str, Any]] = {
    "name": "nightly-report",
    "type": "report.generate",
    "queue": "reports",
    "cron": "0 2 * * *",
    "timezone": "Europe/Berlin",
    "words": "At 02:00 every day",
    "priority": "normal",
    "max_retries": None,
    "timeout": None,
    "tags": [],
    "catch_up": "latest",
    "catch_up_window": 86400.0,
    "catch_up_limit": 100,
    "overlap": "allow",
    "jitter": 0.0,
    "starts_at": None,
    "ends_at": None,
    "paused": False,
    "paused_at": None,
    "paused_by": None,
    "source": "api",
    "dropped_at": None,
    "version": 3,
    "due_after": "2026-03-02T01:00:00Z",
    "next_at": "2026-03-03T01:00:00Z",
    "last_run": RUN,
    "created_at": "2026-02-20T14:03:11.200000Z",
    "updated_at": "2026-02-26T08:30:00.410000Z",
}
SCHEDULE: Final = _COMMON | {"payload": {"period": "yesterday", "timezone": "Europe/Berlin"}}
CREATED: Final = SCHEDULE | {
    "version": 1,
    "due_after": "2026-03-02T09:30:00.120000Z",
    "last_run": None,
    "created_at": "2026-03-02T09:30:00.120000Z",
    "updated_at": "2026-03-02T09:30:00.120000Z",
}
CHANGED: Final = SCHEDULE | {
    "cron": "0 6 * * *",
    "words": "At 06:00 every day",
    "version": 4,
    "due_after": "2026-03-02T09:30:04.250000Z",
    "next_at": "2026-03-03T05:00:00Z",
    "updated_at": "2026-03-02T09:30:04.250000Z",
}
PAUSED: Final = SCHEDULE | {
    "paused": True,
    "paused_at": "2026-03-02T09:30:04.250000Z",
    "paused_by": "ops",
    "version": 4,
    "next_at": None,
    "updated_at": "2026-03-02T09:30:04.250000Z",
}
RESUMED: Final = SCHEDULE | {
    "version": 5,
    "due_after": "2026-03-02T09:31:40Z",
    "updated_at": "2026-03-02T09:31:40Z",
}
PAGE: Final[dict[str, Any]] = {
    "items": [
        _COMMON
        | {
            "payload_preview": '{"period": "yesterday", "timezone": "Europe/Berlin"}',
            "next": [{"at": "2026-03-03T01:00:00Z", "local": "2026-03-03T02:00:00+01:00"}],
            "runs": [RUN, _SKIPPED],
        }
    ],
    "next_cursor": None,
    "at": "2026-03-02T09:30:00.120000Z",
    "revision": 17,
}
RUN_NOW: Final = QUEUED | {
    "queue": "reports",
    "type": "report.generate",
    "priority": "normal",
    "max_retries": 3,
    "timeout": None,
    "tags": [],
    "payload": SCHEDULE["payload"],
    "schedule": "nightly-report",
    "scheduled_for": "2026-03-02T09:30:00.119000Z",
}
_NEXT: Final = [
    {"at": "2026-03-03T01:30:00Z", "local": "2026-03-03T02:30:00+01:00"},
    {"at": "2026-03-04T01:30:00Z", "local": "2026-03-04T02:30:00+01:00"},
]
NEXT: Final[dict[str, Any]] = {
    "name": "nightly-report",
    "timezone": "Europe/Berlin",
    "next": [
        {"at": "2026-03-03T01:00:00Z", "local": "2026-03-03T02:00:00+01:00"},
        {"at": "2026-03-04T01:00:00Z", "local": "2026-03-04T02:00:00+01:00"},
    ],
}
PREVIEW: Final[dict[str, Any]] = {
    "cron": "30 2 * * *",
    "timezone": "Europe/Berlin",
    "words": "At 02:30 every day",
    "next": _NEXT,
    "transition": {
        "at": "2026-03-29T01:00:00Z",
        "from_offset": "+01:00",
        "to_offset": "+02:00",
        "local_before": "2026-03-29T02:00:00+01:00",
        "local_after": "2026-03-29T03:00:00+02:00",
        "effect": "02:30 does not exist on 2026-03-29; it runs once at 03:00+02:00 instead.",
    },
}
RUNS: Final[dict[str, Any]] = {"items": [RUN, _SKIPPED], "next_cursor": None}
FIRED: Final[dict[str, Any]] = {
    "at": "2026-03-02T09:30:00.014000Z",
    "items": [
        {"schedule": "poll", "scheduled_for": "2026-03-02T09:30:00Z", "outcome": "fired", "job_id": JOB_ID},
        {
            "schedule": "nightly-report",
            "scheduled_for": "2026-03-02T01:00:00Z",
            "outcome": "replayed",
            "job_id": RUN["job_id"],
        },
    ],
}
SYNCED: Final[dict[str, Any]] = {
    "at": "2026-03-02T09:30:00.120000Z",
    "created": ["letters"],
    "updated": [],
    "removed": [],
    "paused": ["weekly-report"],
    "unchanged": 1,
}
SCHEDULER: Final[dict[str, Any]] = {
    "id": SCHEDULER_ID,
    "host": "scheduler-0",
    "pid": 7,
    "version": "0.2.0",
    "state": "alive",
    "leads": True,
    "term": 3,
    "lag": 0.012,
    "fired": 1204,
    "trouble": None,
    "started_at": "2026-03-01T08:00:00Z",
    "seen_at": "2026-03-02T09:30:00.120000Z",
}
