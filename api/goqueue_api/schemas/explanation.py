"""GET /jobs/{id}/explain."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.job import JobCountSchema
from goqueue_common.explain.explanation import ReasonCode
from goqueue_common.lifecycle import JobStatus


def _about(text: str) -> dict[str, Any]:
    return {"description": text}


class CallSchema(AnswerSchema):
    """A request of this API. PUT and PATCH want a body of your choice."""

    method = fields.String(required=True, validate=validate.OneOf(["POST", "PUT", "PATCH"]))
    path = fields.String(required=True)


class ReasonSchema(AnswerSchema):
    """A reason why a job is not running."""

    code = fields.String(required=True, validate=validate.OneOf([str(code) for code in ReasonCode]))
    detail = fields.String(required=True, metadata=_about("For people."))
    since = fields.AwareDateTime(required=True, allow_none=True)
    until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata=_about("When it ends by itself: known of `scheduled`, `backing_off` and `expires`, else an estimate."),
    )
    action = fields.String(required=True, allow_none=True, metadata=_about("What to do, for people; null: nothing."))
    call = fields.Nested(
        CallSchema(), required=True, allow_none=True, metadata=_about("The request that does it; null: none does.")
    )


class PositionSchema(AnswerSchema):
    """Where a queued job stands."""

    ahead = fields.Nested(
        JobCountSchema(),
        required=True,
        metadata=_about("Jobs of its queue that go before it; gte: it stands amid too many to be counted."),
    )
    seconds = fields.Float(
        required=True,
        allow_none=True,
        metadata=_about("About how long those take, at the rate of the last minutes; null: nothing can be said."),
    )


class ExplanationSchema(AnswerSchema):
    """Why a job is not running now."""

    job_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf([str(status) for status in JobStatus]))
    summary = fields.String(required=True, metadata=_about("The decisive reason in a sentence."))
    reasons = fields.List(
        fields.Nested(ReasonSchema()), required=True, validate=validate.Length(min=1), metadata=_about("Decisive first.")
    )
    position = fields.Nested(
        PositionSchema(), required=True, allow_none=True, metadata=_about("null: the job is not queued.")
    )
    checked_at = fields.AwareDateTime(required=True)
