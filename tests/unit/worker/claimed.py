"""A claimed job in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson

from goqueue_common.job import ClaimedJob

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def claimed_job(job_type: str = "some.type", payload: dict[str, Any] | None = None, **fields: Any) -> ClaimedJob:
    values: dict[str, Any] = {
        "id": str(uuid4()),
        "queue": "default",
        "type": job_type,
        "payload": orjson.dumps(payload or {}).decode(),
        "attempt": 1,
        "failures": 0,
        "max_retries": 3,
        "rescues": 0,
        "timeout_seconds": None,
        "priority": 1,
        "tags": [],
        "cancel_requested": False,
        "started_at": NOW,
        "queued_at": NOW,
        "created_at": NOW,
        "schedule": None,
        "scheduled_for": None,
        "parent_id": None,
        "traceparent": None,
    }
    return ClaimedJob(**{**values, **fields})


class FrozenClock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return NOW

    def boottime(self) -> float:
        return self.seconds
