"""A bulk operation as a client asks for it: from JSON to what is to be done to which jobs.

schemas/bulk.py documents the same members; a test holds the two together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError, fields

from goqueue_api.errors import InvalidRequest
from goqueue_api.openapi import field_errors
from goqueue_api.schemas.bulk import MAX_IDS, MAX_RATE, BulkFilterSchema
from goqueue_common import filter_document
from goqueue_common.bulk import BulkAction, NewBulkOperation
from goqueue_common.errors import FieldError, pointer_word
from goqueue_common.job_filter import JobFilter
from goqueue_common.json_values import PRIORITIES, Unreadable, kind

_ACTIONS: Final = {str(action): action for action in BulkAction}
_FILTER: Final = BulkFilterSchema()
_CONFIRM: Final = (
    'names nothing, which would mean every job: name what you mean, or send "confirm_all": true beside it if it is all'
)


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """What was asked for: to do it, or only to show what it would do."""

    new: NewBulkOperation
    is_dry_run: bool


def read_bulk(document: Mapping[str, Any]) -> BulkRequest:
    """Raises InvalidRequest with everything that is wrong."""
    problems: list[FieldError] = []
    values: dict[str, Any] = {}
    for name, value in document.items():
        try:
            values[name] = _reader(name)(value)
        except Unreadable as error:
            problems.append(FieldError(f"/{pointer_word(name[:80])}", str(error)))
        except InvalidRequest as error:
            problems += error.fields
    problems += _missing(document) if problems else [*_missing(document), *_inconsistent(values)]
    if problems:
        raise InvalidRequest(problems)
    new = NewBulkOperation(
        action=values["action"],
        wanted=values["filter"] if "filter" in values else JobFilter(ids=values["ids"]),
        priority=values.get("priority"),
        rate_per_second=values.get("rate_per_second"),
    )
    return BulkRequest(new, values.get("dry_run", False))


def _reader(name: str) -> Callable[[object], Any]:
    if name not in READERS:
        raise Unreadable(f"is no member of a bulk request; those are {', '.join(READERS)}")
    return READERS[name]


def _missing(document: Mapping[str, Any]) -> Iterator[FieldError]:
    if "action" not in document:
        yield FieldError("/action", f"is missing: choose {', '.join(_ACTIONS)}")
    if "filter" not in document and "ids" not in document:
        yield FieldError("/filter", "is missing: say which jobs by filter, or by ids")
    if "filter" in document and "ids" in document:
        yield FieldError("/ids", "cannot stand beside filter: say which jobs by one of them")


def _inconsistent(values: Mapping[str, Any]) -> Iterator[FieldError]:
    action = values.get("action")
    if action is BulkAction.SET_PRIORITY and "priority" not in values:
        yield FieldError("/priority", f"is missing: choose {', '.join(PRIORITIES)}")
    if action not in (None, BulkAction.SET_PRIORITY) and "priority" in values:
        yield FieldError("/priority", f"has no meaning for {action}, only for {BulkAction.SET_PRIORITY}")
    # A filter that was lost on its way must not mean every job.
    is_everything = "filter" in values and not filter_document.to_document(values["filter"])
    if is_everything and not values.get("confirm_all") and not values.get("dry_run"):
        yield FieldError("/filter", _CONFIRM)


def _action(value: object) -> BulkAction:
    if not isinstance(value, str) or value not in _ACTIONS:
        raise Unreadable(f"{value!r:.80} is no action: choose {', '.join(_ACTIONS)}")
    return _ACTIONS[value]


def _filter(value: object) -> JobFilter:
    if not isinstance(value, dict):
        raise Unreadable(f"must be an object, not {kind(value)}")
    problems = list(_filter_problems(value))
    if not problems:
        try:
            return filter_document.job_filter(_FILTER.load(value))
        except ValidationError as error:
            problems = list(field_errors("/filter", error.messages))
    raise InvalidRequest(problems)


def _filter_problems(value: Mapping[str, Any]) -> Iterator[FieldError]:
    """What marshmallow would not say, or not so clearly."""
    for name, member in value.items():
        pointer = f"/filter/{pointer_word(name[:80])}"
        if name not in filter_document.MEMBERS:
            yield FieldError(pointer, f"is no filter; those are {', '.join(filter_document.MEMBERS)}")
        elif name == "payload" and isinstance(member, list) and {} in member:
            yield FieldError(pointer, "has an empty object in it, which every payload contains: say what must be there")
        elif member == []:
            yield FieldError(pointer, "is empty: name at least one, or leave it out")
        elif isinstance(_FILTER.fields[name], fields.List) and not isinstance(member, list):
            yield FieldError(pointer, f"must be an array, not {kind(member)}")


def _ids(value: object) -> list[str]:
    if not isinstance(value, list):
        raise Unreadable(f"must be an array of ids, not {kind(value)}")
    if not 1 <= len(value) <= MAX_IDS:
        raise Unreadable(f"has {len(value):,} items: send 1 to {MAX_IDS:,}, or a filter")
    return sorted({_id(item) for item in value})


def _id(value: object) -> str:
    try:
        return str(UUID(value)) if isinstance(value, str) else _no_id(value)
    except ValueError:
        return _no_id(value)


def _no_id(value: object) -> str:
    raise Unreadable(f"has {value!r:.80} in it, which is no job id: an id is a UUID, as POST /jobs answered it")


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(f"must be true or false, not {kind(value)}")
    return value


def _rate(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(f"must be a number of jobs a second, not {kind(value)}")
    if not math.isfinite(value) or not 0 < value <= MAX_RATE:
        raise Unreadable(
            f"{value} is out of range: more than 0, at most {MAX_RATE:,.0f}; leave it out for no limit of its own"
        )
    return float(value)


def _priority(value: object) -> Any:
    if not isinstance(value, str) or value not in PRIORITIES:
        raise Unreadable(f"{value!r:.80} is no priority: choose {', '.join(PRIORITIES)}")
    return PRIORITIES[value]


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "action": _action,
    "filter": _filter,
    "ids": _ids,
    "dry_run": _boolean,
    "rate_per_second": _rate,
    "priority": _priority,
    "confirm_all": _boolean,
}
"""The members of a bulk request, and how each is read."""
