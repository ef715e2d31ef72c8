"""What surrounds every request: its id in the log and in the answer, and headers that keep browsers careful."""

from __future__ import annotations

import re
from typing import Final

import structlog
from flask import Flask, Response, g, request
from uuid_utils.compat import uuid7

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADER: Final = "X-Request-ID"
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
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    response.headers[_HEADER] = g.request_id
    for name, value in _DEFAULTS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
