"""What POST /schedules/sync is sent: all the definitions of a schedules file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson

from goqueue_api.errors import InvalidRequest
from goqueue_api.schedule_request import ScheduleReader
from goqueue_common.errors import FieldError, InvalidSchedule, PayloadTooLarge, ScheduleNotFound, pointer_word
from goqueue_common.json_values import kind
from goqueue_common.schedule import Definition, Schedule
from goqueue_common.schedule_definition import read_definition

MAX_SYNC_BYTES: Final = 16 * 1024 * 1024
MAX_SYNCED: Final = 10_000
_MAX_PROBLEMS: Final = 50


def read_sync(document: Mapping[str, Any], reader: ScheduleReader, stored: Callable[[str], Schedule]) -> list[Definition]:
    """Every definition; stored: the schedule of a name, raises ScheduleNotFound.

    Raises InvalidRequest (it has not the shape of a sync), InvalidSchedule with what is wrong in any item,
    PayloadTooLarge, which names the item.
    """
    definitions: dict[str, Definition] = {}
    problems: list[FieldError] = []
    for index, item in enumerate(_items(document)):
        found, wrong = _definition(index, item)
        if found is not None:
            wrong = _known_problems(found, definitions, reader, stored)
            definitions[found.name] = found
        problems += [FieldError(f"/schedules/{index}{problem.pointer}", problem.detail) for problem in wrong]
        if len(problems) >= _MAX_PROBLEMS:
            break
    if problems:
        raise InvalidSchedule(problems[:_MAX_PROBLEMS])
    return list(definitions.values())


def _definition(index: int, item: object) -> tuple[Definition | None, list[FieldError]]:
    if not isinstance(item, dict):
        return None, [FieldError("", f"must be an object, not {kind(item)}")]
    try:
        return read_definition(item), []
    except InvalidSchedule as error:
        return None, error.fields
    except PayloadTooLarge as error:
        raise PayloadTooLarge(f"/schedules/{index}{error}") from error


def _known_problems(
    definition: Definition,
    others: Mapping[str, Definition],
    reader: ScheduleReader,
    stored: Callable[[str], Schedule],
) -> list[FieldError]:
    """What is wrong with one that is right by itself."""
    if definition.name in others:
        return [FieldError("/name", f"{definition.name!r} is the name of another one above: give each its own")]
    wrong = reader.payload_problems(definition)
    return [] if wrong and _is_stored(definition, stored) else wrong


def _is_stored(definition: Definition, stored: Callable[[str], Schedule]) -> bool:
    """Whether this payload was taken before: a handler that has changed since must not stop the rest of the file."""
    try:
        known = stored(definition.name).definition
    except ScheduleNotFound:
        return False
    return known.type == definition.type and orjson.loads(known.payload) == orjson.loads(definition.payload)


def _items(document: Mapping[str, Any]) -> list[Any]:
    problems = list(_shape_problems(document))
    if problems:
        raise InvalidRequest(problems)
    items: list[Any] = document["schedules"]
    return items


def _shape_problems(document: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in document:
        if name != "schedules":
            yield FieldError(
                f"/{pointer_word(name[:80])}", "is no member of a sync: it has schedules, an array, and nothing else"
            )
    items = document.get("schedules")
    if not isinstance(items, list):
        yield FieldError("/schedules", "must be an array of schedules; an empty one removes all that the file had")
    elif len(items) > MAX_SYNCED:
        yield FieldError("/schedules", f"has {len(items):,} items: send {MAX_SYNCED:,} at most")
