"""How the errors of an operation are documented: its codes by status, each with an example."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Final

from goqueue_api.access.scope import Scope
from goqueue_api.errors import (
    PROBLEM_TYPE,
    BodyTooLarge,
    Forbidden,
    InvalidJson,
    InvalidRequest,
    TooManyFailedTries,
    Unauthorized,
    UnsupportedMediaType,
    UntrustedHost,
    problem_kinds,
)
from goqueue_api.examples.problems import PROBLEMS
from goqueue_api.http_errors import title
from goqueue_common.errors import GoQueueError, StoreUnavailable

_EVERYWHERE: Final = (UntrustedHost, InvalidRequest)
_WITH_A_KEY: Final = (Unauthorized, TooManyFailedTries, StoreUnavailable)
_WITH_A_BODY: Final = (InvalidJson, BodyTooLarge, UnsupportedMediaType)
_HEADERS: Final[Mapping[int, tuple[str, str]]] = {
    401: ("WWW-Authenticate", "Bearer; with error=invalid_token when there was a key."),
    403: ("WWW-Authenticate", "Bearer, with the scope that is missing."),
    429: ("Retry-After", "Seconds."),
    503: ("Retry-After", "Seconds."),
}


def always(scope: Scope | None, *, has_body: bool) -> tuple[type[GoQueueError], ...]:
    """What an operation may answer by what it is: the gate before it, the readers of its query and body."""
    kinds = (*_EVERYWHERE, *(() if scope is None else _WITH_A_KEY), *(_WITH_A_BODY if has_body else ()))
    return kinds if scope in (None, Scope.ANY) else (*kinds, Forbidden)


def responses(kinds: Iterable[type[GoQueueError]]) -> dict[str, Any]:
    """OpenAPI responses by status; an example a code."""
    statuses = problem_kinds()
    by_status: dict[int, list[str]] = {}
    for kind in sorted(set(kinds), key=lambda kind: (statuses[kind], kind.code)):
        by_status.setdefault(statuses[kind], []).append(kind.code)
    return {str(status): _response(status, codes) for status, codes in by_status.items()}


def share_responses(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with each problem response written once, as a component that operations refer to."""
    shared = document["components"]["responses"]
    for operations in document["paths"].values():
        for operation in operations.values():
            found = operation["responses"] if isinstance(operation, dict) else {}
            for status, response in found.items():
                codes = response.get("content", {}).get(PROBLEM_TYPE, {}).get("examples", {})
                if codes:
                    name = "Or".join("".join(word.capitalize() for word in code.split("_")) for code in codes)
                    shared[name] = response
                    found[status] = {"$ref": f"#/components/responses/{name}"}
    return document


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "description": f"{title(status)}: {', '.join(f'`{code}`' for code in codes)}.",
        "content": content(codes),
    }
    if status in _HEADERS:
        name, text = _HEADERS[status]
        document["headers"] = {name: {"schema": {"type": "string"}, "description": text}}
    return document


def content(codes: Iterable[str]) -> dict[str, Any]:
    """The problem document, with the examples of these codes."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    return {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}


def examples() -> dict[str, dict[str, Any]]:
    """OpenAPI examples by code, of the errors that operations name and of the one that none does."""
    kinds = {kind.code: (status, kind) for kind, status in problem_kinds().items()}
    named = {code: _example(code, status, _summary(kind)) for code, (status, kind) in sorted(kinds.items())}
    return named | {"internal_error": _example("internal_error", 500, "Something is wrong with the service.")}


def _summary(kind: type[GoQueueError]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0].partition("; ")[0].rstrip(".") + "."


def _example(code: str, status: int, summary: str) -> dict[str, Any]:
    found = PROBLEMS[code]
    fields = [] if found.pointer is None else [{"pointer": found.pointer, "detail": found.detail.partition(": ")[2]}]
    value = {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": found.detail,
        "instance": found.path,
        "code": code,
        "errors": fields,
        "request_id": "019cade21238768e8433a398418d79cc",
    }
    return {"summary": summary, "value": value | found.members}
