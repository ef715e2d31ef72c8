"""/jobs: lists, counts and suggestions, each of the same filters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.job_query import OLDEST_FIRST, cursor, place
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.pagination import next_link
from goqueue_api.schemas.job import JobCountSchema, JobPageSchema, SuggestionListSchema
from goqueue_api.schemas.queries import JobFilterQuerySchema, JobsQuerySchema, SuggestQuerySchema
from goqueue_api.services import services
from goqueue_api.shown import shown_summary
from goqueue_common.errors import InvalidCursor, QueryTimeout
from goqueue_common.filter_document import job_filter
from goqueue_common.job_filter import JobFilter

blueprint = ApiBlueprint("job-lists", __name__, description="Find jobs among all there are.")


@blueprint.operation(
    "GET",
    "/jobs",
    "listJobs",
    scope=Scope.READ,
    query=JobsQuerySchema(),
    answers={
        200: Answer(JobPageSchema(), "A page.", {"Link": "The next page, rel=next, and the one before, rel=prev, if any."})
    },
    problems=(InvalidCursor, QueryTimeout),
)
def list_jobs(query: dict[str, Any]) -> Response:
    """List jobs, newest first, or oldest first

    A search that would take longer than two seconds is answered with 503 `query_timeout`, which names the filter to narrow.
    """
    sort = query["sort"]
    page = services().jobs.list_jobs(
        _filter(query), place=place(query["cursor"], sort), limit=query["limit"], oldest_first=sort == OLDEST_FIRST
    )
    cursors = {"next": cursor(page.next, sort), "prev": cursor(page.prev, sort)}
    links = [next_link(value, relation=relation) for relation, value in cursors.items() if value is not None]
    document = {
        "items": [shown_summary(job) for job in page.jobs],
        "next_cursor": cursors["next"],
        "prev_cursor": cursors["prev"],
    }
    return json_response(document, headers={"Link": ", ".join(links)} if links else None)


@blueprint.operation(
    "GET",
    "/jobs/count",
    "countJobs",
    scope=Scope.READ,
    query=JobFilterQuerySchema(),
    answers={200: Answer(JobCountSchema(), "How many jobs match, up to 10,000.")},
    problems=(QueryTimeout,),
)
def count_jobs(query: dict[str, Any]) -> Response:
    """Count jobs

    With more than 10,000 the answer is `{"value": 10000, "relation": "gte"}`: at least so many.
    """
    return json_response(services().jobs.count_jobs(_filter(query)).to_dict())


@blueprint.operation(
    "GET",
    "/jobs/suggest",
    "suggestJobFilters",
    scope=Scope.READ,
    query=SuggestQuerySchema(),
    answers={200: Answer(SuggestionListSchema(), "Values in order, each with how many jobs have it, up to 1,000.")},
    problems=(QueryTimeout,),
)
def suggest(query: dict[str, Any]) -> Response:
    """Suggest values for a filter

    Not every tag is known: those of the newest jobs, and the most common ones.
    """
    found = services().jobs.suggest(query["field"], query["prefix"], query["limit"])
    return json_response(
        {"items": [{"value": value, "count": count.value, "relation": count.relation} for value, count in found]}
    )


def _filter(query: dict[str, Any]) -> JobFilter:
    return replace(job_filter(query), ids=query["id"])
