"""Schedules as clients write them: from JSON to definitions, and which version of a schedule a change is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from flask import Request
from werkzeug.datastructures import ETags

from goqueue_api.errors import InvalidRequest, PreconditionRequired
from goqueue_api.schedule_preview import upcoming
from goqueue_api.type_catalogue import TypeCatalogue
from goqueue_common.clock import Clock
from goqueue_common.errors import FieldError, InvalidSchedule, ScheduleChanged
from goqueue_common.schedule import Definition, Schedule
from goqueue_common.schedule_definition import READERS, read_definition

CHANGEABLE: Final = tuple(name for name in READERS if name != "name")
"""Members of PATCH /schedules/{name}."""


class ScheduleReader:
    """Reads what POST, PUT and PATCH of schedules are sent. All raise InvalidSchedule, PayloadTooLarge."""

    def __init__(self, types: TypeCatalogue, clock: Clock) -> None:
        self._types = types
        self._clock = clock

    def new(self, document: Mapping[str, Any]) -> Definition:
        """A schedule that is to be created."""
        return self._checked(read_definition(document), None)

    def whole(self, name: str, document: Mapping[str, Any], stored: Schedule | None) -> Definition:
        """The schedule of this name as it is to be from now on. stored: as it is, None: there is none."""
        if document.get("name", name) != name:
            sent = document["name"]
            raise InvalidSchedule([FieldError("/name", f"is {sent!r:.80}, but the path says {name!r}: leave it out")])
        return self._checked(read_definition({**document, "name": name}), stored)

    def changed(self, document: Mapping[str, Any], stored: Schedule) -> Definition:
        """A schedule with some of its members changed. Raises InvalidRequest, too."""
        if not document:
            raise InvalidRequest([FieldError("", f"has no member: send at least one of {', '.join(CHANGEABLE)}")])
        if "name" in document:
            raise InvalidSchedule(
                [FieldError("/name", "cannot be changed, jobs and runs know it: create another schedule, delete this one")]
            )
        return self._checked(merged(document, stored.definition), stored)

    def payload_problems(self, definition: Definition) -> list[FieldError]:
        """What is wrong with its payload by the schema of its type, if any worker published one."""
        known = self._types.get(definition.type)
        return [] if known is None else known.problems(orjson.loads(definition.payload))

    def _checked(self, definition: Definition, stored: Schedule | None) -> Definition:
        """What stays as it is stored is not looked at again: it was right when it was written."""
        problems: list[FieldError] = []
        if stored is None or _job(stored.definition) != _job(definition):
            problems += self.payload_problems(definition)
        if stored is None or _times(stored.definition) != _times(definition):
            problems += _time_problems(definition, self._clock.now())
        if problems:
            raise InvalidSchedule(problems)
        return definition


def merged(document: Mapping[str, Any], definition: Definition) -> Definition:
    """A definition with the members of a document changed. Raises InvalidSchedule, PayloadTooLarge."""
    return read_definition(_written(definition) | dict(document))


def names_version(request: Request) -> bool:
    """Whether a request says which version it is for. Raises InvalidRequest for an If-Match that cannot be read."""
    # Not to be passed over: its sender means that the request is not for every version.
    _refuse_unreadable("If-Match", request.headers.get("If-Match"), request.if_match)
    return bool(request.if_match)


def seen_version(request: Request, schedule: Schedule) -> int | None:
    """The version that the schedule must still have; None for `If-Match: *`.

    Raises PreconditionRequired without If-Match, InvalidRequest when it cannot be read, ScheduleChanged when it names
    another state.
    """
    if not names_version(request):
        raise PreconditionRequired(
            "a change must say which state of the schedule it is for: send If-Match with the ETag that GET "
            f"/schedules/{schedule.name} answered, or If-Match: * to change it however it is now"
        )
    if request.if_match.star_tag:
        return None
    if not request.if_match.contains(str(schedule.version)):
        raise ScheduleChanged(
            f'the schedule {schedule.name!r} has changed since: its ETag is "{schedule.version}" now; read it again, then '
            "decide"
        )
    return schedule.version


def wants_new(request: Request) -> bool:
    """Whether a PUT may only create. Raises InvalidRequest for another If-None-Match than `*`."""
    _refuse_unreadable("If-None-Match", request.headers.get("If-None-Match"), request.if_none_match)
    if not request.if_none_match:
        return False
    if not request.if_none_match.star_tag:
        raise InvalidRequest([FieldError("/header/If-None-Match", "can only be * here: create it, if there is none yet")])
    return True


def _refuse_unreadable(header: str, sent: str | None, read: ETags) -> None:
    if sent is not None and not read:
        raise InvalidRequest(
            [FieldError(f"/header/{header}", f"{sent!r:.80} is no ETag: send one as it was answered, in its quotes, or *")]
        )


def _written(definition: Definition) -> dict[str, Any]:
    """As its writer would have sent it."""
    document = definition.to_document()
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in document.items()}


def _job(definition: Definition) -> tuple[str, Any]:
    return definition.type, orjson.loads(definition.payload)  # its bytes differ by the order of members


def _times(definition: Definition) -> tuple[object, ...]:
    return definition.cron, definition.timezone, definition.starts_at, definition.ends_at


def _time_problems(definition: Definition, now: datetime) -> Iterator[FieldError]:
    ends_at = definition.ends_at
    if ends_at is not None and ends_at <= now:
        yield FieldError("/ends_at", f"{ends_at.isoformat()} lies in the past: it would never fire")
    elif next(upcoming(definition, now), None) is None:
        if ends_at is not None:
            since = "now" if definition.starts_at is None or definition.starts_at <= now else "starts_at"
            yield FieldError("/ends_at", f"{definition.cron!r} names no time between {since} and then: it would never fire")
        elif definition.starts_at is not None and definition.starts_at > now:
            yield FieldError("/starts_at", f"{definition.cron!r} names no time for 50 years from then: it would never fire")
        else:
            yield FieldError("/cron", f"{definition.cron!r} names no time for 50 years: it would never fire")
