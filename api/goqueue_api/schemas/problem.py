"""Errors: RFC 9457."""

from __future__ import annotations

from marshmallow import fields, validate

from goqueue_api.errors import problem_codes
from goqueue_api.schemas.answer import AnswerSchema


class ProblemFieldSchema(AnswerSchema):
    """One thing wrong with a request."""

    pointer = fields.String(
        required=True,
        metadata={"description": "A JSON pointer into the body, or /query/<name>.", "example": "/queue"},
    )
    detail = fields.String(required=True, metadata={"example": "'my queue' is no name: use letters, digits, '.', '_', '-'"})


class ProblemSchema(AnswerSchema):
    """A problem document: what was wrong, with which value, and what to do."""

    type = fields.String(required=True, metadata={"description": "Always about:blank: see `code`."})
    title = fields.String(required=True, metadata={"description": "The HTTP status in words."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = fields.String(required=True, metadata={"description": "A sentence for people."})
    instance = fields.String(required=True, metadata={"description": "The path that was asked for."})
    code = fields.String(
        required=True,
        validate=validate.OneOf(sorted(problem_codes())),
        metadata={"description": "A stable word for programs; later versions may know more of them."},
    )
    errors = fields.List(fields.Nested(ProblemFieldSchema()), required=True)
    request_id = fields.String(
        required=True, metadata={"description": "As in the header X-Request-ID: it finds the request in the API's log."}
    )
    job_status = fields.String(metadata={"description": "With code wrong_status: the job's present status."})
