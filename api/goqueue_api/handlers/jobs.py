"""/jobs: submit, read, retry, cancel. job_lists has what looks for many."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Response, request

from goqueue_api.access.caller import actor, caller
from goqueue_api.access.scope import Scope
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schemas.job import JobSchema
from goqueue_api.schemas.job_request import EXAMPLES, JobRequestSchema
from goqueue_api.schemas.queries import WaitQuerySchema
from goqueue_api.services import services
from goqueue_common.errors import JobNotFound
from goqueue_common.job import Job, JobRef
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.new_job import submitted_job

blueprint = ApiBlueprint("jobs", __name__, description="Submit jobs, follow them, try them again, call them off.")

KEY_HEADER: Final = "Idempotency-Key"
REPLAYED: Final[dict[str, str]] = {"Idempotent-Replayed": "true"}
KEY_PARAMETER: Final = {
    "name": KEY_HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Makes the request safe to repeat for 24 hours: the same key and body get the first answer again.",
}
_BUSY_SECONDS: Final = "1"


@blueprint.operation(
    "POST",
    "/jobs",
    "submitJob",
    scope=Scope.SUBMIT,
    body=Body(JobRequestSchema(), EXAMPLES),
    headers=[KEY_PARAMETER],
    answers={
        201: Answer(
            JobSchema(),
            "It is stored, and due or scheduled.",
            {"Location": "The path of the job.", "Idempotent-Replayed": "true, when the key and body were sent before."},
        )
    },
    problems=(400, 409, 413, 415, 422, 503),
)
def submit_job() -> Response:
    """Submit a job

    Once this is answered with 201 the job is never lost: it ends completed, failed or cancelled.
    """
    submission = services().submissions.read_job(
        read_object(request), request.headers.get(KEY_HEADER), caller().idempotency_scope
    )
    answer = services().submitter.submit([submission])[0]
    headers = {"Location": f"/jobs/{answer.id}"} | (REPLAYED if answer.replayed else {})
    return json_response(submitted_job(submission.job, answer).to_dict(), 201, headers)


@blueprint.operation(
    "GET",
    "/jobs/<job_id>",
    "getJob",
    scope=Scope.READ,
    query=WaitQuerySchema(),
    answers={
        200: Answer(JobSchema(), "The job.", {"Retry-After": "Too many requests wait: ask again after so many seconds."})
    },
    problems=(404, 422, 503),
)
def get_job(query: dict[str, Any], job_id: str) -> Response:
    """Show a job, if asked for once it is finished"""
    job, is_full = services().waiter.wait(_checked_id(job_id), query["wait"])
    return json_response(job.to_dict(), headers={"Retry-After": _BUSY_SECONDS} if is_full else None)


@blueprint.operation(
    "POST",
    "/jobs/<job_id>/retry",
    "retryJob",
    scope=Scope.OPERATE,
    answers={200: Answer(JobSchema(), "It is queued again.")},
    problems=(404, 409, 503),
)
def retry_job(job_id: str) -> Response:
    """Run a finished or retrying job again, now

    One more failure is allowed than it has had.
    """
    job = services().jobs.update_status(_checked_id(job_id), JobEvent.RETRY, actor())
    services().submitter.push([_ref(job)])
    return json_response(job.to_dict())


@blueprint.operation(
    "POST",
    "/jobs/<job_id>/cancel",
    "cancelJob",
    scope=Scope.OPERATE,
    answers={
        200: Answer(JobSchema(), "It is cancelled."),
        202: Answer(JobSchema(), "It is running; its handler is told to stop."),
    },
    problems=(404, 409, 503),
)
def cancel_job(job_id: str) -> Response:
    """Cancel a job"""
    job = services().jobs.cancel(_checked_id(job_id), actor())
    if job.status is not JobStatus.CANCELLED:
        return json_response(job.to_dict(), 202)
    services().submitter.announce(job.id)
    return json_response(job.to_dict(), 200)


def _ref(job: Job) -> JobRef:
    return JobRef(job.id, job.queue, job.priority)


def _checked_id(job_id: str) -> str:
    try:
        return str(UUID(job_id))
    except ValueError as error:
        raise JobNotFound(f"{job_id!r:.80} is no job id: an id is a UUID, as POST /jobs answered it") from error
