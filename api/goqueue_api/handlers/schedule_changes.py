"""/schedules/{name}: what a person does with one by hand: pause, resume, run now."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from goqueue_api.access.caller import actor, caller
from goqueue_api.access.scope import Scope
from goqueue_api.errors import InvalidIdempotencyKey
from goqueue_api.handlers.jobs import KEY_HEADER, KEY_PARAMETER, REPLAYED
from goqueue_api.handlers.schedules import answer, told
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_schedule
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.job import JobSchema
from goqueue_api.schemas.schedules import ScheduleSchema
from goqueue_api.services import services
from goqueue_api.submission import header_key
from goqueue_api.tracing import TRACEPARENT_PARAMETER, sending
from goqueue_common.errors import (
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    JobNotFound,
    ScheduleDropped,
    ScheduleNotFound,
)
from goqueue_common.job import Job
from goqueue_common.new_job import submitted_job

blueprint = ApiBlueprint("schedule changes", __name__, description="Pause and resume schedules, or run one now.")

_ETAG: Final = {"ETag": "Of its new state."}


@blueprint.operation(
    "POST",
    "/schedules/<schedule>/pause",
    "pauseSchedule",
    scope=Scope.OPERATE,
    answers={200: Answer(ScheduleSchema(), "It is paused, or was already.", _ETAG)},
    problems=(ScheduleNotFound,),
)
def pause_schedule(schedule: str) -> Response:
    """Pause a schedule

    It fires nothing until it is resumed, and what falls between is dropped.
    """
    paused = services().schedules.pause(checked_schedule(schedule), actor())
    told(paused.name, "paused")
    return answer(paused)


@blueprint.operation(
    "POST",
    "/schedules/<schedule>/resume",
    "resumeSchedule",
    scope=Scope.OPERATE,
    answers={200: Answer(ScheduleSchema(), "It fires from now on.", _ETAG)},
    problems=(ScheduleNotFound, ScheduleDropped),
)
def resume_schedule(schedule: str) -> Response:
    """Resume a paused schedule"""
    resumed = services().schedules.resume(checked_schedule(schedule), actor())
    told(resumed.name, "resumed")
    return answer(resumed)


@blueprint.operation(
    "POST",
    "/schedules/<schedule>/run",
    "runSchedule",
    scope=Scope.OPERATE,
    headers=[KEY_PARAMETER, TRACEPARENT_PARAMETER],
    answers={
        201: Answer(
            JobSchema(),
            "Its job.",
            {"Location": "The path of the job.", "Idempotent-Replayed": "true, when the key was sent before."},
        )
    },
    problems=(ScheduleNotFound, InvalidIdempotencyKey, IdempotencyKeyInUse, IdempotencyKeyReused),
)
def run_schedule(schedule: str) -> Response:
    """Submit the job of a schedule now

    Also while it is paused or a job of it is unfinished. When it fires next does not change.
    """
    name = checked_schedule(schedule)
    key = header_key(request.headers.get(KEY_HEADER), {"run_schedule": name}, caller().idempotency_scope)
    with sending() as span:
        try:
            submission, submitted = services().firing.run_by_hand(name, actor(), key, span.traceparent)
        except IdempotencyKeyReused as error:
            raise IdempotencyKeyReused(str(error)) from error  # the key came in a header, as in submit_job
        span.describe([submission.job])
    job = _made_before(submitted.id) if submitted.replayed else None
    headers = {"Location": f"/jobs/{submitted.id}"} | (REPLAYED if submitted.replayed else {})
    return json_response((job or submitted_job(submission.job, submitted)).to_dict(), 201, headers)


def _made_before(job_id: str) -> Job | None:
    """As it is now, for the schedule may have changed since; None: it is deleted."""
    try:
        return services().jobs.get_job_by_id(job_id)
    except JobNotFound:
        return None
