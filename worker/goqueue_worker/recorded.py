"""What a handler asked of its worker, remembered instead of done: for goqueue_worker.testing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, uuid5

import orjson

from goqueue_common.job import ClaimedJob
from goqueue_worker.attempt_services import child_submission
from goqueue_worker.job_context import ChildOptions, JobContext
from goqueue_worker.log_line import clean, fitted, plain_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A job that the handler submitted. name, max_retries None: not said. delay, timeout: seconds, or None."""

    id: str
    type: str
    payload: dict[str, Any]
    name: str | None
    queue: str
    priority: str
    delay: float | None
    max_retries: int | None
    timeout: float | None
    tags: tuple[str, ...]


class LogLine(NamedTuple):
    """A line as it is kept with a job: fields as JSON, what is no JSON as its text."""

    level: str
    message: str
    fields: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Recorded:
    """What a handler asked of its worker, each in order.

    progress: (fraction, message). logs: (level, message, fields). children: the same name twice is one child, as in
    production.
    """

    progress: list[tuple[float | None, str | None]] = field(default_factory=list)
    logs: list[LogLine] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)


class Recorder:
    """AttemptServices that only remember."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    def report_progress(self, _job_id: str, _attempt: int, fraction: float | None, message: str | None) -> None:
        """See AttemptServices."""
        self._recorded.progress.append((fraction, message))

    def open_log(self, _job: ClaimedJob) -> RecordedLog:
        """See AttemptServices."""
        return RecordedLog(self._recorded)

    def submit_child(self, parent: ClaimedJob, job_type: str, payload: Mapping[str, Any], options: ChildOptions) -> str:
        """See AttemptServices."""
        submission = child_submission(parent, job_type, payload, options, options.max_retries)
        new, key = submission.job, submission.key
        child_id = str(uuid5(NAMESPACE_OID, f"{parent.id} {key.key if key else new.id}"))
        if all(child.id != child_id for child in self._recorded.children):
            self._recorded.children.append(
                Child(
                    id=child_id,
                    type=new.type,
                    payload=orjson.loads(new.payload),
                    name=options.name,
                    queue=new.queue,
                    priority=new.priority.label,
                    delay=new.delay_seconds,
                    max_retries=options.max_retries,
                    timeout=new.timeout_seconds,
                    tags=new.tags,
                )
            )
        return child_id


class RecordedLog:
    """AttemptLog that only remembers."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    def write(self, level: str, event: str, fields: Mapping[str, Any], _at: datetime | None = None) -> None:
        """See AttemptLog."""
        text, document = fitted(clean(event), plain_fields(fields))
        self._recorded.logs.append(LogLine(level, text, orjson.loads(document)))

    def close(self) -> None:
        """See AttemptLog."""


class RecordedContext(JobContext):
    """A JobContext for calling a handler like any function; what it asks for is in `recorded`."""

    __slots__ = ("recorded",)

    def __init__(self, job: ClaimedJob, recorded: Recorded, *, timeout: float | None, cancelled: bool) -> None:
        super().__init__(job, Recorder(recorded), timeout_seconds=timeout, is_cancelled=lambda: cancelled)
        self.recorded = recorded
