"""What POST /schedules/fire is sent. Plain Python, as job_request is: a batch has 10,000 items and a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from goqueue_api.errors import InvalidRequest
from goqueue_common.errors import FieldError, pointer_word
from goqueue_common.json_values import Unreadable, kind, read_string, read_time
from goqueue_common.new_job import is_name
from goqueue_common.schedule import Fire

MAX_FIRE_BYTES: Final = 4 * 1024 * 1024
MAX_FIRES: Final = 10_000
MAX_VERSION: Final = 2**63 - 1
MAX_MISSED: Final = 2**31 - 1
_MEMBERS: Final = ("runs",)
_RUN_MEMBERS: Final = ("schedule", "scheduled_for", "version", "missed")
_RUN_KEYS: Final = frozenset(_RUN_MEMBERS)
_MAX_PROBLEMS: Final = 50


def read_fires(document: Mapping[str, Any]) -> list[Fire]:
    """Raises InvalidRequest with what is wrong, at most 50 things."""
    problems = list(_shape_problems(document))
    if problems:
        raise InvalidRequest(problems)
    fires: list[Fire] = []
    for index, item in enumerate(document["runs"]):
        found = _read(item)
        if isinstance(found, Fire):
            fires.append(found)
            continue
        problems += [FieldError(f"/runs/{index}{problem.pointer}", problem.detail) for problem in found]
        if len(problems) >= _MAX_PROBLEMS:
            break
    if problems:
        raise InvalidRequest(problems[:_MAX_PROBLEMS])
    return fires


def _shape_problems(document: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from _unknown(document, _MEMBERS)
    runs = document.get("runs")
    if not isinstance(runs, list):
        yield FieldError("/runs", "must be an array of instants, each with schedule, scheduled_for and version")
    elif not 1 <= len(runs) <= MAX_FIRES:
        yield FieldError("/runs", f"has {len(runs):,} items: send 1 to {MAX_FIRES:,}")


def _read(item: object) -> Fire | list[FieldError]:
    if not isinstance(item, dict):
        return [FieldError("", f"must be an object, not {kind(item)}")]
    problems = [] if item.keys() <= _RUN_KEYS else list(_unknown(item, _RUN_MEMBERS))
    name, version, missed = item.get("schedule"), _whole(item.get("version")), _whole(item.get("missed", 0))
    if not isinstance(name, str) or not is_name(name):
        problems.append(FieldError("/schedule", f"{name!r:.80} is no name of a schedule"))
    if version is None or not 1 <= version <= MAX_VERSION:
        problems.append(FieldError("/version", "must be the version of the schedule: a whole number from 1"))
    if missed is None or not 0 <= missed <= MAX_MISSED:
        problems.append(FieldError("/missed", "must be a whole number, 0 or more"))
    try:
        scheduled_for = _instant(item.get("scheduled_for"))
    except Unreadable as error:
        problems.append(FieldError("/scheduled_for", str(error)))
    if problems:
        return problems
    return Fire(schedule=name, scheduled_for=scheduled_for, version=version, missed=missed)  # type: ignore[arg-type]  # checked


def _instant(value: object) -> datetime:
    time = read_time(read_string(value))
    if time.microsecond:
        raise Unreadable(f"{value!r:.80} has a part of a second: a cron names whole ones")
    return time


def _whole(value: object) -> int | None:
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None


def _unknown(document: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[FieldError]:
    for name in document:
        if name not in known:
            yield FieldError(f"/{pointer_word(name[:80])}", f"is no member here; those are {', '.join(known)}")
