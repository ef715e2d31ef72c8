"""/jobs: submit and read. job_lists has what looks for many, job_changes what steers one."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Response, request

from goqueue_api.access.caller import caller
from goqueue_api.access.scope import Scope
from goqueue_api.errors import InvalidIdempotencyKey
from goqueue_api.job_edit import etag
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schemas.job import JobSchema
from goqueue_api.schemas.job_request import EXAMPLES, KEY_PATTERN, JobRequestSchema
from goqueue_api.schemas.queries import WaitQuerySchema
from goqueue_api.services import services
from goqueue_api.tracing import TRACEPARENT_PARAMETER, sending
from goqueue_common.errors import IdempotencyKeyInUse, IdempotencyKeyReused, InvalidJob, JobNotFound, PayloadTooLarge
from goqueue_common.new_job import submitted_job

blueprint = ApiBlueprint("jobs", __name__, description="Submit jobs, find them, follow them.")

KEY_HEADER: Final = "Idempotency-Key"
REPLAYED: Final[dict[str, str]] = {"Idempotent-Replayed": "true"}
KEY_PARAMETER: Final = {
    "name": KEY_HEADER,
    "schema": {"type": "string", "pattern": KEY_PATTERN},
    "description": "Makes the request safe to repeat for 24 hours: the same key and body get the first answer again.",
}
IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "An ETag answered before: while the job is still in that state the answer is 304, without a body.",
}
SUBMIT_PROBLEMS: Final = (
    InvalidIdempotencyKey,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    PayloadTooLarge,
    InvalidJob,
)
"""What may be wrong with a job that is to be stored."""
_BUSY_SECONDS: Final = "1"


@blueprint.operation(
    "POST",
    "/jobs",
    "submitJob",
    scope=Scope.SUBMIT,
    body=Body(JobRequestSchema(), EXAMPLES),
    headers=[KEY_PARAMETER, TRACEPARENT_PARAMETER],
    answers={
        201: Answer(
            JobSchema(),
            "It is stored, and due or scheduled.",
            {"Location": "The path of the job.", "Idempotent-Replayed": "true, when the key and body were sent before."},
        )
    },
    problems=SUBMIT_PROBLEMS,
)
def submit_job() -> Response:
    """Submit a job

    Once this is answered with 201 the job is never lost: it ends completed, failed or cancelled.
    """
    with sending() as span:
        submission = services().submissions.read_job(
            read_object(request), request.headers.get(KEY_HEADER), caller().idempotency_scope, span.traceparent
        )
        span.describe([submission.job])
        try:
            answer = services().submitter.submit([submission])[0]
        except IdempotencyKeyReused as error:
            raise IdempotencyKeyReused(str(error)) from error  # the key came in a header: no item of a batch is to blame
    headers = {"Location": f"/jobs/{answer.id}"} | (REPLAYED if answer.replayed else {})
    return json_response(submitted_job(submission.job, answer).to_dict(), 201, headers)


@blueprint.operation(
    "GET",
    "/jobs/<job_id>",
    "getJob",
    scope=Scope.READ,
    query=WaitQuerySchema(),
    headers=[IF_NONE_MATCH],
    answers={
        200: Answer(
            JobSchema(),
            "The job.",
            {"ETag": "Of this state.", "Retry-After": "Too many requests wait: ask again after so many seconds."},
        ),
        304: Answer(None, "It is as the ETag in If-None-Match says."),
    },
    problems=(JobNotFound,),
)
def get_job(query: dict[str, Any], job_id: str) -> Response:
    """Show a job, if asked for once it is finished"""
    job, is_full = services().waiter.wait(checked_id(job_id), query["wait"])
    headers = {"ETag": f'"{etag(job)}"'} | ({"Retry-After": _BUSY_SECONDS} if is_full else {})
    if request.if_none_match.contains_weak(etag(job)):
        return Response(status=304, headers=headers)
    return json_response(job.to_dict(), headers=headers)


def checked_id(job_id: str) -> str:
    """The id in its usual form. Raises JobNotFound for what can be none."""
    try:
        return str(UUID(job_id))
    except ValueError as error:
        raise JobNotFound(f"{job_id!r:.80} is no job id: an id is a UUID, as POST /jobs answered it") from error
