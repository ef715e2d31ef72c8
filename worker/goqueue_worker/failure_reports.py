"""Error reports of jobs that fail for good. Imported only where they are on.

An attempt that will be retried is no report: most of them are well by the next one, and the log has a line for each. Nor is
a job that its handler discards or cancels on purpose.
"""

from __future__ import annotations

from collections.abc import Callable

from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.lifecycle import FailureReason, JobEvent
from goqueue_common.telemetry.error_reports import ErrorReports
from goqueue_common.trace_context import trace_id_of
from goqueue_worker.executor import Ended
from goqueue_worker.running import RUNNING


class ExceptionReports:
    """AttemptObserver that reports what handlers raised; for isolated processes, whose worker reports the rest."""

    def __init__(self, reports: ErrorReports) -> None:
        self._reports = reports

    def watch(self, job: ClaimedJob, run: Callable[[], Ended]) -> Ended:
        """See AttemptObserver."""
        with self._reports.tagged(_tags(job)):
            ended = run()
            outcome, error = ended
            if outcome.event is JobEvent.FAIL and outcome.failure_reason != FailureReason.DISCARDED:
                self._report(outcome, error)
        return ended

    def _report(self, outcome: Outcome, error: BaseException | None) -> None:
        if error is None:
            return
        if outcome.failure_reason == FailureReason.TIMEOUT:
            error.add_note(f"{outcome.error}")  # an interruption itself says nothing
        self._reports.report(error)


class FailureReports(ExceptionReports):
    """AttemptObserver that also reports failures without an exception, such as a result that is no JSON."""

    def _report(self, outcome: Outcome, error: BaseException | None) -> None:
        super()._report(outcome, error)
        # With a traceback and no exception here, an isolated process has reported it.
        if error is None and (outcome.log_entry or {}).get("traceback") is None:
            self._reports.report_message(f"{outcome.error}")


def _tags(job: ClaimedJob) -> dict[str, str | int]:
    tags: dict[str, str | int] = {"job_id": job.id, "job_type": job.type, "queue": job.queue, "attempt": job.attempt}
    context = (RUNNING.get() or job).traceparent
    return tags if context is None else {**tags, "trace_id": trace_id_of(context)}
