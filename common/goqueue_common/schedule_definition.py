"""What a definition of a schedule must keep, whoever writes it: people by the API, or the schedules file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from goqueue_common.cron.due import CatchUp
from goqueue_common.cron.expression import parse
from goqueue_common.cron.zones import zone
from goqueue_common.errors import BadCron, BadZone, FieldError, InvalidJob, InvalidSchedule, pointer_word
from goqueue_common.job import Priority
from goqueue_common.json_values import (
    Unreadable,
    kind,
    read_boolean,
    read_integer,
    read_number,
    read_object,
    read_optional_time,
    read_priority,
    read_string,
    read_tags,
)
from goqueue_common.new_job import DEFAULT_QUEUE, NewJob, is_name
from goqueue_common.schedule import Definition, Overlap

MAX_WINDOW_SECONDS: Final = 7 * 86_400.0
"""Longest catch-up window; runs are kept for a day more."""
DEFAULT_WINDOW_SECONDS: Final = 86_400.0
MAX_CATCH_UP: Final = 10_000
DEFAULT_CATCH_UP: Final = 100
MAX_JITTER_SECONDS: Final = 3_600.0
DEFAULT_TIMEZONE: Final = "UTC"
RESERVED_NAMES: Final = frozenset({"fire", "preview", "sync"})
"""Paths below /schedules."""

_NAME_CHARACTERS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "name": read_string,
    "type": read_string,
    "queue": read_string,
    "payload": read_object,
    "cron": read_string,
    "timezone": read_string,
    "priority": read_priority,
    "max_retries": read_integer,
    "timeout": read_number,
    "tags": read_tags,
    "catch_up": lambda value: _chosen(CatchUp, value),
    "catch_up_window": read_number,
    "catch_up_limit": read_integer,
    "overlap": lambda value: _chosen(Overlap, value),
    "jitter": read_number,
    "starts_at": read_optional_time,
    "ends_at": read_optional_time,
    "paused": read_boolean,
}
"""The members of a definition, and how each is read."""
MAY_BE_NULL: Final = frozenset({"max_retries", "timeout", "starts_at", "ends_at"})


def read_definition(document: Mapping[str, Any]) -> Definition:
    """A definition from JSON or from the schedules file; what is left out is as usual.

    Raises InvalidSchedule with everything that is wrong, PayloadTooLarge.
    """
    values, problems = _read(document)
    broken = {problem.pointer for problem in problems}
    problems += [problem for problem in _rules(values) if problem.pointer not in broken]
    if problems:
        raise InvalidSchedule(problems)
    job = _checked_job(values)
    return Definition(
        name=values.get("name", job.type),
        type=job.type,
        queue=job.queue,
        payload=job.payload,
        cron=values["cron"],
        timezone=values.get("timezone", DEFAULT_TIMEZONE),
        priority=job.priority,
        max_retries=values.get("max_retries"),
        timeout_seconds=job.timeout_seconds,
        tags=job.tags,
        catch_up=values.get("catch_up", CatchUp.LATEST),
        catch_up_window_seconds=values.get("catch_up_window", DEFAULT_WINDOW_SECONDS),
        catch_up_limit=values.get("catch_up_limit", DEFAULT_CATCH_UP),
        overlap=values.get("overlap", Overlap.ALLOW),
        jitter_seconds=values.get("jitter", 0.0),
        starts_at=values.get("starts_at"),
        ends_at=values.get("ends_at"),
        paused=values.get("paused"),
    )


def _read(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    values: dict[str, Any] = {}
    problems: list[FieldError] = []
    for name, value in document.items():
        reader = READERS.get(name)
        pointer = f"/{pointer_word(str(name)[:80])}"
        if reader is None:
            problems.append(FieldError(pointer, f"is no member of a schedule; those are {', '.join(READERS)}"))
            continue
        try:
            values[name] = reader(value)
            if values[name] is None and name not in MAY_BE_NULL:
                problems.append(FieldError(pointer, "must not be null: leave it out"))
        except Unreadable as error:
            problems.append(FieldError(pointer, str(error)))
    if "type" not in document:
        problems.append(FieldError("/type", "is missing: say which handler its jobs are for"))
    if "cron" not in document:
        problems.append(FieldError("/cron", "is missing: say when, such as 0 8 * * *"))
    return {name: value for name, value in values.items() if value is not None}, problems


def _rules(values: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from _name_rules(values)
    yield from _time_rules(values)
    yield from _ranges(values)
    yield from _job_rules(values)


def _name_rules(values: Mapping[str, Any]) -> Iterator[FieldError]:
    for member in ("name", "type", "queue"):
        text = values.get(member)
        if text is not None and not is_name(text):
            yield FieldError(
                f"/{member}",
                f"{text!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit "
                f"(character {_first_wrong(text) + 1})",
            )
    name = values.get("name", values.get("type"))
    if name in RESERVED_NAMES:
        pointer = "/name" if "name" in values else "/type"
        yield FieldError(pointer, f"{name!r} is a path below /schedules: choose another name")


def _first_wrong(text: str) -> int:
    fitting = _NAME_CHARACTERS.match(text)
    return min(len(fitting.group()), 64) if fitting else 0


def _time_rules(values: Mapping[str, Any]) -> Iterator[FieldError]:
    try:
        parse(values.get("cron", "@daily"))
    except BadCron as error:
        yield FieldError("/cron", f"{error} (character {error.position + 1})")
    try:
        zone(values.get("timezone", DEFAULT_TIMEZONE))
    except BadZone as error:
        yield FieldError("/timezone", f"{error} (character {error.position + 1})")
    starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        yield FieldError("/ends_at", "does not lie after starts_at: it could never fire")


def _ranges(values: Mapping[str, Any]) -> Iterator[FieldError]:
    for member, least, most, unit in (
        ("catch_up_window", 0, MAX_WINDOW_SECONDS, " seconds"),
        ("catch_up_limit", 1, MAX_CATCH_UP, ""),
        ("jitter", 0, MAX_JITTER_SECONDS, " seconds"),
    ):
        value = values.get(member)
        if value is not None and not least <= value <= most:
            yield FieldError(f"/{member}", f"{value} is out of range: {least} to {most:g}{unit}")


def _job_rules(values: Mapping[str, Any]) -> Iterable[FieldError]:
    """What any job must keep; names were looked at already."""
    try:
        _checked_job({**values, "type": "any", "queue": DEFAULT_QUEUE})
    except InvalidJob as error:
        return error.fields
    return ()


def _checked_job(values: Mapping[str, Any]) -> NewJob:
    return NewJob.checked(
        values["type"],
        queue=values.get("queue", DEFAULT_QUEUE),
        payload=values.get("payload"),
        priority=values.get("priority", Priority.NORMAL),
        max_retries=values.get("max_retries"),
        timeout_seconds=values.get("timeout"),
        tags=values.get("tags", ()),
    )


def _chosen(choices: type[StrEnum], value: object) -> StrEnum:
    if not isinstance(value, str):
        raise Unreadable(f"must be one of {', '.join(choices)}, not {kind(value)}")
    if value not in list(choices):
        raise Unreadable(f"{value!r:.80} is not known: choose {', '.join(choices)}")
    return choices(value)
