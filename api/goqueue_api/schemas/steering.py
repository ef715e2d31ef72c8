"""Limits and workers."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.job import ProgressSchema
from goqueue_common.limit_store import MAX_RUNNING, LimitKind
from goqueue_common.worker_search import LOST_SHOWN_SECONDS, RUNNING_AT_MOST, WorkerState

LIMIT_EXAMPLES: Final[dict[str, Any]] = {"three": {"summary": "Three at once", "value": {"max_running": 3}}}


class LimitRequestSchema(Schema):
    """How many may run at once. For documentation: the view reads it."""

    max_running = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAX_RUNNING))


class LimitSchema(AnswerSchema):
    """How many jobs of a queue or a type may run at once over all workers."""

    kind = fields.String(required=True, validate=validate.OneOf(list(LimitKind)))
    name = fields.String(required=True)
    max_running = fields.Integer(required=True)
    running_count = fields.Integer(
        required=True,
        metadata={"description": "Now; more than max_running only while jobs run that began before it was set."},
    )
    updated_at = fields.AwareDateTime(required=True)


class LimitListSchema(AnswerSchema):
    """Every limit."""

    items = fields.List(fields.Nested(LimitSchema()), required=True)


class WorkersQuerySchema(Schema):
    """GET /workers."""

    state = fields.List(
        fields.String(validate=validate.OneOf(list(WorkerState), error="{input!r} is no state: choose of {choices}")),
        load_default=list,
        metadata={
            "description": "Left out: alive, draining, drained, and those lost within "
            f"{LOST_SHOWN_SECONDS / 3600:g} hour. Ended ones are known for a few days."
        },
    )


class RunningJobSchema(AnswerSchema):
    """An attempt that a worker has in hand: it runs, or starts in a moment."""

    job_id = fields.UUID(required=True)
    type = fields.String(required=True)
    queue = fields.String(required=True)
    attempt = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True)
    progress = fields.Nested(ProgressSchema(), required=True, allow_none=True)


class WorkerSchema(AnswerSchema):
    """One child process of a worker."""

    id = fields.UUID(required=True)
    host = fields.String(required=True)
    pid = fields.Integer(required=True)
    version = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(list(WorkerState)),
        metadata={
            "description": "draining: it claims nothing and finishes what it has; drained: it has. "
            "lost: its heartbeat is older than its lease."
        },
    )
    queues = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "null: every queue there is."}
    )
    types = fields.List(fields.String(), required=True)
    slots = fields.Integer(required=True, metadata={"description": "How many jobs it runs at once."})
    started_at = fields.AwareDateTime(required=True)
    heartbeat_age = fields.Float(required=True, metadata={"description": "Seconds."})
    lease = fields.Float(required=True, metadata={"description": "Seconds without a heartbeat after which it is lost."})
    drain_requested_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    memory_bytes = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "What its process occupied at its last heartbeat; null: not known, or not yet."},
    )
    running_count = fields.Integer(required=True)
    running = fields.List(
        fields.Nested(RunningJobSchema()),
        required=True,
        metadata={"description": f"The longest held first, {RUNNING_AT_MOST} at most."},
    )


class WorkerListSchema(AnswerSchema):
    """Workers, the live ones first."""

    items = fields.List(fields.Nested(WorkerSchema()), required=True)
    items_capped_at = fields.Integer(required=True)
