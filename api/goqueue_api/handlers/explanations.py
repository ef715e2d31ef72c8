"""/jobs/{id}/explain."""

from __future__ import annotations

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.handlers.jobs import checked_id
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.explanation import ExplanationSchema
from goqueue_api.services import services
from goqueue_common.errors import JobNotFound

blueprint = ApiBlueprint("explanations", __name__, description="Why a job is not running now, and what to do.")


@blueprint.operation(
    "GET",
    "/jobs/<job_id>/explain",
    "explainJob",
    scope=Scope.READ,
    answers={200: Answer(ExplanationSchema(), "Every reason that holds, the decisive one first; there is always one.")},
    problems=(JobNotFound,),
)
def explain_job(job_id: str) -> Response:
    """Say why a job is not running now, and what to do

    Of a job that runs or has ended it says so. `detail` and `action` are sentences for people; programs match on `code`.
    """
    return json_response(services().explanations.explain(checked_id(job_id)).to_dict())
