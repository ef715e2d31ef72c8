"""What the API answers, as typed values. Times are aware and in UTC, durations are seconds.

Fields that a newer API adds are left out; those that an older one does not have get their default.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FINAL = frozenset({"completed", "failed", "cancelled"})


class Value:
    """A value that can be read from a JSON object, field by field."""

    __slots__ = ()

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {}
    """What names mean in this class that mean something else, or nothing, elsewhere."""

    @classmethod
    def from_json(cls, document: Mapping[str, object]) -> Self:
        """Read the value. Raises TypeError or ValueError when the document is of another kind."""
        readers = _READERS | cls.own_readers
        names = _field_names(cls)  # type: ignore[arg-type]  # mypy: a class of Self is hashable all the same
        present: dict[str, Any] = {
            name: readers[name](value) if name in readers and value is not None else value
            for name, value in document.items()
            if name in names
        }
        return cls(**present)


@cache
def _field_names(kind: type[Value]) -> frozenset[str]:
    return frozenset(described.name for described in fields(kind))  # type: ignore[arg-type]  # subclasses are dataclasses


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Value):
    """So many (relation eq), or so many at least (gte)."""

    value: int
    relation: str = "eq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Value):
    """One execution of a job. outcome: running, completed, error, timeout, snoozed, cancelled, died and others."""

    attempt: int
    worker_id: str | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    wait_seconds: float | None = None
    run_seconds: float | None = None
    outcome: str | None = None
    error: str | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Value):
    """How far a running job says it is; fraction is 0..1."""

    fraction: float | None = None
    message: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _JobFields(Value):
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
    fingerprint: str | None = None
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
    result: what the handler returned; None until completed. attempt_history: its last attempts, the newest last.
    progress: what it last said of itself; None: nothing. traceparent: W3C trace context of whoever submitted it.
    etag: names this state of it, for Client.edit.
    """

    payload: Mapping[str, object] = field(default_factory=dict)
    result: object = None
    attempt_history: tuple[Attempt, ...] = ()
    progress: Progress | None = None
    traceparent: str | None = None
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary(_JobFields):
    """A job as lists show it: only the beginning of its payload, as text, and no result, attempts or progress."""

    payload_preview: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedJob(Value):
    """One job of a batch; replayed says that its idempotency key had been used before for the same job."""

    id: str
    queue: str
    type: str
    status: str
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueInfo(Value):
    """A queue: how many jobs it has in each status, and how they come and go.

    oldest_seconds: how long its oldest queued job has waited, None: nothing is queued. seconds_to_drain: until nothing is
    queued, if jobs come and end as they do now; None: never. paused_at, paused_by: since when workers leave it alone, and
    who said so. limit: how many may run at once; None: any.
    """

    name: str
    queued: int = 0
    scheduled: int = 0
    retrying: int = 0
    processing: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    oldest_seconds: float | None = None
    in_per_minute: float = 0.0
    out_per_minute: float = 0.0
    seconds_to_drain: float | None = None
    paused: bool = False
    paused_at: datetime | None = None
    paused_by: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerVersion(Value):
    """One version of a handler, as its workers published it; schema is a JSON Schema of the payload, or None."""

    fingerprint: str
    schema: Mapping[str, object] | None = None
    max_retries: int | None = None
    timeout: float | None = None
    isolation: str | None = None
    description: str | None = None
    live_workers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerInfo(Value):
    """A job type that workers have announced, and how many of them live."""

    type: str
    live_workers: int = 0
    versions: tuple[HandlerVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo(Value):
    """An API key as the API knows it. key_id: None where nobody is asked for a key; expires_at: None: it does not."""

    name: str
    key_id: str | None = None
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness(Value):
    """Whether one process of the API should be sent requests.

    status: ready, starting or draining. postgres, redis: ok or degraded. schema: current, behind or unknown.
    """

    status: str
    postgres: str
    redis: str
    schema: str


def read_time(value: object) -> datetime:
    """A time of an answer. Raises TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError(f"a time was expected, not {value!r}")
    return datetime.fromisoformat(value).astimezone(UTC)


def each(read: Callable[[Any], object]) -> Callable[[Any], tuple[object, ...]]:
    """A reader of lists whose items `read` reads."""
    return lambda values: tuple(read(value) for value in values)


# By name, because a name means the same wherever it occurs.
_READERS: dict[str, Callable[[Any], object]] = {
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
            "paused_at",
            "drain_requested_at",
            "ended_at",
        ),
        read_time,
    ),
    "tags": tuple,
    "scopes": tuple,
    "progress": Progress.from_json,
    "attempt_history": each(Attempt.from_json),
    "versions": each(HandlerVersion.from_json),
    "queues": tuple,
    "types": tuple,
}
