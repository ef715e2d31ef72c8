"""A job as the API answers it."""

from __future__ import annotations

from marshmallow import fields, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_common.attempts import AttemptOutcome
from goqueue_common.json_values import PRIORITIES
from goqueue_common.lifecycle import FailureReason, JobStatus


def _about(text: str, **more: object) -> dict[str, object]:
    return {"description": text, **more}


_STATUS = fields.String(
    required=True,
    validate=validate.OneOf([str(status) for status in JobStatus]),
    metadata=_about("Where the job is in its life."),
)


class AttemptSchema(AnswerSchema):
    """One attempt of a job."""

    attempt = fields.Integer(required=True, metadata=_about("1 for the first; one that never began leaves a gap."))
    worker_id = fields.UUID(required=True, allow_none=True)
    queued_at = fields.DateTime(
        required=True, allow_none=True, metadata=_about("Since when it waited; null: a release before this one ran it.")
    )
    started_at = fields.DateTime(required=True, allow_none=True)
    finished_at = fields.DateTime(required=True, allow_none=True, metadata=_about("null: it runs."))
    wait_seconds = fields.Float(required=True, allow_none=True)
    run_seconds = fields.Float(required=True, allow_none=True)
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(list(AttemptOutcome)),
        metadata=_about("How it ended; died: its process ended under it; released: its worker stopped."),
    )
    error = fields.String(required=True, allow_none=True)
    traceback = fields.String(required=True, allow_none=True)


class ProgressSchema(AnswerSchema):
    """How far a running job says it is."""

    fraction = fields.Float(required=True, allow_none=True, metadata=_about("0 to 1.", minimum=0, maximum=1))
    message = fields.String(required=True, allow_none=True)
    updated_at = fields.DateTime(required=True)


class JobBaseSchema(AnswerSchema):
    """What lists and single jobs both have."""

    id = fields.UUID(required=True, metadata=_about("Time-ordered (uuid7); the same for all attempts."))
    queue = fields.String(required=True)
    type = fields.String(required=True, metadata=_about("Which handler runs it."))
    status = _STATUS
    priority = fields.String(required=True, validate=validate.OneOf(list(PRIORITIES)))
    attempts = fields.Integer(
        required=True, metadata=_about("Claims by workers, those given back before they started included; only grows.")
    )
    failures = fields.Integer(required=True, metadata=_about("Executions that ended in an error."))
    max_retries = fields.Integer(required=True, metadata=_about("A retry is due while failures <= max_retries."))
    rescues = fields.Integer(required=True, metadata=_about("Executions that died with their process."))
    run_at = fields.DateTime(required=True, allow_none=True, metadata=_about("When it is due; null: at once."))
    expires_at = fields.DateTime(required=True, allow_none=True, metadata=_about("It is not started after this."))
    timeout = fields.Float(
        required=True, allow_none=True, metadata=_about("Seconds one attempt may take; null: as its handler says.")
    )
    queued_at = fields.DateTime(required=True, allow_none=True, metadata=_about("When it last became due to run."))
    tags = fields.List(fields.String(), required=True)
    error = fields.String(required=True, allow_none=True, metadata=_about("The last error, in one line."))
    fingerprint = fields.String(
        required=True, allow_none=True, metadata=_about("The failure group of that error (GET /failures/{fingerprint}).")
    )
    failure_reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([str(reason) for reason in FailureReason]),
        metadata=_about("Why it is failed."),
    )
    waiting_reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["no_handler"]),
        metadata=_about("no_handler: no worker that met it knows its type."),
    )
    cancel_requested_at = fields.DateTime(required=True, allow_none=True)
    worker_id = fields.UUID(required=True, allow_none=True, metadata=_about("Who runs it now."))
    started_at = fields.DateTime(required=True, allow_none=True, metadata=_about("When its last attempt began."))
    finished_at = fields.DateTime(required=True, allow_none=True, metadata=_about("Set exactly in final statuses."))
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    schedule = fields.String(required=True, allow_none=True, metadata=_about("The schedule that submitted it."))
    scheduled_for = fields.DateTime(required=True, allow_none=True, metadata=_about("The instant it was submitted for."))
    rerun_of = fields.UUID(required=True, allow_none=True)
    parent_id = fields.UUID(required=True, allow_none=True, metadata=_about("The job whose handler submitted it."))


class JobSchema(JobBaseSchema):
    """A job, whole."""

    payload = fields.Dict(keys=fields.String(), required=True, metadata=_about("What its handler is given."))
    result = fields.Raw(required=True, allow_none=True, metadata=_about("What its handler returned: any JSON."))
    attempt_history = fields.List(
        fields.Nested(AttemptSchema()),
        required=True,
        metadata=_about("The last 10 attempts that ended, and the one that runs or completed the job; the newest last."),
    )
    progress = fields.Nested(ProgressSchema(), required=True, allow_none=True)
    traceparent = fields.String(
        required=True, allow_none=True, metadata=_about("W3C trace context of whoever submitted it; null: nobody traced.")
    )


class JobSummarySchema(JobBaseSchema):
    """A job in a list: no document in full."""

    payload_preview = fields.String(required=True, metadata=_about("The first 200 characters of the payload's JSON."))


class JobPageSchema(AnswerSchema):
    """Some jobs, in the order asked for."""

    items = fields.List(fields.Nested(JobSummarySchema()), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=_about("For the next page; null: this is the last one.")
    )
    prev_cursor = fields.String(
        required=True,
        allow_none=True,
        metadata=_about("For the page before, in the same order; null: this is the first one."),
    )


_RELATION = fields.String(
    required=True,
    validate=validate.OneOf(["eq", "gte"]),
    metadata=_about("eq: exactly so many; gte: so many or more."),
)


class JobCountSchema(AnswerSchema):
    """How many jobs match."""

    value = fields.Integer(required=True)
    relation = _RELATION


class SuggestionSchema(AnswerSchema):
    """A value of a filter, and how many jobs it lets through."""

    value = fields.String(required=True)
    count = fields.Integer(required=True)
    relation = _RELATION


class SuggestionListSchema(AnswerSchema):
    """Values in alphabetical order."""

    items = fields.List(fields.Nested(SuggestionSchema()), required=True)
