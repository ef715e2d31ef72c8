"""A queued job that two things keep from running."""

from __future__ import annotations

from typing import Any, Final

from goqueue_api.examples.jobs import JOB_ID

_PAUSED: Final = "its queue 'emails' was paused by ops 4 minutes ago"

QUEUED: Final[dict[str, Any]] = {
    "job_id": JOB_ID,
    "status": "queued",
    "summary": _PAUSED,
    "reasons": [
        {
            "code": "queue_paused",
            "detail": _PAUSED,
            "since": "2026-03-02T09:26:00Z",
            "until": None,
            "action": "resume the queue",
            "call": {"method": "POST", "path": "/queues/emails/resume"},
        },
        {
            "code": "behind",
            "detail": "17 jobs go before it in the queue 'emails', by priority and age",
            "since": "2026-03-02T09:30:00.120000Z",
            "until": None,
            "action": "wait, or start more workers",
            "call": None,
        },
    ],
    "position": {"ahead": {"value": 17, "relation": "eq"}, "seconds": None},
    "checked_at": "2026-03-02T09:30:04Z",
}
