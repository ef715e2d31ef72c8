"""/jobs/{id}: what a person does to one job by hand: retry, cancel, run now, edit, rerun, delete."""

from __future__ import annotations

from flask import Response, request

from goqueue_api.access.caller import actor, caller
from goqueue_api.access.scope import Scope
from goqueue_api.errors import PreconditionRequired
from goqueue_api.handlers.jobs import KEY_HEADER, KEY_PARAMETER, REPLAYED, SUBMIT_PROBLEMS, checked_id
from goqueue_api.job_edit import etag, read_edit, rerun_document, seen_at, told
from goqueue_api.json_body import read_object, read_optional_object
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schemas.job import JobSchema
from goqueue_api.schemas.job_edit import EDIT_EXAMPLES, RERUN_EXAMPLES, JobEditSchema, RerunSchema
from goqueue_api.services import services
from goqueue_api.submission import header_key
from goqueue_api.tracing import TRACEPARENT_PARAMETER, sending
from goqueue_common.errors import InvalidJob, JobChanged, JobNotFound, PayloadTooLarge, WrongStatus
from goqueue_common.job import Job, JobRef
from goqueue_common.lifecycle import FINAL, WAITING, JobEvent, JobStatus
from goqueue_common.live_events import JobChange
from goqueue_common.new_job import Submission, submitted_job

blueprint = ApiBlueprint("job changes", __name__, description="Steer one job by hand; the audit log keeps who did.")

_IF_MATCH = {
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "example": "*",
    "description": "The ETag of the job as it was seen, or `*`; without it the answer is 428.",
}


@blueprint.operation(
    "POST",
    "/jobs/<job_id>/retry",
    "retryJob",
    scope=Scope.OPERATE,
    answers={200: Answer(JobSchema(), "It is queued again.")},
    problems=(JobNotFound, WrongStatus),
)
def retry_job(job_id: str) -> Response:
    """Run a finished or retrying job again, now

    One more failure is allowed than it has had.
    """
    return _queued(services().jobs.update_status(checked_id(job_id), JobEvent.RETRY, actor()))


@blueprint.operation(
    "POST",
    "/jobs/<job_id>/run-now",
    "runJobNow",
    scope=Scope.OPERATE,
    answers={200: Answer(JobSchema(), "It is queued.")},
    problems=(JobNotFound, WrongStatus),
)
def run_job_now(job_id: str) -> Response:
    """Run a scheduled or retrying job now, not when it is due"""
    return _queued(services().jobs.update_status(checked_id(job_id), JobEvent.RUN_NOW, actor()))


@blueprint.operation(
    "POST",
    "/jobs/<job_id>/cancel",
    "cancelJob",
    scope=Scope.OPERATE,
    answers={
        200: Answer(JobSchema(), "It is cancelled."),
        202: Answer(JobSchema(), "It is running; its handler is told to stop."),
    },
    problems=(JobNotFound, WrongStatus),
)
def cancel_job(job_id: str) -> Response:
    """Cancel a job"""
    job = services().jobs.cancel(checked_id(job_id), actor())
    if job.status is not JobStatus.CANCELLED:
        return _answer(job, 202)
    services().submitter.announce(JobChange(job.id, job.attempts, job.status, job.queue))
    return _answer(job)


@blueprint.operation(
    "PATCH",
    "/jobs/<job_id>",
    "editJob",
    scope=Scope.OPERATE,
    body=Body(JobEditSchema(), EDIT_EXAMPLES),
    headers=[_IF_MATCH],
    answers={200: Answer(JobSchema(), "It is changed.", {"ETag": "Of its new state."})},
    problems=(JobNotFound, WrongStatus, JobChanged, PreconditionRequired, PayloadTooLarge, InvalidJob),
)
def edit_job(job_id: str) -> Response:
    """Change a job that waits

    Members that are left out stay. `run_at` ahead makes it scheduled; null, or a time that has passed, makes it due now.
    """
    document = read_object(request)
    job = services().jobs.get_job_by_id(checked_id(job_id))
    _require(job, WAITING, "edit")
    seen = seen_at(request, job)
    edit = read_edit(document, job, services().types)
    shown = told(document, services().redactor)
    if not services().edits.edit(job.id, edit, actor(), seen_at=seen, told=shown):
        _require(services().jobs.get_job_by_id(job.id), WAITING, "edit")
        raise JobChanged(f"job {job.id} was written at this very moment: read it again, then decide")
    edited = services().jobs.get_job_by_id(job.id)
    if edited.status is JobStatus.QUEUED and (edited.queue, edited.priority, edited.queued_at) != (
        job.queue,
        job.priority,
        job.queued_at,
    ):
        services().submitter.push([_ref(edited)])
    return _answer(edited)


@blueprint.operation(
    "POST",
    "/jobs/<job_id>/rerun",
    "rerunJob",
    scope=Scope.OPERATE,
    body=Body(RerunSchema(), RERUN_EXAMPLES, required=False),
    headers=[KEY_PARAMETER, TRACEPARENT_PARAMETER],
    answers={
        201: Answer(
            JobSchema(),
            "A new job, whose rerun_of names the old one.",
            {"Location": "The path of the new job.", "Idempotent-Replayed": "true, when it was sent before."},
        )
    },
    problems=(JobNotFound, WrongStatus, *SUBMIT_PROBLEMS),
)
def rerun_job(job_id: str) -> Response:
    """Submit a finished job again, as it was or with edits

    The old job stays as it is. Everything but `type` may be edited; what is left out is as in the old job, due at once.
    """
    edits = read_optional_object(request)
    job = services().jobs.get_job_by_id(checked_id(job_id))
    _require(job, FINAL, "rerun")
    document = rerun_document(job, edits)
    owner = caller().idempotency_scope
    key = header_key(request.headers.get(KEY_HEADER), document | {"rerun_of": job.id}, owner)
    with sending() as span:
        read = services().submissions.read_job(document, None, owner, span.traceparent).job
        new = read._replace(rerun_of=job.id)
        span.describe([new])
        answer = services().submitter.submit_rerun(Submission(new, key), actor())
    headers = {"Location": f"/jobs/{answer.id}"} | (REPLAYED if answer.replayed else {})
    return json_response(submitted_job(new, answer).to_dict(), 201, headers)


@blueprint.operation(
    "DELETE",
    "/jobs/<job_id>",
    "deleteJob",
    scope=Scope.OPERATE,
    answers={204: Answer(None, "It is gone.")},
    problems=(JobNotFound, WrongStatus),
)
def delete_job(job_id: str) -> Response:
    """Delete a finished job"""
    job_id = checked_id(job_id)
    if not services().edits.delete(job_id, actor()):
        _require(services().jobs.get_job_by_id(job_id), FINAL, "delete")
    return Response(status=204)


def _require(job: Job, statuses: frozenset[JobStatus], verb: str) -> None:
    if job.status not in statuses:
        allowed = " or ".join(sorted(statuses))
        raise WrongStatus(f"job {job.id} is {job.status}; {verb} wants a job that is {allowed}", job.status)


def _queued(job: Job) -> Response:
    services().submitter.push([_ref(job)])
    return _answer(job)


def _answer(job: Job, status: int = 200) -> Response:
    return json_response(job.to_dict(), status, {"ETag": f'"{etag(job)}"'})


def _ref(job: Job) -> JobRef:
    return JobRef(job.id, job.queue, job.priority)
