"""What running attempts ask of their child process: progress, logs, child jobs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from typing import Any, Final

import orjson
import structlog

from goqueue_common.errors import FieldError, InvalidJob, StoreUnavailable
from goqueue_common.idempotency import MAX_KEY_LENGTH, IdempotencyKey
from goqueue_common.job import ClaimedJob, Priority
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.progress_store import ProgressStore, ProgressTick
from goqueue_common.submitter import Submitter
from goqueue_common.telemetry.telemetry import OFF, Telemetry
from goqueue_worker.job_context import ChildOptions
from goqueue_worker.job_logs import JobLogs, KeptLog
from goqueue_worker.registry import Registry

log = structlog.get_logger("goqueue_worker.job")

_FLUSH_SECONDS: Final = 0.25
_AGAIN_SECONDS: Final = 1.0


class ChildServices:
    """AttemptServices of a child process. `step` writes the progress and the log lines gathered since the last one."""

    def __init__(
        self,
        worker_id: str,
        registry: Registry,
        submitter: Submitter,
        progress: ProgressStore,
        logs: JobLogs,
        telemetry: Telemetry = OFF,
    ) -> None:
        self._worker_id = worker_id
        self._registry = registry
        self._submitter = submitter
        self._progress = progress
        self._logs = logs
        self._tracing = telemetry.tracing
        self._ticks: dict[str, ProgressTick] = {}
        self._lock = threading.Lock()

    def report_progress(self, job_id: str, attempt: int, fraction: float | None, message: str | None) -> None:
        """See AttemptServices."""
        with self._lock:
            self._ticks[job_id] = ProgressTick(job_id, attempt, fraction, message)

    def open_log(self, job: ClaimedJob) -> KeptLog:
        """See AttemptServices."""
        return self._logs.open(job)

    def submit_child(self, parent: ClaimedJob, job_type: str, payload: Mapping[str, Any], options: ChildOptions) -> str:
        """See AttemptServices."""
        handler = self._registry.get(job_type)
        retries = options.max_retries
        if retries is None and handler is not None:
            retries = handler.max_retries
        submission = child_submission(parent, job_type, payload, options, retries)
        if handler is not None and (problems := handler.payload_check.problems(orjson.loads(submission.job.payload))):
            raise InvalidJob(problems)
        if self._tracing is None:
            return self._submitter.submit([submission])[0].id
        with self._tracing.sending() as span:
            span.describe([submission.job])
            traced = submission.job._replace(traceparent=span.traceparent)
            return self._submitter.submit([Submission(traced, submission.key)])[0].id

    def step(self) -> float:
        """Write the latest progress of each job, and what was logged."""
        self._write_progress()
        try:
            return 0.0 if self._logs.write() else _FLUSH_SECONDS
        except StoreUnavailable as error:
            log.warning("log_lines_wait", reason=str(error))
            return _AGAIN_SECONDS

    def write_rest(self) -> None:
        """At the end of the process: all that waits, unless PostgreSQL is away."""
        while self.step() == 0.0:
            pass

    def _write_progress(self) -> None:
        with self._lock:
            ticks, self._ticks = self._ticks, {}
        if ticks:
            try:
                self._progress.save(self._worker_id, list(ticks.values()))
            except StoreUnavailable as error:
                log.warning("progress_not_written", jobs=len(ticks), reason=str(error))


def child_submission(
    parent: ClaimedJob, job_type: str, payload: Mapping[str, Any], options: ChildOptions, max_retries: int | None
) -> Submission:
    """A child job, under the key that is the same for all attempts of its parent. Raises InvalidJob, PayloadTooLarge."""
    job = NewJob.checked(
        job_type,
        queue=options.queue or parent.queue,
        payload=payload,
        priority=_priority(options.priority),
        delay_seconds=options.delay_seconds,
        max_retries=max_retries,
        timeout_seconds=options.timeout_seconds,
        tags=options.tags,
        parent_id=parent.id,
        traceparent=parent.traceparent,
    )
    name = options.name or hashlib.sha256(job_type.encode() + b"\0" + _canonical(payload)).hexdigest()
    if len(name) > MAX_KEY_LENGTH:
        raise InvalidJob([FieldError("/name", f"the name of a child job has at most {MAX_KEY_LENGTH} characters")])
    # The name alone identifies the child: a later attempt that words its payload otherwise means the same one.
    key = IdempotencyKey(f"child:{parent.id}", name, hashlib.sha256(name.encode()).digest())
    return Submission(job, key)


def _priority(label: str) -> Priority:
    try:
        return Priority[label.upper()]
    except KeyError:
        raise InvalidJob([FieldError("/priority", f"{label!r} is no priority: use high, normal or low")]) from None


def _canonical(payload: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise InvalidJob([FieldError("/payload", f"is not JSON: {error}")]) from error
