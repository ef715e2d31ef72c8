"""The `process` span around each attempt. Imported only where traces are on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from opentelemetry import context as current
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, StatusCode

from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_common.telemetry.tracing import SYSTEM, Tracing, remote_context, traceparent_of, within
from goqueue_worker.executor import Ended
from goqueue_worker.running import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT_WAIT_SECONDS: Final = 30.0
"""An attempt that starts so soon after its job was submitted goes on with the submitter's trace; a later one has its own,
linked to it: a trace that lasts for days is of no use to anybody.
"""


class AttemptSpans:
    """AttemptObserver that traces; what a handler traces by itself becomes part of the span."""

    def __init__(self, tracing: Tracing, worker_id: str) -> None:
        self._tracer = tracing.tracer
        self._worker_id = worker_id

    def watch(self, job: ClaimedJob, run: Callable[[], Ended]) -> Ended:
        """See AttemptObserver."""
        sender = remote_context(job.traceparent)
        waited = (job.started_at - job.created_at).total_seconds()
        with self._tracer.start_as_current_span(
            f"process {job.queue}",
            context=within(sender) if sender is not None and waited < SHORT_WAIT_SECONDS else Context(),
            kind=SpanKind.CONSUMER,
            links=[] if sender is None else [Link(sender)],
            attributes={
                "messaging.system": SYSTEM,
                "messaging.operation.name": "process",
                "messaging.operation.type": "process",
                "messaging.destination.name": job.queue,
                "messaging.message.id": job.id,
                "messaging.message.body.size": len(job.payload),
                "messaging.client.id": self._worker_id,
                "goqueue.job.type": job.type,
                "goqueue.job.attempt": job.attempt,
            },
        ) as span:
            RUNNING.set(job._replace(traceparent=traceparent_of(span)))
            ended = run()
            _conclude(span, ended[0])
        return ended


class WithinSpan:
    """AttemptObserver of an isolated process: its worker has the span, and what the handler traces is part of that."""

    def watch(self, _job: ClaimedJob, run: Callable[[], Ended]) -> Ended:
        """See AttemptObserver."""
        with _inside(RUNNING.get()):
            return run()


@contextmanager
def _inside(running: ClaimedJob | None) -> Iterator[None]:
    span = remote_context(None if running is None else running.traceparent)
    token = current.attach(Context() if span is None else within(span))
    try:
        yield
    finally:
        current.detach(token)


def _conclude(span: Span, outcome: Outcome) -> None:
    span.set_attribute("goqueue.job.outcome", outcome.event)
    if outcome.event not in (JobEvent.RETRY_LATER, JobEvent.FAIL):
        return
    entry = outcome.log_entry or {}
    error, stack = outcome.error or "", entry.get("traceback")
    # An error is written as `Type: message`; what is no exception has only a sentence, and no traceback.
    kind = error.partition(":")[0] if stack and entry["outcome"] == "error" else str(entry.get("outcome", "_OTHER"))
    span.set_status(StatusCode.ERROR, error)
    span.set_attribute("error.type", kind)
    if stack:
        span.add_event("exception", {"exception.type": kind, "exception.message": error, "exception.stacktrace": stack})
