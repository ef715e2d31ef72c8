"""Bulk operations. goqueue_api.bulk_request reads the request; this documents it (a test compares)."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from goqueue_api.job_query import MAX_PAYLOAD_CONDITIONS, storable
from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.job import JobSummarySchema
from goqueue_api.schemas.queries import JobFilterSchema, page_limit
from goqueue_common.bulk import BulkAction, BulkState
from goqueue_common.json_values import PRIORITIES, Unreadable

MAX_IDS: Final = 10_000
MAX_RATE: Final = 1_000_000.0
_ACTIONS: Final = [str(action) for action in BulkAction]


def _check_depth(value: dict[str, Any]) -> None:
    try:
        storable(value)
    except Unreadable as error:
        raise ValidationError(str(error)) from error


class BulkFilterSchema(JobFilterSchema):
    """Which jobs, by the filters of GET /jobs: a job must match every member; of a list, any value."""

    class Meta:
        """Strict."""

        unknown = RAISE

    payload = fields.List(
        fields.Dict(keys=fields.String(), validate=_check_depth, metadata={"minProperties": 1}),
        load_default=list,
        validate=validate.Length(max=MAX_PAYLOAD_CONDITIONS, error="has more than {max} objects"),
        metadata={"description": 'Objects that a payload must contain one of, such as {"user": {"id": 42}}.'},
    )

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """An empty list would name no job; goqueue_api.bulk_request refuses it."""
        super().on_bind_field(field_name, field_obj)
        if isinstance(field_obj, fields.List):
            field_obj.metadata = {**field_obj.metadata, "minItems": 1}


class BulkRequestSchema(Schema):
    """An action, and the jobs that it is meant for: by filter or by ids."""

    action = fields.String(
        required=True,
        validate=validate.OneOf(_ACTIONS),
        metadata={
            "description": "retry: failed, cancelled and retrying jobs, completed ones only when `status` or `ids` names "
            "them; cancel: those that wait, and those that run are asked to stop; delete: those that have ended; run-now: "
            "scheduled and retrying ones; set-priority: those that wait. Other jobs are left alone."
        },
    )
    filter = fields.Nested(BulkFilterSchema(), metadata={"description": "Not together with ids."})
    ids = fields.List(
        fields.UUID(),
        validate=validate.Length(1, MAX_IDS),
        metadata={"description": "Not together with filter."},
    )
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Only count and show what would be changed."})
    rate_per_second = fields.Float(
        allow_none=True,
        validate=validate.Range(0, MAX_RATE, min_inclusive=False),
        metadata={"description": "Jobs a second; left out: as many as leave other jobs their speed."},
    )
    priority = fields.String(validate=validate.OneOf(list(PRIORITIES)), metadata={"description": "For set-priority."})
    confirm_all = fields.Boolean(
        load_default=False, metadata={"description": "Must be true for a filter that names nothing, which means every job."}
    )


EXAMPLES: Final[dict[str, Any]] = {
    "preview": {
        "summary": "See what a retry would do",
        "value": {"action": "retry", "filter": {"status": ["failed"], "queue": ["emails"]}, "dry_run": True},
    },
    "retry": {
        "summary": "Retry what failed in a queue, 500 jobs a second",
        "value": {"action": "retry", "filter": {"status": ["failed"], "queue": ["emails"]}, "rate_per_second": 500},
    },
    "retry-failures": {
        "summary": "Retry what failed with one problem, once that is solved",
        "value": {"action": "retry", "filter": {"fingerprint": ["9f2c4b7a01d3e865"], "status": ["failed"]}},
    },
    "set-priority": {
        "summary": "Let the jobs of a type run first",
        "value": {"action": "set-priority", "filter": {"type": ["email.send"]}, "priority": "high"},
    },
}


class CountSchema(AnswerSchema):
    """So many (eq), or so many at least (gte)."""

    value = fields.Integer(required=True)
    relation = fields.String(required=True, validate=validate.OneOf(["eq", "gte"]))


class BulkPreviewSchema(AnswerSchema):
    """What an operation would meet now."""

    action = fields.String(required=True, validate=validate.OneOf(_ACTIONS))
    matched = fields.Nested(CountSchema(), required=True, metadata={"description": "Jobs that would be changed."})
    by_queue = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    by_type = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    excluded = fields.Nested(
        CountSchema(),
        required=True,
        metadata={"description": "Jobs that were asked for, but whose status does not allow it."},
    )
    sample = fields.List(fields.Nested(JobSummarySchema()), required=True, metadata={"description": "The newest 5."})


class BulkOperationSchema(AnswerSchema):
    """An operation, and how far it has come."""

    id = fields.UUID(required=True)
    action = fields.String(required=True, validate=validate.OneOf(_ACTIONS))
    selection = fields.Dict(
        required=True,
        metadata={
            "description": "`filter` with created_before fixed, so that jobs submitted later are not touched; or the first "
            "100 of `ids`, and `ids_total`."
        },
    )
    parameters = fields.Dict(required=True)
    rate_per_second = fields.Float(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in BulkState]))
    matched = fields.Integer(required=True, metadata={"description": "Jobs there were to change when it began."})
    matched_is_capped = fields.Boolean(required=True, metadata={"description": "There were at least so many."})
    processed = fields.Integer(required=True, metadata={"description": "Jobs it is done with: changed or skipped."})
    changed = fields.Integer(required=True)
    skipped = fields.Integer(
        required=True, metadata={"description": "Jobs that somebody else changed first, or held all the time."}
    )
    progress = fields.Float(required=True, allow_none=True, metadata={"description": "0 to 1; null: not known."})
    error = fields.String(required=True, allow_none=True, metadata={"description": "Why it is failed."})
    actor = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(required=True, allow_none=True)


class BulkOperationPageSchema(AnswerSchema):
    """Some operations, newest first."""

    items = fields.List(fields.Nested(BulkOperationSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class BulkQuerySchema(Schema):
    """GET /bulk."""

    cursor = fields.String(load_default=None, metadata={"description": "next_cursor of the page before."})
    limit = page_limit()
