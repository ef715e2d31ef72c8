"""The values that travel between API, stores, broker and workers.

Ids are canonical uuid strings, times aware UTC datetimes, durations seconds. JSON documents that only pass through
(payload, result) stay encoded as text or bytes, so that the hot path neither parses nor prints them twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import IntEnum
from typing import Any, Final, NamedTuple

import orjson

from goqueue_common import attempts
from goqueue_common.attempts import AttemptOutcome
from goqueue_common.lifecycle import JobEvent, JobStatus

MAX_ATTEMPT_LOG: Final = 10
"""Attempts that a job's row remembers in `attempt_log`, the latest ones."""
_NO_FINGERPRINT: Final = b',"fingerprint":null}'


class Priority(IntEnum):
    """Order of dispatch within a queue; stored as a smallint, spoken of by its lower-case name."""

    HIGH = 0
    NORMAL = 1
    LOW = 2

    @property
    def label(self) -> str:
        """`high`, `normal` or `low`."""
        return self.name.lower()


class JobRef(NamedTuple):
    """What the broker needs to dispatch a job."""

    id: str
    queue: str
    priority: int


class ClaimedJob(NamedTuple):
    """What a worker needs to run one attempt; `payload` is JSON text."""

    id: str
    queue: str
    type: str
    payload: str
    attempt: int
    failures: int
    max_retries: int
    rescues: int
    timeout_seconds: float | None
    priority: int
    tags: list[str]
    cancel_requested: bool
    started_at: datetime
    queued_at: datetime
    created_at: datetime
    schedule: str | None
    scheduled_for: datetime | None
    parent_id: str | None
    traceparent: str | None

    @property
    def ref(self) -> JobRef:
        """Where its id belongs in the broker."""
        return JobRef(self.id, self.queue, self.priority)


class Outcome(NamedTuple):
    """How one attempt ended, ready to be written by whoever holds its lease.

    event: complete, retry_later, fail, snooze, release or confirm_cancel. delay_seconds: for retry_later and snooze,
    counted from when it is written, by the database clock. result: JSON. log_entry: for attempts that did not complete,
    as goqueue_common.attempts has it. fingerprint: of the error, for retry_later and fail.
    """

    id: str
    attempt: int
    event: JobEvent
    result: bytes | None = None
    error: str | None = None
    failure_reason: str | None = None
    delay_seconds: float | None = None
    log_entry: Mapping[str, Any] | None = None
    fingerprint: str | None = None

    @property
    def field(self) -> str:
        """Its field in the broker's hash of outcomes: one an attempt, so that a stale one overwrites nothing."""
        return f"{self.id}:{self.attempt}"

    def encoded(self) -> bytes:
        """As JSON, to travel between processes; `Outcome.decoded` reads it."""
        if self == (self.id, self.attempt, JobEvent.COMPLETE, *_NOTHING_MORE):
            return _COMPLETED % (self.id.encode(), self.attempt)  # most of them, in less than half of the time
        document = orjson.dumps(self._asdict(), default=bytes.decode)  # its result is the only field that is bytes
        # A release that does not know the field must be able to read what completed: it would run again.
        return document[: -len(_NO_FINGERPRINT)] + b"}" if document.endswith(_NO_FINGERPRINT) else document

    @classmethod
    def decoded(cls, document: bytes | str) -> Outcome:
        """The outcome that `encoded` made."""
        values = orjson.loads(document)
        values["event"] = JobEvent(values["event"])
        if values["result"] is not None:
            values["result"] = values["result"].encode()
        return cls(**values)


_NOTHING_MORE: Final = tuple(Outcome._field_defaults.values())
_COMPLETED: Final = (
    orjson.dumps(Outcome(id="%b", attempt=0, event=JobEvent.COMPLETE)._asdict())[: -len(_NO_FINGERPRINT)] + b"}"
).replace(b'"attempt":0', b'"attempt":%d')


class Settled(NamedTuple):
    """A job whose attempt has just been written, with the status it has now."""

    id: str
    attempt: int
    status: str
    queue: str
    priority: int

    @property
    def ref(self) -> JobRef:
        """Where its id belongs in the broker."""
        return JobRef(self.id, self.queue, self.priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as PostgreSQL knows it; what GET /jobs/{id} shows.

    attempt_log: attempts that ended, as the row remembers them; `attempt_history` is for people. attempted_by: whose the
    last attempt is or was.
    """

    id: str
    queue: str
    type: str
    payload: dict[str, Any]
    status: JobStatus
    priority: Priority
    attempts: int
    failures: int
    max_retries: int
    rescues: int
    run_at: datetime | None
    expires_at: datetime | None
    timeout_seconds: float | None
    queued_at: datetime | None
    tags: list[str]
    result: Any
    error: str | None
    fingerprint: str | None
    failure_reason: str | None
    no_handler_since: datetime | None
    attempt_log: list[dict[str, Any]] = field(default_factory=list)
    progress: dict[str, Any] | None = None
    cancel_requested_at: datetime | None
    worker_id: str | None
    attempted_by: str | None = None
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime
    schedule: str | None
    scheduled_for: datetime | None
    rerun_of: str | None
    parent_id: str | None
    traceparent: str | None

    @property
    def attempt_history(self) -> list[dict[str, Any]]:
        """The last attempts, the newest last: goqueue_common.attempts.history."""
        return attempts.history(self.attempt_log, self._present_attempt())

    def _present_attempt(self) -> dict[str, Any] | None:
        """The attempt that no entry tells of yet: it runs, or completed the job."""
        outcome = _PRESENT.get(self.status)
        if outcome is None or self.attempts == 0:
            return None
        return {
            "attempt": self.attempts,
            "worker_id": self.worker_id or self.attempted_by,
            "queued_at": self.queued_at,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "outcome": outcome,
        }

    @property
    def waiting_reason(self) -> str | None:
        """`no_handler` while it goes round because no worker that met it knows its type."""
        return "no_handler" if self.no_handler_since is not None and not self.status.is_final else None

    def to_dict(self) -> dict[str, Any]:
        """The job as the HTTP API shows it; times stay datetimes."""
        shown = {name: getattr(self, name) for name in _JOB_FIELDS}
        shown["attempt_history"] = self.attempt_history
        shown["priority"] = self.priority.label
        shown["timeout"] = shown.pop("timeout_seconds")
        del shown["no_handler_since"]
        shown["waiting_reason"] = self.waiting_reason
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary:
    """A job as lists show it: no document in full."""

    id: str
    queue: str
    type: str
    payload_preview: str
    status: str
    priority: Priority
    attempts: int
    failures: int
    max_retries: int
    rescues: int
    run_at: datetime | None
    expires_at: datetime | None
    timeout_seconds: float | None
    queued_at: datetime | None
    tags: list[str]
    error: str | None
    fingerprint: str | None
    failure_reason: str | None
    no_handler_since: datetime | None
    cancel_requested_at: datetime | None
    worker_id: str | None
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime
    schedule: str | None
    scheduled_for: datetime | None
    rerun_of: str | None
    parent_id: str | None

    def to_dict(self) -> dict[str, Any]:
        """The summary as the HTTP API shows it; times stay datetimes."""
        shown = {name: getattr(self, name) for name in _SUMMARY_FIELDS}  # asdict copies deep: 80 us a job
        shown["priority"] = self.priority.label
        shown["timeout"] = shown.pop("timeout_seconds")
        waits = shown.pop("no_handler_since") is not None and not JobStatus(self.status).is_final
        shown["waiting_reason"] = "no_handler" if waits else None
        return shown


_PRESENT: Final = {JobStatus.PROCESSING: AttemptOutcome.RUNNING, JobStatus.COMPLETED: AttemptOutcome.COMPLETED}
_JOB_FIELDS: Final = tuple(item.name for item in fields(Job) if item.name not in ("attempt_log", "attempted_by"))
_SUMMARY_FIELDS: Final = tuple(item.name for item in fields(JobSummary))
