"""Queues, handlers and health."""

from __future__ import annotations

from marshmallow import fields, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.stats import StatusCountsSchema


class QueueSchema(AnswerSchema):
    """A queue, how many jobs it has in each status, how they come and go, and whether workers claim from it."""

    name = fields.String(required=True)
    queued = fields.Integer(required=True)
    scheduled = fields.Integer(required=True)
    retrying = fields.Integer(required=True)
    processing = fields.Integer(required=True)
    completed = fields.Integer(required=True, metadata={"description": "And not deleted yet."})
    failed = fields.Integer(required=True, metadata={"description": "And not deleted yet."})
    cancelled = fields.Integer(required=True, metadata={"description": "And not deleted yet."})
    oldest_seconds = fields.Float(
        required=True, allow_none=True, metadata={"description": "How long its oldest queued job has waited."}
    )
    in_per_minute = fields.Float(required=True, metadata={"description": "Jobs submitted, of the last five minutes."})
    out_per_minute = fields.Float(required=True, metadata={"description": "Jobs ended, of the last five minutes."})
    seconds_to_drain = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Until nothing is queued, if jobs come and end as they do now; null: never."},
    )
    paused = fields.Boolean(required=True)
    paused_at = fields.AwareDateTime(required=True, allow_none=True)
    paused_by = fields.String(required=True, allow_none=True, metadata={"description": "Whose key it was."})
    limit = fields.Integer(
        required=True, allow_none=True, metadata={"description": "How many may run at once over all workers; null: any."}
    )


class QueueListSchema(AnswerSchema):
    """Every queue that ever had a job, or was paused."""

    items = fields.List(fields.Nested(QueueSchema()), required=True)


class QueueTypeSchema(StatusCountsSchema):
    """A type, and how many jobs of it the queue has in each status."""

    type = fields.String(required=True)


class QueueTypeListSchema(AnswerSchema):
    """The types of a queue's jobs."""

    items = fields.List(fields.Nested(QueueTypeSchema()), required=True)


class HandlerVersionSchema(AnswerSchema):
    """One version of a handler, as workers published it."""

    fingerprint = fields.String(required=True)
    schema = fields.Dict(
        required=True, allow_none=True, metadata={"description": "JSON Schema of the payload; null: any object."}
    )
    max_retries = fields.Integer(required=True)
    timeout = fields.Float(required=True, allow_none=True)
    isolation = fields.String(required=True, validate=validate.OneOf(["thread", "async", "process"]))
    description = fields.String(required=True)
    live_workers = fields.Integer(required=True)


class HandlerSchema(AnswerSchema):
    """A job type and its versions, the latest first."""

    type = fields.String(required=True)
    live_workers = fields.Integer(required=True)
    versions = fields.List(fields.Nested(HandlerVersionSchema()), required=True)


class HandlerListSchema(AnswerSchema):
    """Every job type that a worker ever published."""

    items = fields.List(fields.Nested(HandlerSchema()), required=True)


class HealthSchema(AnswerSchema):
    """The process lives."""

    status = fields.String(required=True, validate=validate.OneOf(["ok"]))


_STORE = validate.OneOf(["ok", "degraded"])


class ReadinessSchema(AnswerSchema):
    """Whether this process should be sent requests; an absent store does not make it unready."""

    status = fields.String(required=True, validate=validate.OneOf(["ready", "starting", "draining"]))
    postgres = fields.String(required=True, validate=_STORE)
    redis = fields.String(required=True, validate=_STORE)
    schema = fields.String(required=True, validate=validate.OneOf(["current", "behind", "unknown"]))
