"""From how a handler ended to the Outcome that is written: the rules of retry, in one place, pure."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any, Final

from goqueue_common.attempts import AttemptOutcome, remembered
from goqueue_common.clock import Clock
from goqueue_common.errors import InvalidJob, PayloadTooLarge
from goqueue_common.fingerprint import fingerprint
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.lifecycle import FailureReason, JobEvent
from goqueue_common.new_job import encode_document
from goqueue_common.retry_policy import RetryPolicy
from goqueue_worker.verdicts import Cancel, Discard, Retry, Snooze, Verdict

MAX_TRACEBACK_BYTES: Final = 8 * 1024
MAX_ERROR_CHARACTERS: Final = 1_000
_FAILURES: Final = (JobEvent.RETRY_LATER, JobEvent.FAIL)
_HERE: Final = str(Path(__file__).parent)


class AttemptEnd:
    """Builds the Outcome of one attempt; `worker_id` and the clock go into its log entry."""

    __slots__ = ("_backoff", "_clock", "_job", "_worker_id")

    def __init__(self, job: ClaimedJob, backoff: RetryPolicy, worker_id: str, clock: Clock) -> None:
        self._job = job
        self._backoff = backoff
        self._worker_id = worker_id
        self._clock = clock

    def returned(self, value: Any) -> Outcome:
        """The handler returned: a result, or a verdict."""
        if isinstance(value, Verdict):
            return self.said(value)
        if value is None:
            return Outcome(id=self._job.id, attempt=self._job.attempt, event=JobEvent.COMPLETE)
        try:
            result = encode_document(value, "result")
        except (InvalidJob, PayloadTooLarge) as error:
            return self.failed(f"the handler's result cannot be stored: {error}", None)
        return Outcome(id=self._job.id, attempt=self._job.attempt, event=JobEvent.COMPLETE, result=result)

    def said(self, verdict: Verdict) -> Outcome:
        """The handler raised or returned a verdict."""
        reason = None if verdict.reason is None else one_line(verdict.reason)
        if isinstance(verdict, Retry):
            return self.failed(reason or "the handler asked for a retry", None, delay_seconds=verdict.after)
        if isinstance(verdict, Snooze):
            return self._outcome(JobEvent.SNOOZE, AttemptOutcome.SNOOZED, None, delay_seconds=verdict.seconds)
        if isinstance(verdict, Discard):
            text = reason or "discarded by its handler"
            return self._outcome(JobEvent.FAIL, AttemptOutcome.DISCARDED, text, failure_reason=FailureReason.DISCARDED)
        if isinstance(verdict, Cancel):
            return self._outcome(JobEvent.CONFIRM_CANCEL, AttemptOutcome.CANCELLED, reason or "cancelled by its handler")
        return self.failed(f"unknown verdict {type(verdict).__name__}", None)

    def raised(self, error: BaseException) -> Outcome:
        """The handler raised an error."""
        try:
            message = str(error)
            trace = short_traceback(error)
        except Exception as broken:  # noqa: BLE001 - a user's __str__ or __repr__ may raise anything
            message, trace = f"its text cannot be had ({type(broken).__name__})", None
        return self.failed(one_line(f"{type(error).__name__}: {message}" if message else type(error).__name__), trace)

    def failed(
        self,
        error: str,
        trace: str | None,
        *,
        delay_seconds: float | None = None,
        reason: FailureReason = FailureReason.EXHAUSTED,
    ) -> Outcome:
        """The attempt ended in an error: another one later, while failures <= max_retries."""
        failures = self._job.failures + 1
        outcome = AttemptOutcome.TIMEOUT if reason is FailureReason.TIMEOUT else AttemptOutcome.ERROR
        if failures <= self._job.max_retries:
            delay = self._backoff.delay(failures) if delay_seconds is None else delay_seconds
            return self._outcome(JobEvent.RETRY_LATER, outcome, error, trace, delay_seconds=delay)
        return self._outcome(JobEvent.FAIL, outcome, error, trace, failure_reason=reason)

    def timed_out(self, seconds: float, trace: str | None = None) -> Outcome:
        """The attempt took longer than its timeout and has really ended."""
        return self.failed(f"timeout: the attempt took longer than {seconds:g} s", trace, reason=FailureReason.TIMEOUT)

    def cancelled(self) -> Outcome:
        """Somebody wanted it cancelled, and it has really ended."""
        return self._outcome(JobEvent.CONFIRM_CANCEL, AttemptOutcome.CANCELLED, "cancelled while it ran")

    def interrupted(self) -> Outcome:
        """A shutdown stopped it: back to the queue, nothing counted."""
        return self._outcome(JobEvent.RELEASE, AttemptOutcome.RELEASED, None)

    def released(self) -> Outcome:
        """It never started: back to the queue, nothing counted, and nothing to remember."""
        return Outcome(id=self._job.id, attempt=self._job.attempt, event=JobEvent.RELEASE)

    def _outcome(
        self,
        event: JobEvent,
        name: AttemptOutcome,
        error: str | None,
        trace: str | None = None,
        *,
        delay_seconds: float | None = None,
        failure_reason: FailureReason | None = None,
    ) -> Outcome:
        entry = remembered(
            attempt=self._job.attempt,
            worker_id=self._worker_id,
            queued_at=self._job.queued_at,
            started_at=self._job.started_at,
            finished_at=self._clock.now(),
            outcome=name,
            error=error,
            traceback=trace,
        )
        return Outcome(
            id=self._job.id,
            attempt=self._job.attempt,
            event=event,
            error=error,
            failure_reason=failure_reason,
            delay_seconds=delay_seconds,
            log_entry=entry,
            fingerprint=fingerprint(self._job.type, error, trace) if error is not None and event in _FAILURES else None,
        )


def one_line(text: str) -> str:
    """Text as PostgreSQL and a table take it: one line, no NUL, no lone surrogate, not too long."""
    clean = storable(text).strip()
    first = clean.splitlines()[0] if clean else ""
    return first if len(first) <= MAX_ERROR_CHARACTERS else first[: MAX_ERROR_CHARACTERS - 1] + "…"


def storable(text: str) -> str:
    """Without what PostgreSQL cannot store."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()


def short_traceback(error: BaseException) -> str:
    """The traceback without our own frames; of a long one, its end."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None and trace.tb_frame.f_code.co_filename.startswith(_HERE):
        trace = trace.tb_next
    text = storable("".join(traceback.format_exception(type(error), error, trace)))
    encoded = text.encode()
    if len(encoded) <= MAX_TRACEBACK_BYTES:
        return text
    return "…\n" + encoded[-(MAX_TRACEBACK_BYTES - 8) :].decode(errors="ignore")
