"""What a handler logs, made fit to be kept: plain JSON, without what PostgreSQL cannot store, and not too large."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, time
from itertools import islice
from typing import Any, Final

import orjson

MAX_LINE_BYTES: Final = 4 * 1024
"""Message and fields of a line together."""
MORE: Final = "…"
"""Ends what was cut; as the name of a field, it says how many were left out."""

_MOST_ITEMS: Final = 500
_DEEPEST: Final = 8
_LONGEST_NAME: Final = 100
_ENOUGH: Final = 16
"""Bytes below which the beginning of a value tells nothing."""


def clean(text: str) -> str:
    """Without NUL and lone surrogates; no longer than a line."""
    if len(text) > MAX_LINE_BYTES:
        text = text[:MAX_LINE_BYTES] + MORE
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def plain(value: object, depth: int = 0) -> Any:
    """The value as JSON can say it; what is no JSON as its text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(str.__str__(value))
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else clean(_text(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, date | time):
        return value.isoformat()
    if depth < _DEEPEST and isinstance(value, Mapping):
        return plain_fields(value, depth + 1)
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return _plain_items(value, len(value), depth + 1)
    return clean(_text(value))


def plain_fields(fields: Mapping[Any, object], depth: int = 0) -> dict[str, Any]:
    """The fields of a line as a JSON object."""
    kept = {clean(_text(name))[:_LONGEST_NAME]: plain(value, depth) for name, value in islice(fields.items(), _MOST_ITEMS)}
    if len(fields) > _MOST_ITEMS:
        kept[MORE] = _left_out(len(fields) - _MOST_ITEMS)
    return kept


def fitted(message: str, fields: Mapping[str, Any]) -> tuple[str, bytes]:
    """The message and the fields' JSON, cut where they are too large for a line; fields as plain_fields made them."""
    encoded = orjson.dumps(fields)
    text = _cut(message, MAX_LINE_BYTES - min(len(encoded), MAX_LINE_BYTES // 2))
    room = MAX_LINE_BYTES - len(text.encode())
    return text, encoded if len(encoded) <= room else _cut_fields(fields, room)


def _plain_items(values: Iterable[object], count: int, depth: int) -> list[Any]:
    kept = [plain(value, depth) for value in islice(values, _MOST_ITEMS)]
    return kept if count <= _MOST_ITEMS else [*kept, f"{MORE} {count - _MOST_ITEMS} more"]


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a user's __str__ may raise anything, and a line must not fail a job
        return f"<{type(value).__name__}: its text cannot be had ({type(error).__name__})>"


def _left_out(count: int) -> str:
    return f"{count} more field{'s' if count > 1 else ''} left out"


def _cut(text: str, room: int) -> str:
    encoded = text.encode()
    return text if len(encoded) <= room else encoded[: max(0, room - len(MORE.encode()))].decode(errors="ignore") + MORE


def _cut_fields(fields: Mapping[str, Any], room: int) -> bytes:
    """As many as fit, in order, and the beginning of the first that does not."""
    room -= len(orjson.dumps({MORE: _left_out(len(fields))}))
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        member = len(orjson.dumps({name: value}))
        if member <= room:
            kept[name] = value
            room -= member
            continue
        if (beginning := _beginning(name, value, room)) is not None:
            kept[name] = beginning
        break
    if len(kept) < len(fields):
        kept[MORE] = _left_out(len(fields) - len(kept))
    return orjson.dumps(kept)


def _beginning(name: str, value: Any, room: int) -> str | None:
    """As much of a value's text as fits beside its name."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    length = room - len(orjson.dumps({name: ""}))
    while length > _ENOUGH:
        cut = _cut(text, length)
        if len(orjson.dumps({name: cut})) <= room:  # quotes and the like take more room in JSON
            return cut
        length = length * 3 // 4
    return None
