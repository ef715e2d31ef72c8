"""What can go wrong between a program and the API, as exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goqueue.values import Job


class GoQueueError(Exception):
    """Base of all errors of the client."""


class InvalidArgument(GoQueueError, ValueError):
    """Something given to the client cannot be used, such as a payload that is no JSON; nothing was sent."""


class ConnectionFailed(GoQueueError):
    """The API could not be reached, or did not answer in time, also when asked again.

    What was asked may have been done all the same, unless the connection could not even be made.
    """


class UnexpectedAnswer(GoQueueError):
    """What answered is not GoQueue's API, or a version of it that this client does not understand."""


class WaitTimeout(GoQueueError, TimeoutError):
    """The job was not finished within the time to wait; `job` is how it was when last seen."""

    def __init__(self, job: Job, waited_seconds: float) -> None:
        super().__init__(f"job {job.id} is still {job.status} after {waited_seconds:g} s")
        self.job = job


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with a request: a JSON pointer into its body and a sentence."""

    pointer: str
    detail: str


class ApiError(GoQueueError):
    """The API refused the request.

    status: of HTTP. code: a stable word to match on, or "" when a proxy answered. title, detail: for people.
    errors: what was wrong with which field. request_id: to find the request in the API's log.
    retry_after: seconds after which to ask again, if the API said so. problem: the whole document it sent.
    """

    def __init__(self, status: int, problem: Mapping[str, object], *, retry_after: float | None = None) -> None:
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        self.code = _text(problem, "code")
        self.title = _text(problem, "title")
        self.detail = _text(problem, "detail")
        self.request_id = _text(problem, "request_id") or None
        self.errors = _field_problems(problem)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        # The API's detail may name the fields already.
        unsaid = [error for error in self.errors if error.detail not in self.detail]
        fields = "; ".join(f"{error.pointer or '/'}: {error.detail}" for error in unsaid)
        said = ": ".join(part for part in (self.title, self.detail, fields) if part)
        return f"{self.status} {said}".strip()


class InvalidRequest(ApiError):
    """The request breaks a rule of the API (400, 413, 415, 422 or 428); `errors` says which."""


class Unauthorized(ApiError):
    """The API key is missing, unknown, or not allowed to do this (401 or 403)."""


class NotFound(ApiError):
    """There is no such job (404)."""


class Conflict(ApiError):
    """The request does not go with the present state of things (409), or with what has been written since (412)."""


class WrongStatus(Conflict):
    """The job's present status, `job_status`, does not allow this (409 with code `wrong_status`)."""

    @property
    def job_status(self) -> str | None:
        """The job's present status as far as the API said it."""
        said = self.problem.get("job_status", self.problem.get("status"))
        return said if isinstance(said, str) else None


class TooManyRequests(ApiError):
    """The API asks for patience, and still did when asked again (429)."""


class ServiceUnavailable(ApiError):
    """The API cannot do its work now, and still could not when asked again (502, 503 or 504)."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Unauthorized,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    428: InvalidRequest,
    429: TooManyRequests,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
}


def api_error(status: int, problem: Mapping[str, object], *, retry_after: float | None) -> ApiError:
    """The error for an answer of the API that is none of success."""
    kind = _BY_STATUS.get(status, ApiError)
    if kind is Conflict and problem.get("code") == "wrong_status":
        kind = WrongStatus
    return kind(status, problem, retry_after=retry_after)


def _text(problem: Mapping[str, object], name: str) -> str:
    value = problem.get(name)
    return value if isinstance(value, str) else ""


def _field_problems(problem: Mapping[str, object]) -> tuple[FieldProblem, ...]:
    errors = problem.get("errors")
    if not isinstance(errors, list):
        return ()
    return tuple(
        FieldProblem(_text(error, "pointer"), _text(error, "detail")) for error in errors if isinstance(error, dict)
    )
