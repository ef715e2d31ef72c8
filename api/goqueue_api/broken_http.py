"""Requests that gunicorn cannot read. It refuses them before Flask hears of them, and in HTML; here, as all others."""

from __future__ import annotations

from typing import Final

import structlog
from gunicorn.http.errors import (
    ConfigurationProblem,
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from uuid_utils.compat import uuid7

from goqueue_api.http_errors import ANY_OTHER, HTTP_ERRORS, title
from goqueue_api.json_provider import dumps

log = structlog.get_logger(__name__)

_STATUSES: Final = {
    LimitRequestLine: 414,
    ExpectationFailed: 417,
    LimitRequestHeaders: 431,
    UnsupportedTransferCoding: 501,  # as RFC 9112 wants it
}
_OURS: Final = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)


def is_broken_request(error: BaseException) -> bool:
    """Whether its sender is to blame."""
    return isinstance(error, ParseException) and not isinstance(error, _OURS)


def refusal(error: ParseException, address: str) -> bytes:
    """The whole answer, head and problem document, after which the connection is closed. address: whose it is."""
    request_id = uuid7().hex
    status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 400)
    log.info("request_unreadable", request_id=request_id, address=address, status=status, reason=str(error)[:200])
    code = HTTP_ERRORS[status].code if status in HTTP_ERRORS else ANY_OTHER
    document = {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": f"the request cannot be read: {str(error)[:200] or title(status)}",
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
