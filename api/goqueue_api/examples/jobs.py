"""Jobs, as lists and single answers show them: one that e-mails, at several points of its life."""

from __future__ import annotations

from typing import Any, Final

JOB_ID: Final = "019cade2-1238-768e-8433-a398418d79cc"
WORKER_ID: Final = "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f50"

FINGERPRINT: Final = "9f2c4b7a01d3e865"

_COMMON: Final[dict[str, Any]] = {
    "id": JOB_ID,
    "queue": "emails",
    "type": "email.send",
    "status": "queued",
    "priority": "high",
    "attempts": 0,
    "failures": 0,
    "max_retries": 5,
    "rescues": 0,
    "run_at": None,
    "expires_at": None,
    "timeout": 30.0,
    "queued_at": "2026-03-02T09:30:00.120000Z",
    "tags": ["signup"],
    "error": None,
    "fingerprint": None,
    "failure_reason": None,
    "waiting_reason": None,
    "cancel_requested_at": None,
    "worker_id": None,
    "started_at": None,
    "finished_at": None,
    "created_at": "2026-03-02T09:30:00.120000Z",
    "updated_at": "2026-03-02T09:30:00.120000Z",
    "schedule": None,
    "scheduled_for": None,
    "rerun_of": None,
    "parent_id": None,
}
_RUNNING: Final = {
    "status": "processing",
    "attempts": 1,
    "worker_id": WORKER_ID,
    "started_at": "2026-03-02T09:30:00.131000Z",
    "updated_at": "2026-03-02T09:30:00.131000Z",
}
_ENDED: Final = {
    "attempts": 1,
    "started_at": "2026-03-02T09:30:00.131000Z",
    "finished_at": "2026-03-02T09:30:00.912000Z",
    "updated_at": "2026-03-02T09:30:00.912000Z",
}
_WAITED: Final = {
    "attempt": 1,
    "worker_id": WORKER_ID,
    "queued_at": "2026-03-02T09:30:00.120000Z",
    "started_at": "2026-03-02T09:30:00.131000Z",
    "finished_at": None,
    "wait_seconds": 0.011,
    "run_seconds": None,
    "outcome": "running",
    "error": None,
    "traceback": None,
}
_RAN: Final = _WAITED | {"finished_at": "2026-03-02T09:30:00.912000Z", "run_seconds": 0.781, "outcome": "completed"}
_ERROR: Final = "smtplib.SMTPServerDisconnected: Connection unexpectedly closed"

QUEUED: Final[dict[str, Any]] = _COMMON | {
    "payload": {"to": ["ada@example.com"], "subject": "Welcome", "text": "Good to have you here."},
    "result": None,
    "attempt_history": [],
    "progress": None,
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
SCHEDULED: Final = QUEUED | {"status": "scheduled", "run_at": "2026-03-02T10:30:00Z", "queued_at": None}
COMPLETED: Final = (
    QUEUED | _ENDED | {"status": "completed", "result": {"message_id": "<4711@example.com>"}, "attempt_history": [_RAN]}
)
CANCELLED: Final = QUEUED | {
    "status": "cancelled",
    "finished_at": "2026-03-02T09:30:04.250000Z",
    "updated_at": "2026-03-02T09:30:04.250000Z",
}
ASKED_TO_STOP: Final = (
    QUEUED
    | _RUNNING
    | {
        "cancel_requested_at": "2026-03-02T09:30:04.250000Z",
        "attempt_history": [_WAITED],
        "progress": {"fraction": 0.4, "message": "2 of 5 sent", "updated_at": "2026-03-02T09:30:03.900000Z"},
    }
)
RETRIED: Final = QUEUED | {
    "attempts": 1,
    "failures": 1,
    "updated_at": "2026-03-02T09:31:40Z",
    "queued_at": "2026-03-02T09:31:40Z",
    "attempt_history": [_RAN | {"outcome": "error", "error": _ERROR}],
}
EDITED: Final = QUEUED | {"max_retries": 10, "tags": ["corrected"], "updated_at": "2026-03-02T09:30:04.250000Z"}
RERUN: Final = QUEUED | {
    "id": "019cade3-9860-7d11-8c3a-5d6e7f809102",
    "rerun_of": COMPLETED["id"],
    "created_at": "2026-03-02T09:31:40Z",
    "updated_at": "2026-03-02T09:31:40Z",
    "queued_at": "2026-03-02T09:31:40Z",
}
FAILED_IN_A_LIST: Final = (
    _COMMON
    | _ENDED
    | {
        "status": "failed",
        "failures": 6,
        "attempts": 6,
        "queued_at": "2026-03-02T09:31:02.540000Z",
        "started_at": "2026-03-02T09:31:02.551000Z",
        "finished_at": "2026-03-02T09:31:03.332000Z",
        "updated_at": "2026-03-02T09:31:03.332000Z",
        "error": _ERROR,
        "fingerprint": FINGERPRINT,
        "failure_reason": "exhausted",
        "payload_preview": '{"to": ["ada@example.com"], "text": "Good to have you here.", "subject": "Welcome"}',
    }
)
