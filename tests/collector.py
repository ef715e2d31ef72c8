"""What traces and error reports are sent to, on loopback: an OpenTelemetry collector and a Sentry, the parts we need."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class SeenSpan:
    """A span that has arrived; ids in hex, parent_id empty for a root, links: (trace id, span id)."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    links: list[tuple[str, str]]
    attributes: dict[str, Any]
    status: int
    events: list[dict[str, Any]]


@dataclass
class Collector:
    """Takes POST /v1/traces and Sentry's envelopes, and keeps what was in them."""

    url: str
    spans: list[SeenSpan] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)

    @property
    def sentry_dsn(self) -> str:
        """Of the one project there is."""
        return self.url.replace("http://", "http://public0123@") + "/7"

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The events of the envelopes, oldest first."""
        lines = [line for envelope in list(self.envelopes) for line in envelope.splitlines()]
        return [
            event
            for line in lines
            if line.startswith("{") and "event_id" in (event := json.loads(line)) and "level" in event
        ]

    def of_job(self, job_id: str) -> list[SeenSpan]:
        """Spans about this job."""
        return [span for span in list(self.spans) if span.attributes.get("messaging.message.id") == job_id]

    def take(self, path: str, body: bytes) -> None:
        """One request."""
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = _attributes(resource.resource.attributes)["service.name"]
                self.spans += [_seen(service, span) for scope in resource.scope_spans for span in scope.spans]
        elif path == "/api/7/envelope/":
            self.envelopes.append(body.decode())


def _seen(service: str, span: Span) -> SeenSpan:
    return SeenSpan(
        service=service,
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
        attributes=_attributes(span.attributes),
        status=span.status.code,
        events=[{"name": event.name, **_attributes(event.attributes)} for event in span.events],
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            collector.take(self.path, body)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
