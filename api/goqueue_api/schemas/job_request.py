"""What POST /jobs and POST /jobs/batch take. For documentation: goqueue_api.job_request reads them (a test compares)."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from marshmallow import Schema, fields, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.submission import MAX_BATCH_ITEMS
from goqueue_common.idempotency import MAX_KEY_LENGTH
from goqueue_common.job import Priority
from goqueue_common.json_values import PRIORITIES
from goqueue_common.new_job import DEFAULT_MAX_RETRIES, DEFAULT_QUEUE, MAX_RETRIES, MAX_SECONDS, MAX_TAGS, NAME_PATTERN

KEY_PATTERN: Final = f"^[\\x20-\\x7e]{{1,{MAX_KEY_LENGTH}}}$"
TAG_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,64}$"
_NAME: Final = f"^{NAME_PATTERN}$"


class JobRequestSchema(Schema):
    """A job to be run."""

    json_schema: ClassVar = {
        "not": {
            "required": ["run_at", "delay"],
            "properties": {"run_at": {"type": "string"}, "delay": {"type": "number"}},
        }
    }

    type = fields.String(
        required=True,
        validate=validate.Regexp(_NAME),
        metadata={"description": "Which handler runs it: see GET /handlers.", "example": "demo.sleep"},
    )
    queue = fields.String(validate=validate.Regexp(_NAME), load_default=DEFAULT_QUEUE)
    payload = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "What the handler is given, at most 256 KiB; checked by the schema of its type, if any."},
    )
    priority = fields.String(validate=validate.OneOf(list(PRIORITIES)), load_default=Priority.NORMAL.label)
    run_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it is due, with a time zone. Not together with delay."}
    )
    delay = fields.Float(
        allow_none=True,
        validate=validate.Range(0, MAX_SECONDS),
        metadata={"description": "Seconds from now until it is due."},
    )
    expires_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "It is not started after this, with a time zone."}
    )
    max_retries = fields.Integer(
        allow_none=True,
        validate=validate.Range(0, MAX_RETRIES),
        metadata={"description": f"How often to try again; left out: as its handler says, else {DEFAULT_MAX_RETRIES}."},
    )
    timeout = fields.Float(
        allow_none=True,
        validate=validate.Range(0, MAX_SECONDS, min_inclusive=False),
        metadata={"description": "Seconds one attempt may take; left out: as its handler says."},
    )
    tags = fields.List(
        fields.String(validate=validate.Regexp(TAG_PATTERN)), load_default=list, validate=validate.Length(max=MAX_TAGS)
    )


class BatchItemSchema(JobRequestSchema):
    """A job of a batch."""

    idempotency_key = fields.String(
        validate=validate.Regexp(KEY_PATTERN),
        metadata={
            "description": "As the header Idempotency-Key of POST /jobs; a replayed item answers with the first job."
        },
    )


class BatchRequestSchema(Schema):
    """Jobs to be run: all are stored, or none."""

    jobs = fields.List(fields.Nested(BatchItemSchema()), required=True, validate=validate.Length(1, MAX_BATCH_ITEMS))


class BatchAnswerItemSchema(AnswerSchema):
    """What became of one item."""

    id = fields.UUID(required=True)
    queue = fields.String(required=True)
    type = fields.String(required=True)
    status = fields.String(required=True)
    replayed = fields.Boolean(required=True, metadata={"description": "True: an earlier request had made this job."})


class BatchAnswerSchema(AnswerSchema):
    """What became of a batch, in the order of its items."""

    created = fields.Integer(required=True)
    replayed = fields.Integer(required=True)
    items = fields.List(fields.Nested(BatchAnswerItemSchema()), required=True)


EXAMPLES: Final[dict[str, Any]] = {
    "sleep": {
        "summary": "Sleep for two seconds (a built-in type)",
        "value": {"type": "demo.sleep", "payload": {"seconds": 2}},
    },
    "email": {
        "summary": "An e-mail, urgent, with retries and tags",
        "value": {
            "type": "email.send",
            "queue": "emails",
            "payload": {"to": ["ada@example.com"], "subject": "Welcome", "text": "Good to have you here."},
            "priority": "high",
            "max_retries": 5,
            "timeout": 30,
            "tags": ["signup"],
        },
    },
    "later": {
        "summary": "In a minute from now",
        "value": {"type": "demo.sleep", "payload": {"seconds": 1}, "delay": 60},
    },
    "at": {
        "summary": "At a certain time, or not at all",
        "value": {
            "type": "demo.sleep",
            "payload": {"seconds": 1},
            "run_at": "2030-01-01T09:00:00+01:00",
            "expires_at": "2030-01-01T10:00:00+01:00",
        },
    },
}
BATCH_EXAMPLES: Final[dict[str, Any]] = {
    "two": {
        "summary": "Two jobs, one of them safe to send twice",
        "value": {
            "jobs": [
                {"type": "demo.sleep", "payload": {"seconds": 1}},
                {"type": "demo.sleep", "payload": {"seconds": 2}, "idempotency_key": "order-4711"},
            ]
        },
    }
}
