"""Log lines of a job."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.queries import page_limit
from goqueue_common.job_log_store import KEPT_ATTEMPTS, LogLevel
from goqueue_common.lifecycle import JobStatus

MAX_LINES: Final = 1_000
_GREATEST: Final = 2**63 - 1
_LEVELS: Final = [str(level) for level in LogLevel]


class LogQuerySchema(Schema):
    """GET /jobs/{id}/logs."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(
            0, _GREATEST, error="{input} is no place in a log: use next_after of the page before, or 0"
        ),
        metadata={"description": "next_after of the page before."},
    )
    limit = page_limit(usual=200, most=MAX_LINES)
    attempt = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**31 - 1, error="{input} is no attempt: the first is 1"),
        metadata={"description": "Lines of this attempt alone."},
    )
    level = fields.String(
        load_default=None,
        validate=validate.OneOf(_LEVELS, error="{input!r:.80} is no level: choose of {choices}"),
        metadata={"description": "Lines of this level and of graver ones."},
    )


class LogLineSchema(AnswerSchema):
    """A line that a handler wrote."""

    seq = fields.Integer(required=True, metadata={"description": "Grows from line to line, not by one."})
    attempt = fields.Integer(required=True)
    at = fields.AwareDateTime(
        required=True, metadata={"description": "When the handler said it, by the clock of its worker."}
    )
    level = fields.String(required=True, validate=validate.OneOf(_LEVELS))
    message = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(), required=True, data_key="fields", metadata={"description": "What it said beside: JSON."}
    )


class LogPageSchema(AnswerSchema):
    """Lines in the order in which they were written."""

    items = fields.List(
        fields.Nested(LogLineSchema()),
        required=True,
        metadata={"description": f"Lines of the last {KEPT_ATTEMPTS} attempts are kept."},
    )
    next_after = fields.Integer(required=True, metadata={"description": "`after` of the next page."})
    status = fields.String(
        required=True,
        validate=validate.OneOf([str(status) for status in JobStatus]),
        metadata={"description": "Of the job."},
    )
    complete = fields.Boolean(
        required=True,
        metadata={
            "description": "Nothing follows: the job ended a while ago. false: ask again, at once if the page is full."
        },
    )
