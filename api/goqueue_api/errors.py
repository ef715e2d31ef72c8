"""Errors as HTTP tells them: the one map from GoQueueError to a status, and application/problem+json (RFC 9457) for all.

Nothing here shows internals: an error nobody expected is logged with its traceback and answered with a bare 500.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import structlog
from flask import Flask, Response, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from goqueue_api import request_context
from goqueue_api.http_errors import ANY_OTHER, HTTP_ERRORS, HttpError, title
from goqueue_api.json_provider import dumps
from goqueue_api.public_path import public_path
from goqueue_api.services import services
from goqueue_common import errors
from goqueue_common.errors import FieldError, GoQueueError

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS: Final = 1
"""What a 503 asks for: by then a restarted store is usually back."""
PROBLEM_TYPE: Final = "application/problem+json"


class UnsupportedMediaType(GoQueueError):
    """A body that is not declared to be JSON."""

    code = HTTP_ERRORS[415].code


class InvalidJson(GoQueueError):
    """A body that is not JSON."""

    code = "invalid_json"


class InvalidRequest(GoQueueError):
    """A body, query or header that breaks a rule; `fields` says which."""

    code = "invalid_request"

    def __init__(self, fields: list[FieldError]) -> None:
        super().__init__(sentence(fields))
        self.fields = fields


class InvalidIdempotencyKey(GoQueueError):
    """An Idempotency-Key header that cannot be one."""

    code = "invalid_idempotency_key"


class Unauthorized(GoQueueError):
    """A request without a key, or with one that is not valid. is_token_wrong: there was one."""

    code = "unauthorized"

    def __init__(self, message: str, *, is_token_wrong: bool = False) -> None:
        super().__init__(message)
        self.is_token_wrong = is_token_wrong


class Forbidden(GoQueueError):
    """The caller's key does not have the scope that this takes."""

    code = "insufficient_scope"

    def __init__(self, message: str, scope: str) -> None:
        super().__init__(message)
        self.scope = scope


class TooManyFailedTries(GoQueueError):
    """An address has tried too many wrong keys. retry_after: seconds."""

    code = "too_many_failed_tries"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyStreams(GoQueueError):
    """As many streams of live events are open as one process of the API takes."""

    code = "too_many_streams"


class PreconditionRequired(GoQueueError):
    """A change without If-Match: it could undo what somebody else has just changed."""

    code = "precondition_required"


class BodyTooLarge(GoQueueError):
    """A body that is larger than its path takes. Werkzeug raises its own error; this stands for it."""

    code = HTTP_ERRORS[413].code


class UntrustedHost(GoQueueError):
    """A request under a name that an API open to this machine only does not answer to."""

    code = "untrusted_host"


_STATUSES: Final[dict[type[GoQueueError], int]] = {
    InvalidJson: 400,
    InvalidIdempotencyKey: 400,
    UntrustedHost: 400,
    errors.InvalidCursor: 400,
    Unauthorized: 401,
    Forbidden: 403,
    errors.JobNotFound: 404,
    errors.KeyNotFound: 404,
    errors.QueueNotFound: 404,
    errors.LimitNotFound: 404,
    errors.WorkerNotFound: 404,
    errors.FailureNotFound: 404,
    errors.BulkOperationNotFound: 404,
    errors.ScheduleNotFound: 404,
    errors.WrongStatus: 409,
    errors.WorkerEnded: 409,
    errors.ScheduleExists: 409,
    errors.ScheduleReadOnly: 409,
    errors.ScheduleDropped: 409,
    errors.IdempotencyKeyInUse: 409,
    errors.JobChanged: 412,
    errors.ScheduleChanged: 412,
    errors.PayloadTooLarge: 413,
    BodyTooLarge: 413,
    UnsupportedMediaType: 415,
    InvalidRequest: 422,
    errors.InvalidJob: 422,
    errors.IdempotencyKeyReused: 422,
    PreconditionRequired: 428,
    TooManyFailedTries: 429,
    TooManyStreams: 503,
    errors.StoreUnavailable: 503,
    errors.BrokerUnavailable: 503,
}


def problem_codes() -> dict[str, int]:
    """Every `code` that a problem document may carry, and its HTTP status; request_refused has several."""
    ours = {kind.code: status for kind, status in problem_kinds().items()}
    return {**ours, **{error.code: status for status, error in HTTP_ERRORS.items()}, ANY_OTHER: 400}


def problem_kinds() -> dict[type[GoQueueError], int]:
    """Every error that HTTP tells of, and its status; those that share the status of their base class, too."""
    heirs = {heir: status for kind, status in _STATUSES.items() for heir in kind.__subclasses__()}
    return {**_STATUSES, **heirs}


def sentence(fields: Sequence[FieldError]) -> str:
    """The first of several things wrong, and how many more there are."""
    first = fields[0]
    more = f" (and {len(fields) - 1} more: see errors)" if len(fields) > 1 else ""
    return f"{first.pointer or 'the body'}: {first.detail}{more}"


def status_of(error: GoQueueError) -> int:
    """The HTTP status of an error; 500 for one that should never reach HTTP."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
    **members: Any,
) -> Response:
    """A problem document as an answer; `members` are extra ones of this code."""
    document = {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": detail,
        "instance": public_path(),
        "code": code,
        "errors": [{"pointer": field.pointer, "detail": field.detail} for field in fields],
        "request_id": g.get("request_id"),
        **members,
    }
    return Response(dumps(document), status, headers, content_type=PROBLEM_TYPE)


def goqueue_problem(error: GoQueueError) -> Response:
    """Any error of ours as an answer."""
    status = status_of(error)
    if status == 500:
        return _internal_error(error)
    members: dict[str, Any] = {}
    if isinstance(error, errors.WrongStatus):
        members["job_status"] = error.status  # `status` is taken: RFC 9457 keeps it for the HTTP status
    return problem(status, error.code, str(error), fields=_fields(error), headers=_headers(error, status), **members)


def _headers(error: GoQueueError, status: int) -> dict[str, str] | None:
    """RFC 6750 for keys; when to come again for what passes."""
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="goqueue"' + (', error="invalid_token"' if error.is_token_wrong else "")}
    if isinstance(error, Forbidden):
        return {"WWW-Authenticate": f'Bearer realm="goqueue", error="insufficient_scope", scope="{error.scope}"'}
    if isinstance(error, TooManyFailedTries):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else None


def _fields(error: GoQueueError) -> Sequence[FieldError]:
    if isinstance(error, errors.InvalidJob | InvalidRequest):
        return error.fields
    if isinstance(error, errors.IdempotencyKeyReused) and error.index is not None:
        return [FieldError(f"/jobs/{error.index}/idempotency_key", str(error))]
    return ()


def http_problem(error: HTTPException) -> Response:
    """What Flask, Werkzeug and flask-smorest raise, as an answer that keeps its headers (Allow, Retry-After)."""
    status = 408 if isinstance(error, ClientDisconnected) else error.code or 500
    if status == 500:
        return _internal_error(getattr(error, "original_exception", None) or error)
    kept = {name: value for name, value in error.get_headers() if name.lower() not in ("content-type", "content-length")}
    code, detail = HTTP_ERRORS.get(status) or HttpError(ANY_OTHER, error.description or title(status))
    if status == 405 and "Allow" in kept:
        detail = f"{detail} {request.method}: it knows {kept['Allow']}"
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or 0
        detail = (
            f"the body is larger than {limit:,} bytes: store the data elsewhere and send references, or send less at once"
        )
    return problem(status, code, detail, headers=kept)


def _broken_body(_: ParseException) -> Response:
    """Chunks that are none, which gunicorn finds when the body is read."""
    return problem(400, *HTTP_ERRORS[400], headers={"Connection": "close"})


def _internal_error(error: BaseException) -> Response:
    log.error("request_failed", method=request.method, path=request.path, exc_info=error)
    if (reports := services().telemetry.error_reports) is not None:
        with reports.tagged({"method": request.method, "route": str(request.url_rule), **request_context.about()}):
            reports.report(error)
    return problem(500, *HTTP_ERRORS[500])


def register(app: Flask) -> None:
    """Answer every error of this app with a problem document."""
    app.register_error_handler(GoQueueError, goqueue_problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(ParseException, _broken_body)
    app.register_error_handler(Exception, _internal_error)
