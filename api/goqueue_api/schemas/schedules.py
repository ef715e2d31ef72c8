"""Schedules as the API answers them, and when they fire."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from goqueue_api.schedule_preview import MOST, USUAL
from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.queries import page_limit
from goqueue_api.schemas.schedule_request import cron_field, time_field, timezone_field
from goqueue_common.cron.due import CatchUp
from goqueue_common.json_values import PRIORITIES
from goqueue_common.lifecycle import JobStatus
from goqueue_common.schedule import Overlap, Source

MOST_LISTED: Final = 20
"""Instants and runs that a list shows of each schedule."""


def _about(text: str, **more: object) -> dict[str, object]:
    return {"description": text, **more}


class ScheduleRunSchema(AnswerSchema):
    """An instant of a schedule that was fired or skipped, or a run by hand."""

    schedule = fields.String(required=True)
    scheduled_for = fields.DateTime(
        required=True, metadata=_about("The instant of the cron; by hand: when it was asked for.")
    )
    fired_at = fields.DateTime(required=True)
    lateness = fields.Float(required=True, metadata=_about("Seconds from scheduled_for to fired_at."))
    job_id = fields.UUID(required=True, allow_none=True, metadata=_about("null: it was skipped."))
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(["skipped", *map(str, JobStatus), "deleted"]),
        metadata=_about(
            "skipped: a job of the schedule was unfinished; else the status of its job; deleted: that is gone."
        ),
    )
    manual = fields.Boolean(required=True, metadata=_about("By hand, whatever the cron says."))
    missed = fields.Integer(
        required=True, metadata=_about("Instants before it that were left out, as catch_up says; counted up to 1,000.")
    )


class NextInstantSchema(AnswerSchema):
    """When a schedule fires."""

    at = fields.AwareDateTime(required=True)
    local = fields.AwareDateTime(required=True, metadata=_about("The same as clocks of the zone show it, with its offset."))


class ScheduleBaseSchema(AnswerSchema):
    """What lists and single schedules both have."""

    name = fields.String(required=True)
    type = fields.String(required=True, metadata=_about("Which handler runs its jobs."))
    queue = fields.String(required=True)
    cron = fields.String(required=True)
    timezone = fields.String(required=True)
    words = fields.String(required=True, metadata=_about("The cron in English."))
    priority = fields.String(required=True, validate=validate.OneOf(list(PRIORITIES)))
    max_retries = fields.Integer(required=True, allow_none=True, metadata=_about("null: as its handler says."))
    timeout = fields.Float(
        required=True, allow_none=True, metadata=_about("Seconds one attempt may take; null: as its handler says.")
    )
    tags = fields.List(fields.String(), required=True)
    catch_up = fields.String(required=True, validate=validate.OneOf(list(CatchUp)))
    catch_up_window = fields.Float(required=True, metadata=_about("Seconds."))
    catch_up_limit = fields.Integer(required=True)
    overlap = fields.String(required=True, validate=validate.OneOf(list(Overlap)))
    jitter = fields.Float(required=True, metadata=_about("Seconds."))
    starts_at = fields.DateTime(required=True, allow_none=True)
    ends_at = fields.DateTime(required=True, allow_none=True)
    paused = fields.Boolean(required=True)
    paused_at = fields.DateTime(required=True, allow_none=True)
    paused_by = fields.String(
        required=True, allow_none=True, metadata=_about("Whose key it was; or the schedules file had it no more.")
    )
    source = fields.String(
        required=True,
        validate=validate.OneOf(list(Source)),
        metadata=_about("file: the schedules file keeps it, and it is changed there."),
    )
    dropped_at = fields.DateTime(
        required=True, allow_none=True, metadata=_about("Since when the schedules file has it no more.")
    )
    version = fields.Integer(required=True, metadata=_about("Grows with each change and pause; the ETag has it."))
    due_after = fields.DateTime(
        required=True, metadata=_about("Every instant at or before it has been dealt with: fired, skipped or left out.")
    )
    next_at = fields.DateTime(
        required=True, allow_none=True, metadata=_about("The next instant; null: it is paused, or there is none.")
    )
    last_run = fields.Nested(ScheduleRunSchema(), required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class ScheduleSchema(ScheduleBaseSchema):
    """A schedule, whole."""

    payload = fields.Dict(keys=fields.String(), required=True, metadata=_about("What the handler is given."))


class ScheduleSummarySchema(ScheduleBaseSchema):
    """A schedule in a list."""

    payload_preview = fields.String(required=True, metadata=_about("The first 200 characters of the payload's JSON."))
    next = fields.List(
        fields.Nested(NextInstantSchema()),
        required=True,
        allow_none=True,
        metadata=_about("As if it were not paused, and without its jitter; null: `next` was not asked for."),
    )
    runs = fields.List(
        fields.Nested(ScheduleRunSchema()),
        required=True,
        allow_none=True,
        metadata=_about("Its newest runs, the newest first; null: `runs` was not asked for."),
    )


class SchedulePageSchema(AnswerSchema):
    """Some schedules, by name."""

    items = fields.List(fields.Nested(ScheduleSummarySchema()), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=_about("For the next page; null: this is the last one.")
    )
    at = fields.AwareDateTime(required=True, metadata=_about("PostgreSQL's time, the clock of all schedules."))
    revision = fields.Integer(required=True, metadata=_about("Grows whenever any schedule is changed or paused."))


class SchedulesQuerySchema(Schema):
    """GET /schedules."""

    paused = fields.Boolean(
        load_default=None,
        truthy={"true"},
        falsy={"false"},
        error_messages={"invalid": "{input!r:.80} is neither true nor false"},
        metadata=_about("Only those that are paused, or that are not."),
    )
    source = fields.String(
        load_default=None,
        validate=validate.OneOf(list(Source), error="{input!r:.80} is no source: choose of {choices}"),
        metadata=_about("Only those of the schedules file, or of the API."),
    )
    next = fields.Integer(
        load_default=0,
        validate=validate.Range(0, MOST_LISTED, error=f"{{input}} is out of range: 0 to {MOST_LISTED}"),
        metadata=_about("Show of each its next instants, so many."),
    )
    runs = fields.Integer(
        load_default=0,
        validate=validate.Range(0, MOST_LISTED, error=f"{{input}} is out of range: 0 to {MOST_LISTED}"),
        metadata=_about("Show of each its newest runs, up to so many."),
    )
    cursor = fields.String(load_default=None, metadata=_about("next_cursor of the page before."))
    limit = page_limit()


class ScheduleRunsQuerySchema(Schema):
    """GET /schedules/{schedule}/runs."""

    cursor = fields.String(load_default=None, metadata=_about("next_cursor of the page before."))
    limit = page_limit()


class ScheduleRunPageSchema(AnswerSchema):
    """Some runs, newest first."""

    items = fields.List(fields.Nested(ScheduleRunSchema()), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=_about("For the next page; null: this is the last one.")
    )


class NextQuerySchema(Schema):
    """GET /schedules/{schedule}/next."""

    n = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST, error=f"{{input}} is out of range: 1 to {MOST}"),
        metadata=_about("How many instants at most."),
    )


class NextSchema(AnswerSchema):
    """When a schedule fires next."""

    name = fields.String(required=True)
    timezone = fields.String(required=True)
    next = fields.List(fields.Nested(NextInstantSchema()), required=True)


class PreviewRequestSchema(Schema):
    """A cron to look at. For documentation: goqueue_api.schedule_preview reads it."""

    cron = cron_field()
    timezone = timezone_field()
    starts_at = time_field("The first time at which it may fire.")
    ends_at = time_field("The last time at which it may fire.")
    n = fields.Integer(load_default=USUAL, validate=validate.Range(1, MOST), metadata=_about("How many instants at most."))


class TransitionSchema(AnswerSchema):
    """When the clocks of a zone are changed next, and what that does to a cron."""

    at = fields.AwareDateTime(required=True)
    from_offset = fields.String(required=True, metadata=_about("From UTC."))
    to_offset = fields.String(required=True)
    local_before = fields.AwareDateTime(required=True, metadata=_about("What clocks show at the last moment before."))
    local_after = fields.AwareDateTime(required=True, metadata=_about("What they show then."))
    effect = fields.String(required=True, metadata=_about("What the cron does at it, in a sentence."))


class PreviewSchema(AnswerSchema):
    """What a cron means."""

    cron = fields.String(required=True)
    timezone = fields.String(required=True)
    words = fields.String(required=True, metadata=_about("The cron in English."))
    next = fields.List(fields.Nested(NextInstantSchema()), required=True)
    transition = fields.Nested(
        TransitionSchema(), required=True, allow_none=True, metadata=_about("null: the zone's clocks stay as they are.")
    )


PREVIEW_EXAMPLES = {
    "berlin": {
        "summary": "Half past two at night, in Berlin",
        "value": {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "n": 2},
    }
}
