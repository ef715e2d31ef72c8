"""What a query string asks of the list of jobs: filters of several values, payload conditions, and where a page begins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

import orjson

from goqueue_api.pagination import decode_cursor, encode_cursor
from goqueue_common.errors import InvalidCursor
from goqueue_common.job_search import Place
from goqueue_common.json_values import Unreadable, kind

NEWEST_FIRST: Final = "-created"
OLDEST_FIRST: Final = "created"
PAYLOAD_PREFIX: Final = "payload."
MAX_PAYLOAD_CONDITIONS: Final = 20
"""How many objects the given values may make: each is one more look into the index."""
_COMMA: Final = re.compile(r"(?<!\\),")


def split(value: str) -> list[str]:
    r"""The values of a parameter with commas between them; `\,` is a comma of a value. Raises Unreadable."""
    parts = _COMMA.split(value)
    if len(parts) > 1 and not all(parts):
        raise Unreadable("has nothing before, after or between commas: write a comma of a value as \\,")
    return [part.replace("\\,", ",") for part in parts]


def payload_objects(objects: Sequence[str], members: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The objects that a payload must contain one of.

    objects: values of `payload=`, each a JSON object. members: path -> values of `payload.<path>=`, each read as JSON, or
    else as a string: one value of every path must be there, beside one of the objects. Raises Unreadable.
    """
    choices = [[_read_object(text) for text in objects] or [{}]]
    choices += [[_nested(path, text) for text in texts] for path, texts in members.items()]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MAX_PAYLOAD_CONDITIONS:
        raise Unreadable(
            f"these values make {count} combinations; at most {MAX_PAYLOAD_CONDITIONS} may be asked for at once"
        )
    return [_merged(parts) for parts in product(*choices)] if objects or members else []


def place(cursor: str | None, sort: str) -> Place | None:
    """Where a page begins. Raises InvalidCursor, also for a cursor of another order."""
    if cursor is None:
        return None
    try:
        return Place(str(decode_cursor(cursor, _cursor_kind(sort, back=False))))
    except InvalidCursor:
        return Place(str(decode_cursor(cursor, _cursor_kind(sort, back=True))), back=True)


def cursor(begins: Place | None, sort: str) -> str | None:
    """The cursor of that page."""
    return None if begins is None else encode_cursor(begins.id, _cursor_kind(sort, back=begins.back))


def _cursor_kind(sort: str, *, back: bool) -> str:
    return f"{sort} {'back' if back else 'on'}"


def _read_object(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except ValueError as error:
        raise Unreadable(f'{text!r:.80} is no JSON: write an object such as {{"user": {{"id": 42}}}}') from error
    if not isinstance(value, dict):
        raise Unreadable(f'must be a JSON object such as {{"user": {{"id": 42}}}}, not {kind(value)}')
    return storable(value)


def _nested(path: str, text: str) -> dict[str, Any]:
    keys = path.split(".")
    if not all(keys):
        raise Unreadable(f"payload.{path!s:.80} has an empty name between its dots")
    try:
        value: Any = orjson.loads(text)
    except ValueError:
        value = text
    for key in reversed(keys):
        value = {key: value}
    return storable(value)


def storable(value: dict[str, Any]) -> dict[str, Any]:
    """What PostgreSQL can compare, and what a bulk operation can keep: some objects around it."""
    try:
        encoded = orjson.dumps([[[[value]]]])
    except orjson.JSONEncodeError as error:
        raise Unreadable("is nested too deep: about 250 objects are the most") from error
    if b"\\u0000" in encoded:
        raise Unreadable("has the character U+0000, which no payload can have")
    return value


def _merged(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in parts:
        _merge(merged, part)
    return merged


def _merge(into: dict[str, Any], part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        present = into.get(key)
        if key not in into:
            into[key] = _copied(value)
        elif isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif present != value:
            raise Unreadable(f"asks for two different values of {key!r:.80} at once")


def _copied(value: Any) -> Any:
    return {key: _copied(inner) for key, inner in value.items()} if isinstance(value, dict) else value
