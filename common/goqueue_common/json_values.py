"""Members of JSON documents that people write: what each must be, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from goqueue_common.job import Priority

PRIORITIES: Final = {priority.label: priority for priority in Priority}


class Unreadable(Exception):
    """A member of a document is not of its kind; the message says what it must be."""


def kind(value: object) -> str:
    """What JSON calls a value: for messages."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def read_string(value: object) -> str:
    """A string. Raises Unreadable, as all of these do."""
    if not isinstance(value, str):
        raise Unreadable(f"must be a string, not {kind(value)}")
    return value


def read_object(value: object) -> Mapping[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise Unreadable(f"must be an object, not {kind(value)}")
    return value


def read_boolean(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unreadable(f"must be true or false, not {kind(value)}")
    return value


def read_priority(value: object) -> Priority:
    """A priority by its label."""
    if not isinstance(value, str) or value not in PRIORITIES:
        raise Unreadable(f"{value!r:.80} is no priority: choose {', '.join(PRIORITIES)}")
    return PRIORITIES[value]


def read_integer(value: object) -> int | None:
    """A whole number or null."""
    if type(value) is float and value.is_integer():
        return int(value)  # to JSON Schema, and to JavaScript, 3.0 is the integer 3
    if value is not None and type(value) is not int:
        raise Unreadable(f"must be an integer, not {kind(value)}" if type(value) is not float else f"{value} is no integer")
    return value


def read_number(value: object) -> float | None:
    """A number of seconds or null."""
    if value is not None and type(value) not in (int, float):
        raise Unreadable(f"must be a number of seconds, not {kind(value)}")
    return None if value is None else float(value)  # type: ignore[arg-type]  # narrowed by the line above


def read_optional_time(value: object) -> datetime | None:
    """An RFC 3339 time as UTC, or null."""
    return None if value is None else read_time(read_string(value))


def read_time(text: str) -> datetime:
    """An RFC 3339 time as UTC."""
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{text!r:.80} is no time: write it like 2030-01-31T12:00:00Z") from error
    raise Unreadable(f"{text!r:.80} has no time zone: end it with Z or an offset such as +01:00")


def read_tags(value: object) -> list[str]:
    """An array of strings."""
    if not isinstance(value, list):
        raise Unreadable(f"must be an array of strings, not {kind(value)}")
    for tag in value:
        if not isinstance(tag, str):
            raise Unreadable(f"must be an array of strings, with no {kind(tag).partition(' ')[2] or 'null'} in it")
    return value
