"""What Werkzeug's errors say, and statuses in words: the same with every Python."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, NamedTuple


class HttpError(NamedTuple):
    """How an error that Werkzeug raises is told."""

    code: str
    detail: str


HTTP_ERRORS: Final = {
    400: HttpError("bad_request", "the request cannot be read"),
    404: HttpError("not_found", "nothing is served at this path: /docs lists what is"),
    405: HttpError("method_not_allowed", "this path does not know the method"),
    408: HttpError("request_timeout", "the request did not arrive whole in time: send it without pauses"),
    413: HttpError("request_entity_too_large", "the body is too large"),
    415: HttpError("unsupported_media_type", "the body must be JSON: send it with Content-Type: application/json"),
    500: HttpError("internal_error", "something went wrong here; the log of the API has it under this request_id"),
}
ANY_OTHER: Final = "request_refused"
"""The code of the rest."""
_TITLES: Final = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
"""As RFC 9110 has them; http.HTTPStatus renamed these in Python 3.13."""


def title(status: int) -> str:
    """A status in words."""
    return _TITLES.get(status) or HTTPStatus(status).phrase
