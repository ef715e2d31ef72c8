from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from goqueue_common.job import ClaimedJob
from goqueue_common.telemetry.telemetry import OFF, Telemetry
from goqueue_common.telemetry.tracing import Tracing
from goqueue_common.trace_context import trace_id_of
from goqueue_worker import observers
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.attempt_spans import SHORT_WAIT_SECONDS, AttemptSpans
from goqueue_worker.executor import AttemptObserver, Executor
from goqueue_worker.failure_reports import ExceptionReports, FailureReports
from goqueue_worker.handler import Handler
from goqueue_worker.recorded import Recorded, Recorder
from goqueue_worker.running import RUNNING
from goqueue_worker.verdicts import Discard, Retry, Snooze
from tests.unit.worker.claimed import NOW, FrozenClock, claimed_job

CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def attempt(job: ClaimedJob, function: Callable[..., Any], observer: AttemptObserver) -> None:
    executor = Executor("w1", Recorder(Recorded()), FrozenClock(), observer=observer)
    executor.run(Attempt(job, Handler(type=job.type, function=function), 0), RunningSlot())


def fail(_payload: Any, _job: Any) -> None:
    raise LookupError("no such order")


def say(verdict: Any) -> Callable[..., Any]:
    return lambda _payload, _job: verdict


@pytest.fixture(autouse=True)
def _nothing_runs() -> Iterator[None]:
    yield
    RUNNING.set(None)


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exported: InMemorySpanExporter) -> Tracing:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    return Tracing(provider)


def span_of(exported: InMemorySpanExporter) -> ReadableSpan:
    [span] = exported.get_finished_spans()
    return span


def test_without_telemetry_nobody_looks_on() -> None:
    assert observers.of_child(OFF, "w1") is None
    assert observers.of_isolated(OFF) is None


def test_an_attempt_long_after_its_submit_has_a_trace_of_its_own(tracing: Tracing, exported: InMemorySpanExporter) -> None:
    submitted = NOW - timedelta(seconds=SHORT_WAIT_SECONDS)
    attempt(claimed_job(traceparent=CONTEXT, created_at=submitted), say(None), AttemptSpans(tracing, "w1"))
    span = span_of(exported)
    assert span.parent is None
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [trace_id_of(CONTEXT)]
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" != trace_id_of(CONTEXT)


def test_an_attempt_soon_after_its_submit_goes_on_with_that_trace(tracing: Tracing, exported: InMemorySpanExporter) -> None:
    submitted = NOW - timedelta(seconds=SHORT_WAIT_SECONDS - 1)
    attempt(claimed_job(traceparent=CONTEXT, created_at=submitted), say(None), AttemptSpans(tracing, "w1"))
    span = span_of(exported)
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == CONTEXT.split("-")[2]
    assert len(span.links) == 1


def test_a_line_of_a_traced_attempt_names_its_own_trace(tracing: Tracing, exported: InMemorySpanExporter) -> None:
    seen: list[str] = []

    def look(_payload: Any, job: Any) -> None:
        running = RUNNING.get()
        assert running is not None
        assert running.traceparent is not None
        seen.extend([trace_id_of(running.traceparent), job.traceparent])

    attempt(claimed_job(traceparent=CONTEXT, created_at=NOW - timedelta(days=1)), look, AttemptSpans(tracing, "w1"))
    context = span_of(exported).context
    assert context is not None
    assert seen == [f"{context.trace_id:032x}", CONTEXT]


@pytest.mark.parametrize(
    ("function", "fields", "outcome", "error_type"),
    [
        pytest.param(fail, {}, "retry_later", "LookupError", id="a retry"),
        pytest.param(fail, {"max_retries": 0}, "fail", "LookupError", id="a failure"),
        pytest.param(say(Retry(1.0, "busy: come again")), {}, "retry_later", "error", id="a verdict"),
        pytest.param(say(Discard()), {}, "fail", "discarded", id="discarded"),
        pytest.param(say(Snooze(1.0)), {}, "snooze", None, id="snoozed"),
        pytest.param(say(None), {"cancel_requested": True}, "confirm_cancel", None, id="cancelled"),
    ],
)
def test_a_span_says_how_its_attempt_ended(
    tracing: Tracing,
    exported: InMemorySpanExporter,
    function: Callable[..., Any],
    fields: dict[str, Any],
    outcome: str,
    error_type: str | None,
) -> None:
    attempt(claimed_job(**fields), function, AttemptSpans(tracing, "w1"))
    span = span_of(exported)
    attributes = span.attributes or {}
    assert attributes["goqueue.job.outcome"] == outcome
    assert attributes.get("error.type") == error_type
    assert (span.status.status_code is StatusCode.ERROR) is (error_type is not None)


@dataclass
class KeptReports:
    """Keeps what is reported, with the tags it would have."""

    kept: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    tags: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def tagged(self, tags: Mapping[str, Any]) -> Iterator[None]:
        self.tags = dict(tags)
        yield

    def report(self, error: BaseException) -> None:
        self.kept.append((error, self.tags))

    def report_message(self, message: str) -> None:
        self.kept.append((message, self.tags))


@pytest.mark.parametrize(
    ("function", "max_retries", "reported"),
    [
        pytest.param(fail, 0, ["no such order"], id="failed for good"),
        pytest.param(fail, 1, [], id="to be retried"),
        pytest.param(say(Discard("useless")), 0, [], id="discarded on purpose"),
        pytest.param(say(Retry(1.0, "busy")), 0, ["busy"], id="no retry left"),
        pytest.param(say({1, 2}), 0, ["the handler's result cannot be stored"], id="a result that is no JSON"),
        pytest.param(say({"fine": True}), 0, [], id="completed"),
    ],
)
def test_what_fails_for_good_is_reported(function: Callable[..., Any], max_retries: int, reported: list[str]) -> None:
    reports = KeptReports()
    job = claimed_job(max_retries=max_retries, traceparent=CONTEXT)
    attempt(job, function, FailureReports(reports))  # type: ignore[arg-type]  # a stand-in that keeps them
    assert [str(error).partition(":")[0] for error, _ in reports.kept] == reported
    for _, tags in reports.kept:
        assert tags == {
            "job_id": job.id,
            "job_type": job.type,
            "queue": "default",
            "attempt": 1,
            "trace_id": trace_id_of(CONTEXT),
        }


def test_an_isolated_process_reports_exceptions_only() -> None:
    reports = KeptReports()
    for function in (fail, say({1, 2})):
        attempt(claimed_job(max_retries=0), function, ExceptionReports(reports))  # type: ignore[arg-type]
    assert [type(error) for error, _ in reports.kept] == [LookupError]


def test_a_report_names_the_trace_of_its_attempt(tracing: Tracing, exported: InMemorySpanExporter) -> None:
    reports = KeptReports()
    observer = observers.of_child(Telemetry(tracing, reports), "w1")  # type: ignore[arg-type]
    assert observer is not None
    attempt(claimed_job(max_retries=0), fail, observer)
    context = span_of(exported).context
    assert context is not None
    assert reports.kept[0][1]["trace_id"] == f"{context.trace_id:032x}"
