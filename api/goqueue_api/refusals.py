"""What gunicorn refuses before the application hears of it, said as everything else is: by a problem document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gunicorn.http import errors as gunicorn
from uuid_utils.compat import uuid7

from goqueue_api.http_errors import ANY_OTHER, HTTP_ERRORS, title
from goqueue_api.json_provider import dumps

MAX_REQUEST_LINE: Final = 8190
"""Bytes of method, path and query; gunicorn knows no larger limit."""

_STATUSES: Final[Mapping[type[Exception], int]] = {
    gunicorn.LimitRequestLine: 414,
    gunicorn.LimitRequestHeaders: 431,
    gunicorn.ExpectationFailed: 417,
    gunicorn.UnsupportedTransferCoding: 501,
    gunicorn.InvalidResponseHeader: 500,
    gunicorn.InvalidResponseHeaderName: 500,
    gunicorn.ConfigurationProblem: 500,
    gunicorn.ParseException: 400,
}
_DETAILS: Final = {
    414: f"the request line is longer than {MAX_REQUEST_LINE:,} bytes: ask with fewer filters",
    431: "the headers are too large: send fewer, or shorter ones",
    417: "the header Expect asks for something else than 100-continue",
    501: "the body has a Transfer-Encoding that is not known: send it chunked, or with a Content-Length",
}


def status_of(error: BaseException) -> int:
    """The HTTP status of what gunicorn raised; 500: it is not the client's fault."""
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 500)


def refusal(status: int) -> bytes:
    """A whole answer, after which the connection is closed."""
    code, usual = HTTP_ERRORS.get(status) or (ANY_OTHER, title(status))
    request_id = uuid7().hex
    document = {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": _DETAILS.get(status, usual),
        "instance": "",
        "code": code,
        "errors": [],
        "request_id": request_id,
    }
    body = dumps(document)
    lines = (
        f"HTTP/1.1 {status} {title(status)}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        f"X-Request-ID: {request_id}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
