"""Failure groups."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.bulk import BulkRequestSchema, CountSchema
from goqueue_api.schemas.queries import TimeField, apart_at_commas, name_field, page_limit, text_field
from goqueue_common.failure_search import FailureSort
from goqueue_common.json_values import Unreadable, read_time

_AGE: Final = re.compile(r"(\d{1,6})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_COMMAS: Final = ("queue", "type")


class SinceField(fields.String):
    """A time with a zone, or an age such as 24h."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            if found := _AGE.fullmatch(str(value)):
                return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
            return read_time(str(value))
        except OverflowError as error:
            raise ValidationError(f"{value!r} is before all time") from error
        except Unreadable as error:
            raise ValidationError(f"{error}; or as an age such as 30m, 24h, 7d") from error


class FailureWindowQuerySchema(Schema):
    """Which time is looked at."""

    since = SinceField(
        load_default=None,
        metadata={
            "pattern": r"^([0-9]{1,6}[mhd]|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}:[0-9]{2}))$",
            "description": "From this time on, or an age such as `30m`, `24h`, `7d`; a day before `until` by default. "
            "It is moved back to where a step of the series begins.",
        },
    )
    until = TimeField(load_default=None, metadata={"description": "Before this time; now by default."})


class FailuresQuerySchema(FailureWindowQuerySchema):
    """GET /failures."""

    queue = fields.List(
        name_field(),
        load_default=list,
        metadata={"description": "Only what failed in these queues. Several: repeat it, or put commas between them."},
    )
    type = fields.List(
        name_field(),
        load_default=list,
        metadata={"description": "Only of these job types. Several: repeat it, or put commas between them."},
    )
    q = text_field("A part of the message, in any case of letters.")
    sort = fields.String(
        load_default=str(FailureSort.LAST_SEEN),
        validate=validate.OneOf(
            [str(sort) for sort in FailureSort], error="{input!r:.80} is no order: choose of {choices}"
        ),
        metadata={"description": "What was seen last, most often in the window, or for the first time last comes first."},
    )
    cursor = fields.String(
        load_default=None, metadata={"description": "next_cursor of the page before, which was of the same order."}
    )
    limit = page_limit()

    @pre_load
    def _gather(self, data: Any, **_: Any) -> dict[str, Any]:
        return apart_at_commas(dict(data), _COMMAS)


class FailureSeriesSchema(AnswerSchema):
    """How often it was seen in each step of the window."""

    step_seconds = fields.Integer(required=True)
    t0 = fields.Integer(required=True, metadata={"description": "When the first step begins, in seconds since 1970."})
    counts = fields.List(
        fields.Integer(),
        required=True,
        metadata={
            "description": "At most 62. Old counts are kept by longer intervals, and their steps are as long: 15 minutes "
            "from 3 hours on, an hour from 26 hours on, 3 hours from 50 hours on, 12 hours from 8 days on."
        },
    )


class FailureGroupSchema(AnswerSchema):
    """Failures of one job type whose messages differ in ids and numbers only, and which came from the same function."""

    fingerprint = fields.String(required=True, metadata={"description": "16 hexadecimal digits; a filter of jobs."})
    type = fields.String(required=True, metadata={"description": "Of the jobs."})
    message = fields.String(
        required=True,
        metadata={"description": "The error, with `<number>`, `<uuid>`, `<text>` and such in place of what differs."},
    )
    frame = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The innermost function of the user's own code; null: there was no traceback."},
    )
    count = fields.Integer(
        required=True, metadata={"description": "Attempts that ended so, in the window and the queues asked for."}
    )
    total = fields.Integer(required=True, metadata={"description": "Attempts that ended so since the first time."})
    first_seen_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    queues = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "`count` by queue, the most first."},
    )
    series = fields.Nested(FailureSeriesSchema(), required=True)
    sample_job_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "A job that failed so lately; it may be deleted by now."}
    )


class FailurePageSchema(AnswerSchema):
    """Some groups, in the order asked for."""

    since = fields.AwareDateTime(required=True, metadata={"description": "When the window begins."})
    until = fields.AwareDateTime(required=True, metadata={"description": "When it ends."})
    items = fields.List(fields.Nested(FailureGroupSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class FailureActionsSchema(AnswerSchema):
    """Bodies of POST /bulk."""

    retry = fields.Nested(BulkRequestSchema(), required=True)
    delete = fields.Nested(BulkRequestSchema(), required=True)


class FailureSchema(FailureGroupSchema):
    """A group, and what can be done about it."""

    sample_attempt = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of that job; null: it was deleted before it was read."}
    )
    traceback = fields.String(
        required=True, allow_none=True, metadata={"description": "Of that attempt, if there was one."}
    )
    failed_now = fields.Nested(
        CountSchema(), required=True, metadata={"description": "Jobs that are failed with it at present, up to 10,000."}
    )
    jobs = fields.String(required=True, metadata={"description": "The path of its jobs: GET /jobs?fingerprint=…"})
    bulk = fields.Nested(FailureActionsSchema(), required=True)
