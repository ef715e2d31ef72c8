"""/jobs/{id}/logs: what a job's handler logged."""

from __future__ import annotations

from typing import Any

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.handlers.jobs import checked_id
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.job_log import LogPageSchema, LogQuerySchema
from goqueue_api.services import services
from goqueue_api.shown import shown_line
from goqueue_common.errors import JobNotFound
from goqueue_common.job_log_store import LogLevel

blueprint = ApiBlueprint("job-logs", __name__, description="What handlers log about their jobs.")


@blueprint.operation(
    "GET",
    "/jobs/<job_id>/logs",
    "listJobLogs",
    scope=Scope.READ,
    query=LogQuerySchema(),
    answers={200: Answer(LogPageSchema(), "Lines, and whether more may come.")},
    problems=(JobNotFound,),
)
def list_job_logs(query: dict[str, Any], job_id: str) -> Response:
    """List what a job's handler logged, the oldest line first

    To follow a job, ask again with next_after until `complete`.
    """
    after, level = query["after"], query["level"]
    page = services().logs.page(
        checked_id(job_id),
        after,
        query["limit"],
        attempt=query["attempt"],
        level=None if level is None else LogLevel(level),
    )
    return json_response(
        {
            "items": [shown_line(line) for line in page.lines],
            "next_after": page.lines[-1].seq if page.lines else after,
            "status": page.status,
            "complete": page.is_complete,
        }
    )
