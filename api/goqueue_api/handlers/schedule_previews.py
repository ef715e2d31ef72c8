"""When schedules fire: /schedules/preview of one that is not there yet, /schedules/{name}/next of one that is."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from goqueue_api.access.scope import Scope
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_schedule
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schedule_preview import coming, preview, read_preview
from goqueue_api.schemas.schedules import (
    PREVIEW_EXAMPLES,
    NextQuerySchema,
    NextSchema,
    PreviewRequestSchema,
    PreviewSchema,
)
from goqueue_api.services import services
from goqueue_common.errors import InvalidSchedule, ScheduleNotFound

blueprint = ApiBlueprint("schedule previews", __name__, description="What a cron means, and when it fires.")


@blueprint.operation(
    "POST",
    "/schedules/preview",
    "previewSchedule",
    scope=Scope.READ,
    body=Body(PreviewRequestSchema(), PREVIEW_EXAMPLES),
    answers={200: Answer(PreviewSchema(), "What it means.")},
    problems=(InvalidSchedule,),
)
def preview_schedule() -> Response:
    """Show what a cron means, and when it would fire

    Nothing is stored. `transition` tells of the next change of the zone's clocks, to or from summer time, and what the cron
    does at it.
    """
    definition, n = read_preview(read_object(request))
    return json_response(preview(definition, services().clock.now(), n))


@blueprint.operation(
    "GET",
    "/schedules/<schedule>/next",
    "listNextRuns",
    scope=Scope.READ,
    query=NextQuerySchema(),
    answers={200: Answer(NextSchema(), "The next instants, in UTC and as clocks of the zone show them.")},
    problems=(ScheduleNotFound,),
)
def list_next_runs(query: dict[str, Any], schedule: str) -> Response:
    """Show when a schedule fires next

    As if it were not paused, and without its jitter.
    """
    found = services().schedules.get(checked_schedule(schedule))
    after = max(found.due_after, services().clock.now())
    return json_response(
        {
            "name": found.name,
            "timezone": found.definition.timezone,
            "next": coming(found.definition, after, query["n"]),
        }
    )
