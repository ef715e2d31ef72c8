"""What POST /schedules/sync is sent: all the definitions of a schedules file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import orjson

from goqueue_api.json_body import sole_array
from goqueue_api.schedule_request import ScheduleReader
from goqueue_common.errors import FieldError, InvalidSchedule, PayloadTooLarge
from goqueue_common.json_values import kind
from goqueue_common.schedule import Definition
from goqueue_common.schedule_definition import read_definition

MAX_SYNC_BYTES: Final = 16 * 1024 * 1024
MAX_SYNCED: Final = 10_000
_MAX_PROBLEMS: Final = 50

Stored = Callable[[Collection[str]], Mapping[str, Definition]]


def read_sync(document: Mapping[str, Any], reader: ScheduleReader, stored: Stored) -> list[Definition]:
    """Every definition; stored: those there are of some names.

    Raises InvalidRequest (it has not the shape of a sync), InvalidSchedule with what is wrong in any item,
    PayloadTooLarge, which names the item.
    """
    definitions: dict[str, Definition] = {}
    problems: dict[int, list[FieldError]] = {}
    doubted: dict[int, Definition] = {}
    items = sole_array(
        document,
        "schedules",
        of="a sync",
        least=0,
        most=MAX_SYNCED,
        advice="; an empty one removes all that the file had",
    )
    for index, item in enumerate(items):
        found, wrong = _definition(index, item)
        if found is not None and found.name in definitions:
            wrong = [FieldError("/name", f"{found.name!r} is the name of another one above: give each its own")]
        elif found is not None:
            definitions[found.name] = found
            if payload_problems := reader.payload_problems(found):
                doubted[index], problems[index] = found, payload_problems
        if wrong:
            problems[index] = wrong
        if len(problems) - len(doubted) >= _MAX_PROBLEMS:
            break
    for index in _as_stored(doubted, stored):
        del problems[index]
    if problems:
        told = [FieldError(f"/schedules/{index}{one.pointer}", one.detail) for index, of in problems.items() for one in of]
        raise InvalidSchedule(told[:_MAX_PROBLEMS])
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


def _as_stored(doubted: Mapping[int, Definition], stored: Stored) -> list[int]:
    """Those whose payload was taken before: a handler that has changed since must not stop the rest of the file."""
    known = stored([definition.name for definition in doubted.values()]) if doubted else {}
    return [index for index, one in doubted.items() if one.name in known and _is_same_job(one, known[one.name])]


def _is_same_job(one: Definition, other: Definition) -> bool:
    return one.type == other.type and orjson.loads(one.payload) == orjson.loads(other.payload)
