"""The state machine as the design has it, typed out by hand: what goqueue_common.lifecycle is measured against.

It must never be built from the code under test. "new" stands for a job that does not exist yet.
"""

from __future__ import annotations

from goqueue_common.lifecycle import JobEvent, JobStatus

NEW = "new"

_TARGETS: dict[str, dict[str, str]] = {
    "submit": {"new": "queued"},
    "submit_later": {"new": "scheduled"},
    "promote": {"scheduled": "queued", "retrying": "queued"},
    "run_now": {"scheduled": "queued", "retrying": "queued"},
    "reschedule": {"queued": "scheduled", "scheduled": "scheduled"},
    "claim": {"queued": "processing"},
    "complete": {"processing": "completed"},
    "retry_later": {"processing": "retrying"},
    "fail": {"processing": "failed"},
    "snooze": {"processing": "scheduled"},
    "release": {"processing": "queued"},
    "rescue": {"processing": "queued"},
    "poison": {"processing": "failed"},
    "expire": {"queued": "failed", "scheduled": "failed", "retrying": "failed"},
    "cancel": {"queued": "cancelled", "scheduled": "cancelled", "retrying": "cancelled"},
    "request_cancel": {"processing": "processing"},
    "confirm_cancel": {"processing": "cancelled"},
    "retry": {"failed": "queued", "cancelled": "queued", "completed": "queued", "retrying": "queued"},
}

# A running job whose cancel was answered 202 never starts again: these end in `cancelled` instead.
_YIELDING = {"retry_later", "fail", "snooze", "release", "rescue", "poison"}

EVENTS = tuple(_TARGETS)
STATUSES = ("scheduled", "queued", "processing", "retrying", "completed", "failed", "cancelled")
BY_HAND = ("promote", "run_now", "expire", "cancel", "request_cancel", "retry")
"""What JobStore.update_status applies to one job."""


def expected_target(event: str, status: str, *, cancel_requested: bool) -> str | None:
    """The status that follows, or None: not allowed."""
    goal = _TARGETS[event].get(status)
    return "cancelled" if goal and cancel_requested and event in _YIELDING else goal


def pairs(events: tuple[str, ...] = EVENTS) -> list[tuple[JobEvent, JobStatus]]:
    """Every event with every status."""
    return [(JobEvent(event), JobStatus(status)) for event in events for status in STATUSES]
