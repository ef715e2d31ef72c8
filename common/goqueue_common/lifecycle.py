"""The one state machine of a job.

Every UPDATE of a job's status is a compare-and-set built from `TRANSITIONS`; nothing else in the project repeats which
status may follow which. Pure: no store, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class JobStatus(StrEnum):
    """Where a job is in its life."""

    SCHEDULED = "scheduled"
    """Not due yet: `run_at` lies ahead. Left by promote, run_now, cancel and expire."""
    QUEUED = "queued"
    """Due; waits for a worker. Its id is in a Redis list, or the relay will put it there."""
    PROCESSING = "processing"
    """A worker holds it: `worker_id` and `attempts` are the fencing token of whoever may write."""
    RETRYING = "retrying"
    """An attempt ended in an error; due again at `run_at`."""
    COMPLETED = "completed"
    """Final: the handler returned."""
    FAILED = "failed"
    """Final (the dead letter): `failure_reason` says why. A person may retry it."""
    CANCELLED = "cancelled"
    """Final: a person or a handler gave it up."""

    @property
    def is_final(self) -> bool:
        """True when only a retry by hand leads out of this status."""
        return self in FINAL


class JobEvent(StrEnum):
    """What can happen to a job; see TRANSITIONS for from where to where."""

    SUBMIT = "submit"
    SUBMIT_LATER = "submit_later"
    PROMOTE = "promote"
    RUN_NOW = "run_now"
    RESCHEDULE = "reschedule"
    CLAIM = "claim"
    COMPLETE = "complete"
    RETRY_LATER = "retry_later"
    FAIL = "fail"
    SNOOZE = "snooze"
    RELEASE = "release"
    RESCUE = "rescue"
    POISON = "poison"
    EXPIRE = "expire"
    CANCEL = "cancel"
    REQUEST_CANCEL = "request_cancel"
    CONFIRM_CANCEL = "confirm_cancel"
    RETRY = "retry"


class FailureReason(StrEnum):
    """Why a job is `failed`."""

    EXHAUSTED = "exhausted"
    """An attempt ended in an error and no retry was left."""
    POISON = "poison"
    """It died with its process more than `max_rescues` times."""
    EXPIRED = "expired"
    """`expires_at` passed before it could start."""
    DISCARDED = "discarded"
    """Its handler said that trying again is useless (Discard)."""
    TIMEOUT = "timeout"
    """The last attempt ran longer than `timeout` and no retry was left."""
    UNKNOWN_TYPE = "unknown_type"
    """No live worker has had a handler for its type for ten minutes."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From any of `sources` to `target`. No source: the job is new."""

    sources: frozenset[JobStatus]
    target: JobStatus
    note: str


FINAL: Final = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})
WAITING: Final = frozenset({JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.RETRYING})
_PROCESSING: Final = frozenset({JobStatus.PROCESSING})
_NEW: Final[frozenset[JobStatus]] = frozenset()
_LATER: Final = frozenset({JobStatus.SCHEDULED, JobStatus.RETRYING})

TRANSITIONS: Final[dict[JobEvent, Transition]] = {
    JobEvent.SUBMIT: Transition(_NEW, JobStatus.QUEUED, "due at once"),
    JobEvent.SUBMIT_LATER: Transition(_NEW, JobStatus.SCHEDULED, "`run_at` lies ahead"),
    JobEvent.PROMOTE: Transition(_LATER, JobStatus.QUEUED, "`run_at` has come"),
    JobEvent.RUN_NOW: Transition(_LATER, JobStatus.QUEUED, "by hand, before `run_at`"),
    JobEvent.RESCHEDULE: Transition(
        frozenset({JobStatus.QUEUED, JobStatus.SCHEDULED}), JobStatus.SCHEDULED, "by hand: `run_at` was moved ahead"
    ),
    JobEvent.CLAIM: Transition(
        frozenset({JobStatus.QUEUED}), JobStatus.PROCESSING, "attempts + 1; worker_id and attempts fence it"
    ),
    JobEvent.COMPLETE: Transition(_PROCESSING, JobStatus.COMPLETED, "the handler returned"),
    JobEvent.RETRY_LATER: Transition(_PROCESSING, JobStatus.RETRYING, "failures + 1, `run_at` by backoff"),
    JobEvent.FAIL: Transition(
        _PROCESSING,
        JobStatus.FAILED,
        "failures + 1: exhausted, discarded, timeout; unknown_type counts nothing",
    ),
    JobEvent.SNOOZE: Transition(
        _PROCESSING, JobStatus.SCHEDULED, "asked for by the handler, or no handler here: nothing counted"
    ),
    JobEvent.RELEASE: Transition(_PROCESSING, JobStatus.QUEUED, "given back unstarted or at shutdown: nothing counted"),
    JobEvent.RESCUE: Transition(_PROCESSING, JobStatus.QUEUED, "its process died: rescues + 1"),
    JobEvent.POISON: Transition(_PROCESSING, JobStatus.FAILED, "its process died more than `max_rescues` times"),
    JobEvent.EXPIRE: Transition(WAITING, JobStatus.FAILED, "`expires_at` has passed"),
    JobEvent.CANCEL: Transition(WAITING, JobStatus.CANCELLED, "by hand, before it runs"),
    JobEvent.REQUEST_CANCEL: Transition(
        _PROCESSING, JobStatus.PROCESSING, "by hand, while it runs: `cancel_requested_at` is set"
    ),
    JobEvent.CONFIRM_CANCEL: Transition(_PROCESSING, JobStatus.CANCELLED, "the attempt has really ended"),
    JobEvent.RETRY: Transition(
        FINAL | {JobStatus.RETRYING},
        JobStatus.QUEUED,
        "by hand: one more failure allowed, rescues 0, error, cancel flag and a past `expires_at` cleared",
    ),
}

YIELDS_TO_CANCEL: Final = frozenset(
    {JobEvent.RETRY_LATER, JobEvent.FAIL, JobEvent.SNOOZE, JobEvent.RELEASE, JobEvent.RESCUE, JobEvent.POISON}
)
"""Events that end in `cancelled` when the row's `cancel_requested_at` is set: what was answered 202 never starts again."""


def target(event: JobEvent, status: JobStatus | None, *, cancel_requested: bool = False) -> JobStatus | None:
    """The status that `event` leads to from `status` (None: a new job), or None when it is not allowed there."""
    transition = TRANSITIONS[event]
    allowed = status in transition.sources if transition.sources else status is None
    if not allowed:
        return None
    if cancel_requested and event in YIELDS_TO_CANCEL:
        return JobStatus.CANCELLED
    return transition.target


def sources(event: JobEvent) -> list[str]:
    """The statuses that `event` may start from, sorted, as PostgreSQL takes them in `= ANY(...)`."""
    return sorted(TRANSITIONS[event].sources)


def markdown_table() -> str:
    """The table of docs/job-lifecycle.md."""
    lines = ["| event | from | to | what happens |", "|---|---|---|---|"]
    for event, transition in TRANSITIONS.items():
        origin = ", ".join(sorted(transition.sources)) or "(new)"
        goal = str(transition.target) + (" (cancelled, if asked for)" if event in YIELDS_TO_CANCEL else "")
        lines.append(f"| {event} | {origin} | {goal} | {transition.note} |")
    return "\n".join(lines) + "\n"
