"""What a handler is given beside its payload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from goqueue_common.job import ClaimedJob
from goqueue_common.job_log_store import LogLevel

_LEVELS: Final = tuple(map(str, LogLevel))


class AttemptServices(Protocol):
    """What a running attempt can ask of the process it runs in."""

    def report_progress(self, job_id: str, attempt: int, fraction: float | None, message: str | None) -> None:
        """Remember the latest progress of a job; written a few times a second."""

    def open_log(self, job: ClaimedJob) -> AttemptLog:
        """Where the lines of an attempt go; asked for at the first."""

    def submit_child(self, parent: ClaimedJob, job_type: str, payload: Mapping[str, Any], options: ChildOptions) -> str:
        """Submit a job on behalf of another; its id."""


class AttemptLog(Protocol):
    """The log of one attempt; any thread of it may write."""

    def write(self, level: str, event: str, fields: Mapping[str, Any], at: datetime | None = None) -> None:
        """One line; it never waits for a store. at: when it was said, None: now."""

    def close(self) -> None:
        """The handler has ended: say how many lines were dropped, if any were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildOptions:
    """How a child job differs from a plain one."""

    name: str | None = None
    queue: str | None = None
    priority: str = "normal"
    delay_seconds: float | None = None
    max_retries: int | None = None
    timeout_seconds: float | None = None
    tags: tuple[str, ...] = ()


class JobContext:
    """One attempt of a job, seen from its handler. `id` is the same for all attempts: make effects idempotent with it."""

    __slots__ = ("_is_cancelled", "_job", "_log", "_services", "_timeout_seconds")

    def __init__(
        self,
        job: ClaimedJob,
        services: AttemptServices,
        *,
        timeout_seconds: float | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._job = job
        self._log: AttemptLog | None = None
        self._services = services
        self._timeout_seconds = timeout_seconds
        self._is_cancelled = is_cancelled

    @property
    def id(self) -> str:
        """The job's id, a uuid."""
        return self._job.id

    @property
    def type(self) -> str:
        """The job's type."""
        return self._job.type

    @property
    def queue(self) -> str:
        """The queue it came by."""
        return self._job.queue

    @property
    def attempt(self) -> int:
        """1 for the first execution; only grows."""
        return self._job.attempt

    @property
    def failures(self) -> int:
        """Executions before this one that ended in an error."""
        return self._job.failures

    @property
    def max_retries(self) -> int:
        """Retries allowed after the first failure."""
        return self._job.max_retries

    @property
    def tags(self) -> list[str]:
        """The job's tags."""
        return self._job.tags

    @property
    def schedule(self) -> str | None:
        """Name of the schedule that fired it, if one did."""
        return self._job.schedule

    @property
    def scheduled_for(self) -> datetime | None:
        """The instant that its schedule fired it for."""
        return self._job.scheduled_for

    @property
    def traceparent(self) -> str | None:
        """W3C trace context of whoever submitted it."""
        return self._job.traceparent

    @property
    def created_at(self) -> datetime:
        """When it was submitted."""
        return self._job.created_at

    @property
    def deadline(self) -> datetime | None:
        """When this attempt will be interrupted; None: it may take for ever."""
        return None if self._timeout_seconds is None else self._job.started_at + timedelta(seconds=self._timeout_seconds)

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants this job cancelled: stop soon, by raising Cancel() or returning."""
        return self._is_cancelled()

    def progress(self, fraction: float | None = None, message: str | None = None) -> None:
        """Say how far it is: `fraction` from 0 to 1. Cheap; the latest is written a few times a second.

        Raises ValueError when fraction is not in 0..1.
        """
        if fraction is not None and not 0 <= fraction <= 1:
            raise ValueError(f"progress fraction wants 0 to 1, got {fraction!r}")
        text = None if message is None else message.replace("\x00", "").encode("utf-8", "replace").decode()[:500]
        self._services.report_progress(self._job.id, self._job.attempt, fraction, text)

    def log(self, event: str, *, level: str = LogLevel.INFO, **fields: Any) -> None:
        """Write a line that is kept with the job and goes to the worker's log. Cheap; it never waits for a store.

        level: debug, info, warning or error. fields: JSON; anything else as its text. Raises ValueError for another level.
        """
        if level not in _LEVELS:
            raise ValueError(f"log level wants one of {', '.join(_LEVELS)}, got {level!r}")
        if self._log is None:
            self._log = self._services.open_log(self._job)
        self._log.write(str(level), str(event), fields)

    def close(self) -> None:
        """For the worker, once the handler has ended."""
        if self._log is not None:
            self._log.close()

    def submit(
        self,
        type: str,  # noqa: A002 - the field's name everywhere
        payload: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        queue: str | None = None,
        priority: str = "normal",
        delay: float | None = None,
        max_retries: int | None = None,
        timeout: float | None = None,
        tags: tuple[str, ...] = (),
    ) -> str:
        """Submit a child job; its id. Within 24 hours the same parent and name give the same child, whatever the attempt.

        name: what the child is for this parent; without one, type and payload are its name. Raises InvalidJob,
        PayloadTooLarge, StoreUnavailable.
        """
        options = ChildOptions(
            name=name,
            queue=queue,
            priority=priority,
            delay_seconds=delay,
            max_retries=max_retries,
            timeout_seconds=timeout,
            tags=tuple(tags),
        )
        return self._services.submit_child(self._job, type, payload or {}, options)
