"""The attempts of a job as they are shown: those that its row remembers, and the one that it is in or has completed by.

An attempt that a worker gave back before it began is not among them, though it was counted: nothing of it ran.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

Shown = dict[str, Any]


class AttemptOutcome(StrEnum):
    """How an attempt ended, or that it has not."""

    RUNNING = "running"
    """A worker has it: it runs, or starts in a moment."""
    COMPLETED = "completed"
    """The handler returned."""
    ERROR = "error"
    """The handler raised an error, or asked for a retry."""
    TIMEOUT = "timeout"
    """It took longer than its timeout."""
    DISCARDED = "discarded"
    """The handler said that trying again is useless."""
    SNOOZED = "snoozed"
    """The handler wanted to be run later."""
    CANCELLED = "cancelled"
    """Somebody, or the handler, gave the job up."""
    RELEASED = "released"
    """It was interrupted because its worker stopped."""
    DIED = "died"
    """Its process ended under it."""


SAID: Final = ("attempt", "worker_id", "queued_at", "started_at", "finished_at", "outcome", "error", "traceback")
"""What is remembered of an attempt; entries of older releases have no `queued_at`."""


def remembered(
    *,
    attempt: int,
    worker_id: str | None,
    queued_at: datetime | None,
    started_at: datetime | None,
    finished_at: datetime | None,
    outcome: AttemptOutcome,
    error: str | None = None,
    traceback: str | None = None,
) -> Shown:
    """An attempt as a job's row remembers it, times in RFC 3339."""
    return {
        "attempt": attempt,
        "worker_id": worker_id,
        "queued_at": _stamp(queued_at),
        "started_at": _stamp(started_at),
        "finished_at": _stamp(finished_at),
        "outcome": outcome,
        "error": error,
        "traceback": traceback,
    }


def history(entries: Sequence[Mapping[str, Any]], present: Mapping[str, Any] | None) -> list[Shown]:
    """Attempts in order, the newest last, times as datetimes. present: the one that the row itself is about, if any.

    queued_at: since when it waited for this attempt; wait_seconds, run_seconds: None where an end is not known.
    """
    known = [*entries, present] if present is not None else entries
    shown: list[Shown] = []
    for entry in known:
        shown.append(_shown(entry, shown[-1] if shown else None))
    return shown


def _shown(entry: Mapping[str, Any], before: Shown | None) -> Shown:
    shown = {name: entry.get(name) for name in SAID}
    for name in ("queued_at", "started_at", "finished_at"):
        shown[name] = _instant(shown[name])
    queued_at, started_at = shown["queued_at"], shown["started_at"]
    if queued_at is not None and before is not None and before["finished_at"] is not None:
        # A job that was rescued or given back keeps its place in the queue: it had not waited while it ran.
        queued_at = max(queued_at, before["finished_at"])
    if queued_at is not None and started_at is not None:
        queued_at = min(queued_at, started_at)
    shown["queued_at"] = queued_at
    shown["wait_seconds"] = _seconds(queued_at, started_at)
    shown["run_seconds"] = _seconds(started_at, shown["finished_at"])
    return shown


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    """Never less than 0: an attempt ends by its worker's clock, and begins by PostgreSQL's."""
    return None if begin is None or end is None else max(0.0, (end - begin).total_seconds())


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, datetime) else None


def _stamp(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
