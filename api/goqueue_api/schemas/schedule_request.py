"""What POST, PUT and PATCH of schedules take. For documentation: goqueue_common.schedule_definition reads them (a test
compares)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields, missing, validate

from goqueue_api.schedule_request import CHANGEABLE
from goqueue_api.schedule_sync_request import MAX_SYNCED
from goqueue_api.schemas.job_request import TAG_PATTERN
from goqueue_common.cron.due import CatchUp
from goqueue_common.job import Priority
from goqueue_common.json_values import PRIORITIES
from goqueue_common.new_job import DEFAULT_QUEUE, MAX_RETRIES, MAX_SECONDS, MAX_TAGS, NAME_PATTERN
from goqueue_common.schedule import Overlap
from goqueue_common.schedule_definition import (
    DEFAULT_CATCH_UP,
    DEFAULT_TIMEZONE,
    DEFAULT_WINDOW_SECONDS,
    MAX_CATCH_UP,
    MAX_JITTER_SECONDS,
    MAX_WINDOW_SECONDS,
    RESERVED_NAMES,
)

_NAME: Final = f"^{NAME_PATTERN}$"


def cron_field() -> fields.String:
    """A cron expression."""
    return fields.String(
        required=True,
        metadata={
            "description": "Five fields (minute, hour, day of month, month, day of week), six with seconds first, or such "
            "as @daily. A 422 names the character that is wrong.",
            "example": "0 8 * * 1-5",
        },
    )


def timezone_field() -> fields.String:
    """The zone in which a cron is meant."""
    return fields.String(
        load_default=DEFAULT_TIMEZONE,
        metadata={"description": "The name of the zone in which the cron is meant.", "example": "Europe/Berlin"},
    )


def time_field(text: str) -> fields.AwareDateTime:
    """A time with a zone, or null."""
    return fields.AwareDateTime(allow_none=True, metadata={"description": text})


class ScheduleRequestSchema(Schema):
    """A job that is to be run again and again."""

    type = fields.String(
        required=True,
        validate=validate.Regexp(_NAME),
        metadata={"description": "Which handler runs its jobs: see GET /handlers.", "example": "demo.sleep"},
    )
    cron = cron_field()
    name = fields.String(
        validate=validate.Regexp(_NAME),
        metadata={"description": f"By default the type; not {', '.join(sorted(RESERVED_NAMES))}.", "example": "nightly"},
    )
    queue = fields.String(validate=validate.Regexp(_NAME), load_default=DEFAULT_QUEUE)
    payload = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "What the handler is given, at most 256 KiB; checked by the schema of its type, if any."},
    )
    timezone = timezone_field()
    priority = fields.String(validate=validate.OneOf(list(PRIORITIES)), load_default=Priority.NORMAL.label)
    max_retries = fields.Integer(
        allow_none=True,
        validate=validate.Range(0, MAX_RETRIES),
        metadata={"description": "How often a job is tried again; null: as its handler says."},
    )
    timeout = fields.Float(
        allow_none=True,
        validate=validate.Range(0, MAX_SECONDS, min_inclusive=False),
        metadata={"description": "Seconds one attempt may take; null: as its handler says."},
    )
    tags = fields.List(
        fields.String(validate=validate.Regexp(TAG_PATTERN)), load_default=list, validate=validate.Length(max=MAX_TAGS)
    )
    catch_up = fields.String(
        validate=validate.OneOf(list(CatchUp)),
        load_default=str(CatchUp.LATEST),
        metadata={
            "description": "What becomes of instants that are missed by more than a minute: none are fired, the latest, or "
            "all within catch_up_window, catch_up_limit at most."
        },
    )
    catch_up_window = fields.Float(
        validate=validate.Range(0, MAX_WINDOW_SECONDS),
        load_default=DEFAULT_WINDOW_SECONDS,
        metadata={"description": "Seconds after which a missed instant is not fired any more."},
    )
    catch_up_limit = fields.Integer(
        validate=validate.Range(1, MAX_CATCH_UP),
        load_default=DEFAULT_CATCH_UP,
        metadata={"description": "How many missed instants are fired at most, the newest ones."},
    )
    overlap = fields.String(
        validate=validate.OneOf(list(Overlap)),
        load_default=str(Overlap.ALLOW),
        metadata={"description": "skip: an instant makes no job while one of this schedule is unfinished."},
    )
    jitter = fields.Float(
        validate=validate.Range(0, MAX_JITTER_SECONDS),
        load_default=0.0,
        metadata={"description": "Seconds by which a job is made later at most, by a hash of name and instant."},
    )
    starts_at = time_field("The first time at which it may fire.")
    ends_at = time_field("The last time at which it may fire.")
    paused = fields.Boolean(
        metadata={"description": "Whether it is paused; left out: as it is, and a new one is not."},
    )


def _changeable() -> dict[str, fields.Field[Any]]:
    """None required and without a default: what is left out stays as it is."""
    copies = {name: deepcopy(ScheduleRequestSchema().fields[name]) for name in CHANGEABLE}
    for field in copies.values():
        field.required, field.load_default = False, missing
    return copies


class _OneMemberSchema(Schema):
    json_schema: ClassVar = {"minProperties": 1}


ScheduleEditSchema = _OneMemberSchema.from_dict(_changeable(), name="ScheduleEditSchema")


class ScheduleSyncSchema(Schema):
    """Every schedule of a schedules file."""

    schedules = fields.List(fields.Nested(ScheduleRequestSchema()), required=True, validate=validate.Length(max=MAX_SYNCED))


EXAMPLES: Final[dict[str, Any]] = {
    "nightly": {
        "summary": "Every night at two, in Berlin",
        "value": {
            "name": "nightly-report",
            "type": "report.generate",
            "queue": "reports",
            "payload": {"period": "yesterday", "timezone": "Europe/Berlin"},
            "cron": "0 2 * * *",
            "timezone": "Europe/Berlin",
        },
    },
    "often": {
        "summary": "Every ten seconds, one at a time, nothing made up for",
        "value": {
            "name": "poll",
            "type": "demo.sleep",
            "payload": {"seconds": 1},
            "cron": "*/10 * * * * *",
            "overlap": "skip",
            "catch_up": "none",
        },
    },
    "hourly": {
        "summary": "Within five minutes after each hour of a day, none left out",
        "value": {
            "name": "accounts",
            "type": "demo.sleep",
            "payload": {"seconds": 1},
            "cron": "@hourly",
            "jitter": 300,
            "catch_up": "all",
            "starts_at": "2030-01-01T00:00:00+01:00",
            "ends_at": "2030-01-02T00:00:00+01:00",
        },
    },
}
PUT_EXAMPLES: Final[dict[str, Any]] = {
    key: example | {"value": {member: value for member, value in example["value"].items() if member != "name"}}
    for key, example in EXAMPLES.items()
}
"""The same, named by the path."""
EDIT_EXAMPLES: Final[dict[str, Any]] = {
    "later": {"summary": "Let it fire at six", "value": {"cron": "0 6 * * *"}},
    "other": {"summary": "Another payload, more tries", "value": {"payload": {"period": "last_7_days"}, "max_retries": 5}},
}
SYNC_EXAMPLES: Final[dict[str, Any]] = {
    "two": {
        "summary": "A file of two schedules",
        "value": {
            "schedules": [
                {"type": "report.generate", "queue": "reports", "cron": "0 0 * * *"},
                {"name": "letters", "type": "email.daily_summary", "queue": "emails", "cron": "0 8 * * *", "paused": True},
            ]
        },
    }
}
