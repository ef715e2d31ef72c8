"""/schedules/{name}/runs: what became of its instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_schedule
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.pagination import decode_cursor, encode_cursor, next_link
from goqueue_api.schemas.schedules import ScheduleRunPageSchema, ScheduleRunsQuerySchema
from goqueue_api.services import services
from goqueue_common.errors import InvalidCursor, ScheduleNotFound

blueprint = ApiBlueprint("schedule runs", __name__, description="What schedules have done.")

_CURSOR: Final = "schedule runs"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@blueprint.operation(
    "GET",
    "/schedules/<schedule>/runs",
    "listScheduleRuns",
    scope=Scope.READ,
    query=ScheduleRunsQuerySchema(),
    answers={200: Answer(ScheduleRunPageSchema(), "A page.", {"Link": "The next page, rel=next, if there is one."})},
    problems=(ScheduleNotFound, InvalidCursor),
)
def list_schedule_runs(query: dict[str, Any], schedule: str) -> Response:
    """List the runs of a schedule, newest first

    They are kept for 8 days, and the newest 100 for as long as the schedule is there.
    """
    name, limit = checked_schedule(schedule), query["limit"]
    before = None if query["cursor"] is None else _place(query["cursor"])
    found = services().schedule_runs.page(name, before=before, limit=limit + 1)
    items = found[:limit]
    following = _cursor(items[-1].scheduled_for) if len(found) > limit else None
    link = None if following is None else next_link(following)
    document = {"items": [run.to_dict() for run in items], "next_cursor": following}
    return json_response(document, headers=None if link is None else {"Link": link})


def _cursor(scheduled_for: datetime) -> str:
    return encode_cursor(str(UUID(int=(scheduled_for - _EPOCH) // _MICROSECOND)), _CURSOR)


def _place(cursor: str) -> datetime:
    try:
        return _EPOCH + decode_cursor(cursor, _CURSOR).int * _MICROSECOND
    except OverflowError as error:
        raise InvalidCursor(f"the cursor {cursor!r:.80} was not issued here: use next_cursor of a page as it is") from error
