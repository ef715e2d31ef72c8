"""What surrounds every request: its id in the log and in the answer, and headers that keep browsers careful."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

import structlog
from flask import Flask, Response, g, request
from uuid_utils.compat import uuid7

from goqueue_api.errors import UntrustedHost

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADER: Final = "X-Request-ID"
_DEFAULTS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def register(app: Flask, *, serves_any_name: bool) -> None:
    """Give every request of this app an id, and every answer its headers.

    serves_any_name: False for an API without keys on loopback. A web page whose name resolves to 127.0.0.1 could otherwise
    submit jobs from the browser of whoever looks at it.
    """
    app.before_request(_begin)
    if not serves_any_name:
        app.before_request(_refuse_foreign_name)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get(_HEADER, "")
    g.request_id = given if _ID.fullmatch(given) else uuid7().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _refuse_foreign_name() -> None:
    """An address cannot be forged by DNS, and browsers resolve *.localhost by themselves; any other name is foreign."""
    host = request.host.lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost") or _is_address(name):
        return
    raise UntrustedHost(
        f"{name!r:.80} is no name of this machine, which is all the API serves: use localhost, or set GOQUEUE_AUTH=none "
        "where a proxy in front keeps strangers out"
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _finish(response: Response) -> Response:
    response.headers[_HEADER] = g.request_id
    for name, value in _DEFAULTS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
