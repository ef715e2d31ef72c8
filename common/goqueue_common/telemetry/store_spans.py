"""Spans of calls of stores, as their instrumentation makes them, but without the texts of errors.

PostgreSQL quotes the statement with its values, or the row, in what it refuses; Redis the command. Imported only where
traces are on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import Span, StatusCode, Tracer, TracerProvider


class StoreTracerProvider(TracerProvider):
    """Given to the instrumentation of stores; spans go to the provider that it is made of."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider

    def get_tracer(self, *args: Any, **kwargs: Any) -> Tracer:
        """See TracerProvider."""
        return _StoreTracer(self._provider.get_tracer(*args, **kwargs))


class _StoreTracer(Tracer):
    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def start_span(self, *args: Any, **kwargs: Any) -> Span:
        return self._tracer.start_span(*args, **kwargs)

    @contextmanager
    def start_as_current_span(self, *args: Any, **kwargs: Any) -> Iterator[Span]:  # type: ignore[override]  # one of theirs
        quiet = {**kwargs, "record_exception": False, "set_status_on_exception": False}
        with self._tracer.start_as_current_span(*args, **quiet) as span, type_of_error_only(span):
            yield span


@contextmanager
def type_of_error_only(span: Span) -> Iterator[None]:
    """Say on a span which type of error ended it, and not its text: that may quote a payload."""
    try:
        yield
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
        raise
