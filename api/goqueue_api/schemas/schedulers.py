"""What schedulers and the API say to each other. For documentation: fire_request and scheduler_request read it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from goqueue_api.fire_request import MAX_FIRES, MAX_MISSED, MAX_VERSION
from goqueue_api.scheduler_request import MAX_COUNT, MAX_PID, TEXT_PATTERN, TROUBLE_PATTERN
from goqueue_api.schemas.answer import AnswerSchema
from goqueue_common.new_job import NAME_PATTERN
from goqueue_common.schedule import FireOutcome
from goqueue_common.scheduler_store import LOST_AFTER_SECONDS, SchedulerState

_AT: Final[dict[str, Any]] = {"description": "PostgreSQL's time: what schedulers go by."}


class FireItemSchema(Schema):
    """An instant that is due."""

    schedule = fields.String(required=True, validate=validate.Regexp(f"^{NAME_PATTERN}$"))
    scheduled_for = fields.AwareDateTime(required=True, metadata={"description": "In whole seconds."})
    version = fields.Integer(
        required=True,
        validate=validate.Range(1, MAX_VERSION),
        metadata={"description": "Of the schedule, as the scheduler knows it."},
    )
    missed = fields.Integer(
        load_default=0,
        validate=validate.Range(0, MAX_MISSED),
        metadata={"description": "How many instants before it are left out, as catch_up says."},
    )


class FireRequestSchema(Schema):
    """Instants that are due; those of one schedule in rising order."""

    runs = fields.List(fields.Nested(FireItemSchema()), required=True, validate=validate.Length(1, MAX_FIRES))


class FiredSchema(AnswerSchema):
    """What became of an instant."""

    schedule = fields.String(required=True)
    scheduled_for = fields.AwareDateTime(required=True)
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(list(FireOutcome)),
        metadata={
            "description": "replayed: it was fired before, by this job; skipped: a job of the schedule is unfinished; "
            "paused, gone, changed (another version): read the schedules anew; passed: it was left out before; ahead: it "
            "has not come yet."
        },
    )
    job_id = fields.UUID(required=True, allow_none=True, metadata={"description": "Of fired and replayed ones."})


class FireAnswerSchema(AnswerSchema):
    """What became of instants, in the order of the request."""

    at = fields.AwareDateTime(required=True, metadata=_AT)
    items = fields.List(fields.Nested(FiredSchema()), required=True)


class SyncAnswerSchema(AnswerSchema):
    """What a sync has changed: names."""

    at = fields.AwareDateTime(required=True, metadata=_AT)
    created = fields.List(fields.String(), required=True)
    updated = fields.List(fields.String(), required=True)
    removed = fields.List(fields.String(), required=True, metadata={"description": "The file has them no more."})
    paused = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The file has them no more, and they have runs: they are kept, paused."},
    )
    unchanged = fields.Integer(required=True, metadata={"description": "How many."})


class SchedulerReportSchema(Schema):
    """What a scheduler says of itself."""

    host = fields.String(required=True, validate=validate.Regexp(TEXT_PATTERN))
    pid = fields.Integer(required=True, validate=validate.Range(1, MAX_PID))
    version = fields.String(required=True, validate=validate.Regexp(TEXT_PATTERN))
    leads = fields.Boolean(required=True, metadata={"description": "Whether it fires."})
    term = fields.Integer(
        required=True,
        allow_none=True,
        validate=validate.Range(0, MAX_COUNT),
        metadata={"description": "How often leadership has changed hands; null: it does not lead, or without the lock."},
    )
    lag = fields.Float(
        required=True,
        validate=validate.Range(0, MAX_COUNT),
        metadata={"description": "Seconds by which the last instants were fired late."},
    )
    fired = fields.Integer(
        required=True, validate=validate.Range(0, MAX_COUNT), metadata={"description": "Instants since it started."}
    )
    trouble = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(TROUBLE_PATTERN),
        metadata={
            "description": "What somebody should look at, such as a schedules file that is not understood; one line."
        },
    )
    ended = fields.Boolean(load_default=False, metadata={"description": "It is about to end."})


class SchedulerAnswerSchema(AnswerSchema):
    """What a scheduler has to know."""

    at = fields.AwareDateTime(required=True, metadata=_AT)
    revision = fields.Integer(
        required=True, metadata={"description": "Has it grown, a schedule was changed: read them anew."}
    )


class SchedulerSchema(AnswerSchema):
    """A scheduler process, as it last said."""

    id = fields.UUID(required=True)
    host = fields.String(required=True)
    pid = fields.Integer(required=True)
    version = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(SchedulerState)),
        metadata={"description": f"lost: nothing was heard of it for {LOST_AFTER_SECONDS} s."},
    )
    leads = fields.Boolean(required=True)
    term = fields.Integer(required=True, allow_none=True)
    lag = fields.Float(required=True, metadata={"description": "Seconds by which the last instants were fired late."})
    fired = fields.Integer(required=True, metadata={"description": "Instants since it started."})
    trouble = fields.String(
        required=True, allow_none=True, metadata={"description": "What somebody should look at; null: nothing."}
    )
    started_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)


class SchedulerListSchema(AnswerSchema):
    """Schedulers of the last hour."""

    items = fields.List(fields.Nested(SchedulerSchema()), required=True)


FIRE_EXAMPLES: Final[dict[str, Any]] = {
    "due": {
        "summary": "Two instants",
        "value": {
            "runs": [
                {"schedule": "poll", "scheduled_for": "2026-03-02T09:30:00Z", "version": 1},
                {"schedule": "nightly-report", "scheduled_for": "2026-03-02T01:00:00Z", "version": 3, "missed": 2},
            ],
        },
    }
}
REPORT_EXAMPLES: Final[dict[str, Any]] = {
    "leader": {
        "summary": "The leader",
        "value": {
            "host": "scheduler-0",
            "pid": 7,
            "version": "0.2.0",
            "leads": True,
            "term": 3,
            "lag": 0.012,
            "fired": 1204,
        },
    }
}
