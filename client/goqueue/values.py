"""What the API answers, as typed values. Times are aware and in UTC, durations are seconds.

Fields that a newer API adds are left out; those that an older one does not have get their default.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FINAL = frozenset({"completed", "failed", "cancelled"})


class _Value:
    """A value that can be read from a JSON object, field by field."""

    __slots__ = ()

    @classmethod
    def from_json(cls, document: Mapping[str, object]) -> Self:
        """Read the value. Raises TypeError or ValueError when the document is of another kind."""
        names = _field_names(cls)  # type: ignore[arg-type]  # mypy: a class of Self is hashable all the same
        present: dict[str, Any] = {
            name: _READERS[name](value) if name in _READERS and value is not None else value
            for name, value in document.items()
            if name in names
        }
        return cls(**present)


@cache
def _field_names(kind: type[_Value]) -> frozenset[str]:
    return frozenset(described.name for described in fields(kind))  # type: ignore[arg-type]  # subclasses are dataclasses


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(_Value):
    """One execution of a job that did not simply complete."""

    attempt: int
    worker_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = None
    error: str | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(_Value):
    """How far a running job says it is; fraction is 0..1."""

    fraction: float | None = None
    message: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _JobFields(_Value):
    id: str
    queue: str
    type: str
    status: str
    priority: str = "normal"
    attempts: int = 0
    failures: int = 0
    max_retries: int = 0
    rescues: int = 0
    run_at: datetime | None = None
    expires_at: datetime | None = None
    timeout: float | None = None
    queued_at: datetime | None = None
    tags: tuple[str, ...] = ()
    error: str | None = None
    failure_reason: str | None = None
    waiting_reason: str | None = None
    cancel_requested_at: datetime | None = None
    worker_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    schedule: str | None = None
    scheduled_for: datetime | None = None
    rerun_of: str | None = None
    parent_id: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the job will not change any more by itself: completed, failed or cancelled."""
        return self.status in _FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(_JobFields):
    """A job as it was when the API answered.

    status: queued, scheduled, processing, retrying, completed, failed or cancelled.
    result: what the handler returned; None until completed. attempt_log: the last attempts that went wrong.
    progress: what it last said of itself; None: nothing.
    """

    payload: Mapping[str, object] = field(default_factory=dict)
    result: object = None
    attempt_log: tuple[Attempt, ...] = ()
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary(_JobFields):
    """A job as lists show it: only the beginning of its payload, as text, and no result, attempts or progress."""

    payload_preview: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCount(_Value):
    """How many jobs match; relation: `eq` exactly so many, `gte` at least so many."""

    value: int
    relation: str = "eq"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedJob(_Value):
    """One job of a batch; replayed says that its idempotency key had been used before for the same job."""

    id: str
    queue: str
    type: str
    status: str
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueInfo(_Value):
    """How many jobs of a queue are in each unfinished status; a count stops at counts_capped_at."""

    name: str
    queued: int = 0
    scheduled: int = 0
    retrying: int = 0
    processing: int = 0
    counts_capped_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerVersion(_Value):
    """One version of a handler, as its workers published it; schema is a JSON Schema of the payload, or None."""

    fingerprint: str
    schema: Mapping[str, object] | None = None
    max_retries: int | None = None
    timeout: float | None = None
    isolation: str | None = None
    description: str | None = None
    live_workers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerInfo(_Value):
    """A job type that workers have announced, and how many of them live."""

    type: str
    live_workers: int = 0
    versions: tuple[HandlerVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness(_Value):
    """Whether one process of the API should be sent requests.

    status: ready, starting or draining. postgres, redis: ok or degraded. schema: current, behind or unknown.
    """

    status: str
    postgres: str
    redis: str
    schema: str


def _time(value: object) -> datetime:
    if not isinstance(value, str):
        raise TypeError(f"a time was expected, not {value!r}")
    return datetime.fromisoformat(value).astimezone(UTC)


def _each(read: Callable[[Any], object]) -> Callable[[Any], tuple[object, ...]]:
    return lambda values: tuple(read(value) for value in values)


# By name, because a name means the same wherever it occurs.
_READERS: Mapping[str, Callable[[Any], object]] = {
    **dict.fromkeys(
        (
            "run_at",
            "expires_at",
            "queued_at",
            "cancel_requested_at",
            "started_at",
            "finished_at",
            "created_at",
            "updated_at",
            "scheduled_for",
        ),
        _time,
    ),
    "tags": tuple,
    "progress": Progress.from_json,
    "attempt_log": _each(Attempt.from_json),
    "versions": _each(HandlerVersion.from_json),
}
