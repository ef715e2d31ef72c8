"""Figures of a small system."""

from __future__ import annotations

from typing import Any, Final

from goqueue_api.examples.schedules import SCHEDULER_ID

OVERVIEW: Final[dict[str, Any]] = {
    "at": "2026-03-02T09:30:04.100000Z",
    "jobs": {
        "scheduled": 3,
        "queued": 17,
        "processing": 2,
        "retrying": 1,
        "completed": 12480,
        "failed": 31,
        "cancelled": 4,
    },
    "due": 19,
    "oldest_queued_seconds": 4.2,
    "per_minute": {"submitted": 126.0, "completed": 118.4, "failed": 0.6, "retried": 1.2, "cancelled": 0.0},
    "wait_seconds": {"p50": 0.004, "p95": 1.7, "p99": 4.1},
    "run_seconds": {"p50": 0.21, "p95": 0.48, "p99": 1.4},
    "workers": {"alive": 2, "draining": 0, "lost": 0, "slots": 20, "running": 2},
    "scheduler": {
        "leader": {
            "id": SCHEDULER_ID,
            "host": "scheduler-0",
            "pid": 7,
            "term": 3,
            "since": "2026-03-01T08:00:00Z",
        },
        "alive": 2,
        "trouble": None,
        "lag_seconds": 0.0,
        "fired_per_minute": 6.0,
        "schedules": 3,
        "paused": 1,
        "next": [{"name": "poll", "type": "demo.sleep", "queue": "default", "next_at": "2026-03-02T09:30:10Z"}],
    },
    "queues_total": 1,
    "queues_paused": 0,
    "queues": [
        {
            "name": "emails",
            "queued": 17,
            "processing": 2,
            "paused": False,
            "oldest_seconds": 4.2,
            "in_per_minute": 110.0,
            "out_per_minute": 118.0,
            "seconds_to_drain": 127.5,
        }
    ],
}

TIMESERIES: Final[dict[str, Any]] = {
    "from": "2026-03-02T09:28:00Z",
    "to": "2026-03-02T09:31:00Z",
    "step": 60,
    "t": [1772443680, 1772443740, 1772443800],
    "series": {"completed": [117, 120, 8], "wait_p95": [1.6, 1.7, None]},
    "groups": {
        "emails": {"completed": [110, 118, 8], "wait_p95": [1.6, 1.7, None]},
        "reports": {"completed": [7, 2, 0], "wait_p95": [0.4, 0.4, None]},
    },
}
