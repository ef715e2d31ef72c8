"""/schedules: keep schedules. schedule_changes has what is done with one, schedule_previews when it fires."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from flask import Response, request

from goqueue_api.access.caller import actor
from goqueue_api.access.scope import Scope
from goqueue_api.errors import PreconditionRequired
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_schedule
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.pagination import decode_name, encode_name, next_link
from goqueue_api.schedule_preview import coming
from goqueue_api.schedule_request import merged, names_version, seen_version, wants_new
from goqueue_api.schemas.schedule_request import (
    EDIT_EXAMPLES,
    EXAMPLES,
    PUT_EXAMPLES,
    ScheduleEditSchema,
    ScheduleRequestSchema,
)
from goqueue_api.schemas.schedules import SchedulePageSchema, ScheduleSchema, SchedulesQuerySchema
from goqueue_api.services import services
from goqueue_api.shown import listed_schedule, shown_schedule
from goqueue_common.errors import (
    InvalidCursor,
    InvalidSchedule,
    PayloadTooLarge,
    ScheduleChanged,
    ScheduleExists,
    ScheduleNotFound,
    ScheduleReadOnly,
)
from goqueue_common.firing import tell_schedules
from goqueue_common.schedule import Definition, Schedule, Source

blueprint = ApiBlueprint("schedules", __name__, description="Jobs that are submitted whenever a cron says so.")

_IF_MATCH: Final = {
    "name": "If-Match",
    "schema": {"type": "string"},
    "example": "*",
    "description": "The ETag of the schedule as it was seen, or `*`.",
}
_NEEDED_IF_MATCH: Final = _IF_MATCH | {
    "required": True,
    "description": "The ETag of the schedule as it was seen, or `*`; without it the answer is 428.",
}
_PUT_IF_MATCH: Final = _IF_MATCH | {
    "description": "The ETag of the schedule as it was seen, or `*`; without it the answer is 428 if there is one."
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "schema": {"type": "string", "enum": ["*"]},
    "description": "`*`: only create; 412 if there is one.",
}
_ETAG: Final = {"ETag": "Of its definition, and of whether it is paused."}
_LOCATION: Final = {"Location": "The path of the schedule.", **_ETAG}
_CURSOR: Final = "schedules"


@blueprint.operation(
    "GET",
    "/schedules",
    "listSchedules",
    scope=Scope.READ,
    query=SchedulesQuerySchema(),
    answers={200: Answer(SchedulePageSchema(), "A page.", {"Link": "The next page, rel=next, if there is one."})},
    problems=(InvalidCursor,),
)
def list_schedules(query: dict[str, Any]) -> Response:
    """List schedules by name

    With `next` and `runs` each shows when it fires next, and what became of its last instants.
    """
    limit, cursor = query["limit"], query["cursor"]
    after = None if cursor is None else decode_name(cursor, _CURSOR)
    source = None if query["source"] is None else Source(query["source"])
    page = services().schedules.page(after=after, limit=limit + 1, paused=query["paused"], source=source)
    items = page.schedules[:limit]
    following = encode_name(items[-1].name, _CURSOR) if len(page.schedules) > limit else None
    link = None if following is None else next_link(following)
    document = {
        "items": [listed_schedule(schedule) | seen for schedule, seen in zip(items, _seen(items, query), strict=True)],
        "next_cursor": following,
        "at": page.at,
        "revision": page.revision,
    }
    return json_response(document, headers=None if link is None else {"Link": link})


def _seen(schedules: Sequence[Schedule], query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What lists show of each beside itself."""
    n, limit, now = query["next"], query["runs"], services().clock.now()
    runs = services().schedules.newest_runs([schedule.name for schedule in schedules], limit) if limit else {}
    for schedule in schedules:
        yield {
            "next": coming(schedule.definition, max(schedule.due_after, now), n) if n else None,
            "runs": [run.to_dict() for run in runs[schedule.name]] if limit else None,
        }


@blueprint.operation(
    "POST",
    "/schedules",
    "createSchedule",
    scope=Scope.OPERATE,
    body=Body(ScheduleRequestSchema(), EXAMPLES),
    answers={201: Answer(ScheduleSchema(), "It fires from now on, unless it is paused.", _LOCATION)},
    problems=(ScheduleExists, PayloadTooLarge, InvalidSchedule),
)
def create_schedule() -> Response:
    """Create a schedule"""
    return _created(services().schedule_requests.new(read_object(request)))


@blueprint.operation(
    "GET",
    "/schedules/<schedule>",
    "getSchedule",
    scope=Scope.READ,
    answers={200: Answer(ScheduleSchema(), "The schedule.", _ETAG)},
    problems=(ScheduleNotFound,),
)
def get_schedule(schedule: str) -> Response:
    """Show a schedule"""
    return answer(services().schedules.get(checked_schedule(schedule)))


@blueprint.operation(
    "PUT",
    "/schedules/<schedule>",
    "putSchedule",
    scope=Scope.OPERATE,
    body=Body(ScheduleRequestSchema(), PUT_EXAMPLES),
    headers=[_PUT_IF_MATCH, _IF_NONE_MATCH],
    answers={
        200: Answer(ScheduleSchema(), "It is replaced.", _ETAG),
        201: Answer(ScheduleSchema(), "It is created.", _LOCATION),
    },
    problems=(ScheduleReadOnly, ScheduleChanged, PreconditionRequired, PayloadTooLarge, InvalidSchedule),
)
def put_schedule(schedule: str) -> Response:
    """Create or replace a schedule

    What is left out is as usual, but for `paused`: left out, it stays as it is. To replace takes If-Match.
    """
    name, only_new = checked_schedule(schedule), wants_new(request)
    document = read_object(request)
    stored = _found(name)
    definition = services().schedule_requests.whole(name, document, stored)
    if stored is None:
        if names_version(request):
            raise ScheduleChanged(f"there is no schedule {name!r} to be replaced: leave out If-Match to create it")
        try:
            return _created(definition)
        except ScheduleExists as error:
            raise ScheduleChanged(f"the schedule {name!r} was created at this very moment: read it, then decide") from error
    if only_new:
        raise ScheduleChanged(f"there is a schedule {name!r} already, and If-None-Match: * asks for a new one")
    version = seen_version(request, stored)
    try:
        return _changed(services().schedules.replace(definition, actor(), version=version))
    except ScheduleNotFound as error:
        raise ScheduleChanged(f"the schedule {name!r} was deleted at this very moment: decide anew") from error


@blueprint.operation(
    "PATCH",
    "/schedules/<schedule>",
    "editSchedule",
    scope=Scope.OPERATE,
    body=Body(ScheduleEditSchema(), EDIT_EXAMPLES),
    headers=[_NEEDED_IF_MATCH],
    answers={200: Answer(ScheduleSchema(), "It is changed.", _ETAG)},
    problems=(
        ScheduleNotFound,
        ScheduleReadOnly,
        ScheduleChanged,
        PreconditionRequired,
        PayloadTooLarge,
        InvalidSchedule,
    ),
)
def edit_schedule(schedule: str) -> Response:
    """Change a schedule

    Members that are left out stay. With another cron, timezone, starts_at or ends_at it fires from now on by the new ones;
    instants that were due by the old ones and not fired yet are dropped.
    """
    document = read_object(request)
    stored = services().schedules.get(checked_schedule(schedule))
    version = seen_version(request, stored)
    services().schedule_requests.changed(document, stored)
    # After `If-Match: *` it may be another by now: what is left out must not undo what somebody else has changed.
    merge = partial(merged, document)
    return _changed(services().schedules.edit(stored.name, merge, actor(), version=version))


@blueprint.operation(
    "DELETE",
    "/schedules/<schedule>",
    "deleteSchedule",
    scope=Scope.OPERATE,
    headers=[_IF_MATCH],
    answers={204: Answer(None, "It is gone.")},
    problems=(ScheduleNotFound, ScheduleReadOnly, ScheduleChanged),
)
def delete_schedule(schedule: str) -> Response:
    """Delete a schedule

    Its jobs stay. One that the schedules file keeps is deleted there.
    """
    name = checked_schedule(schedule)
    version = seen_version(request, services().schedules.get(name)) if names_version(request) else None
    services().schedules.delete(name, actor(), version=version)
    told(name, "deleted")
    return Response(status=204)


def told(name: str, action: str) -> None:
    """Let people who look on know."""
    tell_schedules(services().teller, action, [name])


def answer(schedule: Schedule, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A schedule, with its ETag."""
    return json_response(shown_schedule(schedule), status, {"ETag": f'"{schedule.version}"', **(headers or {})})


def _found(name: str) -> Schedule | None:
    try:
        return services().schedules.get(name)
    except ScheduleNotFound:
        return None


def _created(definition: Definition) -> Response:
    schedule = services().schedules.create(definition, actor())
    told(schedule.name, "created")
    return answer(schedule, 201, {"Location": f"/schedules/{schedule.name}"})


def _changed(schedule: Schedule) -> Response:
    told(schedule.name, "changed")
    return answer(schedule)
