"""What surrounds every request: what the log says of it, its id in the answer, and headers that keep browsers careful."""

from __future__ import annotations

import re
from typing import Final

import structlog
from flask import Flask, Response, g, request
from uuid_utils import uuid7

from goqueue_api import tracing
from goqueue_common.trace_context import trace_id_of

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADER: Final = "X-Request-ID"
_ID_LENGTH: Final = 36
_DEFAULTS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def register(app: Flask) -> None:
    """Give every request of this app an id, and every answer its headers."""
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get(_HEADER, "")
    g.request_id = given if _ID.fullmatch(given) else uuid7().hex
    tracing.begin()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**about())


def about() -> dict[str, str]:
    """What the log says of the present request: its id, the trace it is part of, the job it is about."""
    known: dict[str, str] = {"request_id": g.request_id}
    if g.traceparent is not None:
        known["trace_id"] = trace_id_of(g.traceparent)
    if request.view_args and (job_id := request.view_args.get("job_id")):
        known["job_id"] = job_id[:_ID_LENGTH]
    return known


def _finish(response: Response) -> Response:
    response.headers[_HEADER] = g.request_id
    for name, value in _DEFAULTS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
