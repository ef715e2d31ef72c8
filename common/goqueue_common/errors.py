"""Every error that GoQueue raises.

Each class has a stable `code` that users may match on; its docstring says what happened. The API maps them to HTTP
statuses in api/errors.py and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with an input: a JSON pointer to it and a sentence."""

    pointer: str
    detail: str


def pointer_word(key: str) -> str:
    """One key as a JSON pointer writes it; a NUL in it is shown as text."""
    return key.replace("~", "~0").replace("/", "~1").replace("\0", "\\u0000")


class GoQueueError(Exception):
    """Base of all errors of GoQueue."""

    code = "error"


class SettingsError(GoQueueError):
    """A setting makes no sense; the message names it, its value and what to do."""

    code = "bad_settings"


class InvalidJob(GoQueueError):
    """A job that was to be submitted breaks a rule; `fields` says which."""

    code = "invalid_job"

    def __init__(self, fields: list[FieldError]) -> None:
        super().__init__("; ".join(f"{field.pointer or '/'}: {field.detail}" for field in fields))
        self.fields = fields


class InvalidSchedule(InvalidJob):
    """A schedule breaks a rule; `fields` says which."""

    code = "invalid_schedule"


class BadCron(GoQueueError):
    """A cron expression cannot be read or never fires; `position` is where it goes wrong, an index into its text from 0."""

    code = "bad_cron"

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class BadZone(GoQueueError):
    """There is no such time zone; `position` is where its name goes wrong, an index into it from 0."""

    code = "bad_zone"

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class PayloadTooLarge(GoQueueError):
    """A payload or result is larger than MAX_DOCUMENT_BYTES."""

    code = "payload_too_large"


class JobNotFound(GoQueueError):
    """No job has this id."""

    code = "job_not_found"


class KeyNotFound(GoQueueError):
    """No API key has this id."""

    code = "key_not_found"


class QueueNotFound(GoQueueError):
    """There is no queue of this name."""

    code = "queue_not_found"


class BulkOperationNotFound(GoQueueError):
    """No bulk operation has this id."""

    code = "bulk_operation_not_found"


class LimitNotFound(GoQueueError):
    """Nothing limits how many jobs of this queue or type run at once."""

    code = "limit_not_found"


class WorkerNotFound(GoQueueError):
    """No worker has this id, or it ended long ago."""

    code = "worker_not_found"


class FailureNotFound(GoQueueError):
    """No failure group has this fingerprint, or it was not seen for long."""

    code = "failure_not_found"


class ScheduleNotFound(GoQueueError):
    """There is no schedule of this name."""

    code = "schedule_not_found"


class ScheduleExists(GoQueueError):
    """Another schedule has this name."""

    code = "schedule_exists"


class ScheduleReadOnly(GoQueueError):
    """The schedule is kept by the schedules file: it is changed there."""

    code = "schedule_read_only"


class ScheduleDropped(GoQueueError):
    """The schedules file has the schedule no more: it can be deleted, or put back there."""

    code = "schedule_dropped"


class ScheduleChanged(GoQueueError):
    """The schedule is no longer as the caller saw it; nothing was changed."""

    code = "schedule_changed"


class WorkerEnded(GoQueueError):
    """The worker has stopped or was declared lost: nothing can be asked of it any more."""

    code = "worker_ended"


class WrongStatus(GoQueueError):
    """The job's present status does not allow what was asked."""

    code = "wrong_status"

    def __init__(self, message: str, status: str) -> None:
        super().__init__(message)
        self.status = status


class JobChanged(GoQueueError):
    """The job is no longer as the caller saw it; nothing was changed."""

    code = "job_changed"


class StaleJob(GoQueueError):
    """The caller no longer holds the attempt that it wanted to write; nothing was changed."""

    code = "stale_job"


class IdempotencyKeyReused(GoQueueError):
    """The idempotency key was used before with another body."""

    code = "idempotency_key_reused"

    def __init__(self, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.index = index


class IdempotencyKeyInUse(GoQueueError):
    """A request with the same idempotency key is still running."""

    code = "idempotency_key_in_use"


class InvalidCursor(GoQueueError):
    """A page cursor that this service did not issue."""

    code = "invalid_cursor"


class WorkerLost(GoQueueError):
    """This worker's row is missing or no longer alive: it may write nothing and must start anew under a new id."""

    code = "worker_lost"


class StoreUnavailable(GoQueueError):
    """PostgreSQL cannot be reached or did not answer in time."""

    code = "database_unavailable"


class QueryTimeout(StoreUnavailable):
    """PostgreSQL gave up on a statement that took longer than its limit."""

    code = "query_timeout"


class BrokerUnavailable(GoQueueError):
    """Redis cannot be reached or did not answer in time."""

    code = "broker_unavailable"
