"""Trace context of requests: taken from the caller, handed on with the jobs that a request submits.

It needs no tracing library: without one, what the header `traceparent` says travels to the workers as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol, Self

from flask import Flask, g, request

from goqueue_api.services import services
from goqueue_common.new_job import NewJob
from goqueue_common.trace_context import HEADER, read_traceparent

if TYPE_CHECKING:
    from goqueue_common.telemetry.tracing import Tracing

TRACEPARENT_PARAMETER: Final = {
    "name": HEADER,
    "schema": {"type": "string"},
    "example": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "description": "W3C trace context, kept with the job and handed to its handler. One that breaks a rule is ignored.",
}
_UNTRACED: Final = (
    r"^\w+://[^/]+(?:/api)?/(?:healthz|readyz|metrics|events|docs|openapi\.json)(?:[/?#]|$),"
    r"^\w+://[^/]+(?:/api)?/jobs/[^/]+/events(?:[?#]|$)"
)
"""Paths of which no spans are made: probes, scrapes, and streams that last for hours."""


class Sending(Protocol):
    """A request that submits jobs. traceparent: what they are to carry."""

    @property
    def traceparent(self) -> str | None:
        """None: nobody traces."""

    def describe(self, jobs: Sequence[NewJob]) -> None:
        """Say which jobs, once they have been read."""


class _HandedOn:
    """The caller's own context: nobody traces in this process."""

    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str | None) -> None:
        self.traceparent = traceparent

    def describe(self, jobs: Sequence[NewJob]) -> None:
        """See Sending."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def sending() -> AbstractContextManager[Sending]:
    """Around reading and storing the jobs of the present request."""
    tracing = services().telemetry.tracing
    return _HandedOn(g.traceparent) if tracing is None else tracing.sending()


def trace_requests(app: Flask, tracing: Tracing) -> None:
    """A span around each request. Comes before all that looks at requests, or what that refuses would have none."""
    from opentelemetry.instrumentation.flask import FlaskInstrumentor

    FlaskInstrumentor().instrument_app(  # type: ignore[no-untyped-call]  # the library has no types here
        app, tracer_provider=tracing.provider, excluded_urls=_UNTRACED, enable_commenter=False
    )


def begin() -> None:
    """Take over the caller's context, or that of this request's own span, as `g.traceparent`."""
    tracing = services().telemetry.tracing
    context = None if tracing is None else tracing.current()
    g.traceparent = context or read_traceparent(request.headers.get(HEADER))
