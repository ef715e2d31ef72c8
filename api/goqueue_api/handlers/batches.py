"""/jobs/batch: many jobs in one request, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from goqueue_api.access.caller import caller
from goqueue_api.access.scope import Scope
from goqueue_api.handlers.jobs import KEY_HEADER, KEY_PARAMETER, REPLAYED, SUBMIT_PROBLEMS
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schemas.job_request import BATCH_EXAMPLES, BatchAnswerSchema, BatchRequestSchema
from goqueue_api.services import services
from goqueue_api.submission import MAX_BATCH_BYTES, header_key
from goqueue_api.tracing import TRACEPARENT_PARAMETER, sending
from goqueue_common.new_job import Submission
from goqueue_common.submission_store import BatchAnswer

blueprint = ApiBlueprint("batches", __name__, "Submit many jobs at once.")


@blueprint.operation(
    "POST",
    "/jobs/batch",
    "submitBatch",
    scope=Scope.SUBMIT,
    body=Body(BatchRequestSchema(), BATCH_EXAMPLES),
    headers=[KEY_PARAMETER, TRACEPARENT_PARAMETER],
    answers={
        201: Answer(
            BatchAnswerSchema(),
            "All are stored; items in the order of the request.",
            {"Idempotent-Replayed": "true, when the key and body were sent before."},
        )
    },
    problems=SUBMIT_PROBLEMS,
)
def submit_batch() -> Response:
    """Submit up to 10,000 jobs: all or none

    Items may carry a key each, so that a replayed one answers with the first job; the header's key covers the whole batch.
    """
    document = read_object(request, MAX_BATCH_BYTES)
    owner = caller().idempotency_scope
    with sending() as span:
        submissions = services().submissions.read_batch(document, owner, span.traceparent)
        span.describe([submission.job for submission in submissions])
        key = header_key(request.headers.get(KEY_HEADER), document, owner)
        answers, is_replayed = services().submitter.submit_batch(submissions, key)
    return json_response(_answer(submissions, answers), 201, REPLAYED if is_replayed else None)


def _answer(submissions: Sequence[Submission], answers: Sequence[BatchAnswer]) -> dict[str, Any]:
    items = [
        {
            "id": answer.id,
            "queue": submission.job.queue,
            "type": submission.job.type,
            "status": answer.status,
            "replayed": answer.replayed,
        }
        for submission, answer in zip(submissions, answers, strict=True)
    ]
    replayed = sum(answer.replayed for answer in answers)
    return {"created": len(items) - replayed, "replayed": replayed, "items": items}
