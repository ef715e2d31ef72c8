"""Who looks on while attempts run: what traces and error reports, where they are on, make of them."""

from __future__ import annotations

from collections.abc import Callable

from goqueue_common.job import ClaimedJob
from goqueue_common.telemetry.telemetry import Telemetry
from goqueue_worker.executor import AttemptObserver, Ended


class Nested:
    """One AttemptObserver inside another."""

    def __init__(self, outer: AttemptObserver, inner: AttemptObserver) -> None:
        self._outer = outer
        self._inner = inner

    def watch(self, job: ClaimedJob, run: Callable[[], Ended]) -> Ended:
        """See AttemptObserver."""
        return self._outer.watch(job, lambda: self._inner.watch(job, run))


def of_child(telemetry: Telemetry, worker_id: str) -> AttemptObserver | None:
    """Of a process that claims and runs; None: nobody looks on, and attempts pay nothing for it."""
    spans = reports = None
    if telemetry.tracing is not None:
        from goqueue_worker.attempt_spans import AttemptSpans

        spans = AttemptSpans(telemetry.tracing, worker_id)
    if telemetry.error_reports is not None:
        from goqueue_worker.failure_reports import FailureReports

        reports = FailureReports(telemetry.error_reports)
    return _nested(spans, reports)


def of_isolated(telemetry: Telemetry) -> AttemptObserver | None:
    """Of a process that runs what another one has claimed."""
    spans = reports = None
    if telemetry.tracing is not None:
        from goqueue_worker.attempt_spans import WithinSpan

        spans = WithinSpan()
    if telemetry.error_reports is not None:
        from goqueue_worker.failure_reports import ExceptionReports

        reports = ExceptionReports(telemetry.error_reports)
    return _nested(spans, reports)


def _nested(spans: AttemptObserver | None, reports: AttemptObserver | None) -> AttemptObserver | None:
    """Reports within spans, so that they know the trace."""
    if spans is None or reports is None:
        return spans or reports
    return Nested(spans, reports)
