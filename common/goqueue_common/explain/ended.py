"""What became of a job that has ended, and how it may run again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from goqueue_common.explain.explanation import Call, Reason, ReasonCode
from goqueue_common.explain.facts import JobFacts
from goqueue_common.lifecycle import FailureReason, JobStatus
from goqueue_common.recovery_store import MAX_RESCUES

_RETRY: Final = "retry it once the cause is gone"

# (what happened, what to do)
_FAILURES: Final[Mapping[str, tuple[str, str]]] = {
    FailureReason.EXHAUSTED: ("its last attempt failed, and no retry was left", _RETRY),
    FailureReason.TIMEOUT: ("its last attempt took longer than its time-out, and no retry was left", _RETRY),
    FailureReason.DISCARDED: (
        "its handler said that trying again is useless",
        "correct what it complains of, then retry it",
    ),
    FailureReason.EXPIRED: (
        "its time to start passed while it waited",
        "retry it, if it is still wanted: it then has no such time",
    ),
    FailureReason.POISON: (
        f"it died with its process more than {MAX_RESCUES} times",
        "look at its attempts and at what the worker logged (memory, most often), then retry it",
    ),
    FailureReason.UNKNOWN_TYPE: (
        "no worker had a handler for its type for long",
        "start a worker with the handler (goqueue worker --handlers MODULE), then retry it",
    ),
}


def ended(job: JobFacts) -> Reason:
    """Of a job in a final status."""
    if job.status is JobStatus.COMPLETED:
        return Reason(
            code=ReasonCode.COMPLETED,
            detail=f"it completed, by attempt {job.attempts:,}",
            since=job.finished_at,
            action="nothing; to run it once more, submit it again",
            call=Call("POST", f"/jobs/{job.id}/rerun"),
        )
    if job.status is JobStatus.CANCELLED:
        return Reason(
            code=ReasonCode.CANCELLED,
            detail="it was cancelled, by a person or by its handler",
            since=job.finished_at,
            action="nothing; to run it all the same, retry it",
            call=Call("POST", f"/jobs/{job.id}/retry"),
        )
    happened, remedy = _FAILURES.get(job.failure_reason or "", ("it failed", _RETRY))
    shown = job.error if job.failure_reason not in (FailureReason.EXPIRED, FailureReason.UNKNOWN_TYPE) else None
    return Reason(
        code=ReasonCode.FAILED,
        detail=f"{happened}: {shown}" if shown else happened,
        since=job.finished_at,
        action=remedy,
        call=Call("POST", f"/jobs/{job.id}/retry"),
    )
