"""JSON in: one strict reader for every request body.

Refuses what JSON does not know (NaN, 1e999, lone surrogates) and what PostgreSQL cannot keep or a float would change: the
character U+0000 anywhere, integers beyond 64 bits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson
from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from goqueue_api.errors import InvalidJson, InvalidRequest, UnsupportedMediaType
from goqueue_common.errors import FieldError, pointer_word
from goqueue_common.json_values import kind

MAX_BODY_BYTES: Final = 1024 * 1024
"""Largest body of a request, unless its view allows more."""

_DIGITS: Final = bytes(ord("0") if chr(value) in "0123456789" else value for value in range(256))
_LONG_DIGITS: Final = b"0" * 19
_LOWEST, _HIGHEST = -(2**63), 2**64 - 1
_MAX_FIELDS: Final = 50


def read_object(request: Request, max_bytes: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """The JSON object in a request's body.

    Raises UnsupportedMediaType, InvalidJson, InvalidRequest; werkzeug's RequestEntityTooLarge beyond `max_bytes`.
    """
    if not request.is_json:
        sent = request.mimetype or "nothing"
        raise UnsupportedMediaType(
            f"the body must be JSON: send it with Content-Type: application/json ({sent!r:.80} was sent)"
        )
    request.max_content_length = max_bytes
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= max_bytes:
        raise RequestEntityTooLarge  # Werkzeug cuts a body without a length off there, and says nothing
    return parse_object(body)


def read_optional_object(request: Request, max_bytes: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """Like read_object; no body at all is an empty object."""
    nothing_sent = request.content_length in (None, 0) and "Transfer-Encoding" not in request.headers
    return {} if nothing_sent and not request.mimetype else read_object(request, max_bytes)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises InvalidJson, InvalidRequest."""
    if not body.strip():
        raise InvalidJson("the body is empty: send a JSON object")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InvalidRequest([FieldError("", f"must be a JSON object, not {kind(document)}")])
    problems = list(_limited(_unkeepable(body, document)))
    if problems:
        raise InvalidRequest(problems)
    return document


def sole_array(document: Mapping[str, Any], name: str, *, of: str, least: int, most: int, advice: str = "") -> list[Any]:
    """The items of a document that has this one member. of: what the document is. Raises InvalidRequest."""
    problems = [
        FieldError(f"/{pointer_word(other[:80])}", f"is no member of {of}: it has {name}, an array, and nothing else")
        for other in document
        if other != name
    ]
    items = document.get(name)
    if not isinstance(items, list):
        problems.append(FieldError(f"/{name}", f"must be an array of {name}{advice}"))
    elif not least <= len(items) <= most:
        problems.append(FieldError(f"/{name}", f"has {len(items):,} items: send {least} to {most:,}"))
    if problems or not isinstance(items, list):
        raise InvalidRequest(problems)
    return items


def _unkeepable(body: bytes, document: Any) -> Iterator[FieldError]:
    """A cheap look at the bytes decides whether the document has to be walked at all."""
    if b"\\u0000" in body:
        for pointer in _where(document, lambda value: isinstance(value, str) and "\0" in value):
            yield FieldError(pointer, "contains the character U+0000, which cannot be stored")
    if _LONG_DIGITS in body.translate(_DIGITS):  # a regular expression takes ten times as long
        # orjson has turned integers beyond 64 bits into floats; the standard library keeps every digit.
        for pointer in _where(_exact(body), lambda value: type(value) is int and not _LOWEST <= value <= _HIGHEST):
            yield FieldError(pointer, "is an integer beyond 64 bits: send it as a string")


def _exact(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise InvalidJson("the body is nested too deep") from error


def _where(document: Any, matches: Callable[[object], bool]) -> Iterator[str]:
    """JSON pointers to values (for a key: to its member) that match. Not recursive: documents may nest deep."""
    todo = [("", document)]
    while todo:
        pointer, value = todo.pop()
        if matches(value):
            yield pointer
        if isinstance(value, dict):
            for key, member in value.items():
                inner = f"{pointer}/{pointer_word(key)}"
                if matches(key):
                    yield inner
                todo.append((inner, member))
        elif isinstance(value, list):
            todo += [(f"{pointer}/{index}", item) for index, item in enumerate(value)]


def _limited(problems: Iterator[FieldError]) -> Iterator[FieldError]:
    for _, problem in zip(range(_MAX_FIELDS), problems, strict=False):
        yield problem
