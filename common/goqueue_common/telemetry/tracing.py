"""Spans of OpenTelemetry. Imported only where OTEL_EXPORTER_OTLP_ENDPOINT is set; see `Telemetry`.

Names and attributes are those of OpenTelemetry's conventions for messaging. Payloads, results and values of statements are
never among them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, TraceState

from goqueue_common.new_job import NewJob
from goqueue_common.telemetry.settings import prefer_stable_names
from goqueue_common.telemetry.store_spans import StoreTracerProvider, type_of_error_only
from goqueue_common.trace_context import read_traceparent, traceparent
from goqueue_common.version import version

SYSTEM: Final = "goqueue"


class NoLoneCalls(Sampler):
    """Leaves out calls of stores that are part of nothing: workers ask them all day long, and each would be a trace."""

    def __init__(self, inner: Sampler) -> None:
        self._inner = inner

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Mapping[str, Any] | None = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """See Sampler."""
        if kind is SpanKind.CLIENT and not trace.get_current_span(parent_context).get_span_context().is_valid:
            return SamplingResult(Decision.DROP)
        return self._inner.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """See Sampler."""
        return f"NoLoneCalls({self._inner.get_description()})"


class SendSpan:
    """The span of a request that submits jobs; `traceparent` is what they carry to their workers."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.traceparent: str | None = traceparent_of(span)

    def describe(self, jobs: Sequence[NewJob]) -> None:
        """Say which jobs, once they have been read."""
        queues = {job.queue for job in jobs}
        if len(queues) == 1:
            queue = next(iter(queues))
            self._span.update_name(f"send {queue}")
            self._span.set_attribute("messaging.destination.name", queue)
        if len(jobs) == 1:
            self._span.set_attributes(
                {
                    "messaging.message.id": jobs[0].id,
                    "messaging.message.body.size": len(jobs[0].payload),
                    "goqueue.job.type": jobs[0].type,
                }
            )
        else:
            self._span.set_attribute("messaging.batch.message_count", len(jobs))


class Tracing:
    """The tracer of this process, sending to a collector from a thread of its own."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self.tracer = provider.get_tracer("goqueue", version())

    @classmethod
    def start(cls, endpoint: str, service: str) -> Tracing:
        """Begin to trace this process, for handlers' own spans too.

        The library reads the other OTEL_ variables (sampler, headers, resource attributes) by itself.
        """
        prefer_stable_names()
        about = Resource.create({"service.name": service, "service.version": version(), "service.instance.id": _new_id()})
        # Not by its own atexit hook, which may wait for a collector for half a minute.
        provider = TracerProvider(resource=about.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
        provider.sampler = NoLoneCalls(provider.sampler)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        for_stores = StoreTracerProvider(provider)
        Psycopg2Instrumentor().instrument(tracer_provider=for_stores, skip_dep_check=True)
        RedisInstrumentor().instrument(tracer_provider=for_stores, skip_dep_check=True)
        return cls(provider)

    @property
    def provider(self) -> TracerProvider:
        """For instrumentation of other libraries."""
        return self._provider

    def current(self) -> str | None:
        """The traceparent of the span that the caller is in; None: in none."""
        return traceparent_of(trace.get_current_span())

    @contextmanager
    def sending(self) -> Iterator[SendSpan]:
        """A `send` span around reading and storing new jobs."""
        about = {"messaging.system": SYSTEM, "messaging.operation.name": "send", "messaging.operation.type": "send"}
        with (
            self.tracer.start_as_current_span(
                "send", kind=SpanKind.PRODUCER, attributes=about, record_exception=False, set_status_on_exception=False
            ) as span,
            type_of_error_only(span),
        ):
            yield SendSpan(span)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def traceparent_of(span: Span) -> str | None:
    """What a span hands on, sampled or not; None for no span."""
    context = span.get_span_context()
    if not context.is_valid:
        return None
    return traceparent(f"{context.trace_id:032x}", f"{context.span_id:016x}", context.trace_flags)


def remote_context(text: str | None) -> SpanContext | None:
    """The context that a traceparent names; None for none, or for one that breaks a rule."""
    known = read_traceparent(text)
    if known is None:
        return None
    _, trace_id, span_id, flags = known.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))


def within(context: SpanContext) -> Context:
    """A context in which new spans are children of this one."""
    return trace.set_span_in_context(NonRecordingSpan(context), Context())


def _new_id() -> str:
    return str(uuid.uuid4())
