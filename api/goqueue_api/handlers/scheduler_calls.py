"""What schedulers ask for: to fire, to sync the schedules file, to be known. And who they are, for everybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, request

from goqueue_api.access.caller import actor
from goqueue_api.access.scope import Scope
from goqueue_api.fire_request import MAX_FIRE_BYTES, read_fires
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_scheduler_id
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schedule_sync_request import MAX_SYNC_BYTES, read_sync
from goqueue_api.scheduler_request import read_presence
from goqueue_api.schemas.schedule_request import SYNC_EXAMPLES, ScheduleSyncSchema
from goqueue_api.schemas.schedulers import (
    FIRE_EXAMPLES,
    REPORT_EXAMPLES,
    FireAnswerSchema,
    FireRequestSchema,
    SchedulerAnswerSchema,
    SchedulerListSchema,
    SchedulerReportSchema,
    SyncAnswerSchema,
)
from goqueue_api.services import services
from goqueue_common.errors import InvalidSchedule, PayloadTooLarge, ScheduleExists
from goqueue_common.firing import tell_schedules
from goqueue_common.scheduler_store import Scheduler

blueprint = ApiBlueprint("schedulers", __name__, description="The processes that fire schedules.")


@blueprint.operation(
    "POST",
    "/schedules/fire",
    "fireSchedules",
    scope=Scope.OPERATE,
    body=Body(FireRequestSchema(), FIRE_EXAMPLES),
    answers={200: Answer(FireAnswerSchema(), "What became of each, in the order of the request.")},
    problems=(PayloadTooLarge,),
)
def fire_schedules() -> Response:
    """Make the jobs of instants that are due

    For schedulers; to run one now, ask for its run. Each instant gets one job at most, however often it is asked for.
    """
    report = services().firing.fire(read_fires(read_object(request, MAX_FIRE_BYTES)))
    return json_response({"at": report.at, "items": [asdict(fired) for fired in report.answers]})


@blueprint.operation(
    "POST",
    "/schedules/sync",
    "syncSchedules",
    scope=Scope.OPERATE,
    body=Body(ScheduleSyncSchema(), SYNC_EXAMPLES),
    answers={200: Answer(SyncAnswerSchema(), "The schedules of the file are these now.")},
    problems=(ScheduleExists, PayloadTooLarge, InvalidSchedule),
)
def sync_schedules() -> Response:
    """Make the schedules of the schedules file what the file says: all or nothing

    For schedulers. What the file has no more is removed, or paused if it has ever run. Schedules made by the API are not
    touched; one of the same name is a conflict.
    """
    document = read_object(request, MAX_SYNC_BYTES)
    definitions = read_sync(document, services().schedule_requests, services().schedules.definitions)
    report = services().schedule_sync.sync(definitions, actor())
    changed = [*report.created, *report.updated, *report.removed, *report.paused]
    if changed:
        tell_schedules(services().teller, "synced", changed)
    return json_response(asdict(report))


@blueprint.operation(
    "PUT",
    "/schedulers/<scheduler_id>",
    "reportScheduler",
    scope=Scope.OPERATE,
    body=Body(SchedulerReportSchema(), REPORT_EXAMPLES),
    answers={200: Answer(SchedulerAnswerSchema(), "It is known.")},
)
def report_scheduler(scheduler_id: str) -> Response:
    """Say that a scheduler lives, and how it is

    For schedulers, every other second.
    """
    presence = read_presence(checked_scheduler_id(scheduler_id), read_object(request))
    at, revision = services().schedulers.report(presence)
    return json_response({"at": at, "revision": revision})


@blueprint.operation(
    "GET",
    "/schedulers",
    "listSchedulers",
    scope=Scope.READ,
    answers={200: Answer(SchedulerListSchema(), "The longest running first.")},
)
def list_schedulers() -> Response:
    """List schedulers

    Those that were lost or have ended are shown for an hour.
    """
    return json_response({"items": [_shown(scheduler) for scheduler in services().schedulers.schedulers()]})


def _shown(scheduler: Scheduler) -> dict[str, Any]:
    return {
        "id": scheduler.id,
        "host": scheduler.host,
        "pid": scheduler.pid,
        "version": scheduler.version,
        "state": scheduler.state,
        "leads": scheduler.leads,
        "term": scheduler.term,
        "lag": scheduler.lag_seconds,
        "fired": scheduler.fired,
        "trouble": scheduler.trouble,
        "started_at": scheduler.started_at,
        "seen_at": scheduler.seen_at,
    }
