"""Two checks of schemathesis, aware of what no OpenAPI document can tell.

That valid requests are accepted: each rule is named with its reason; a refusal that is none of them fails, and so does a
422 of which one error is none. That what was made is there to be found.
"""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from schemathesis.checks import CHECKS

from goqueue_common.new_job import NAME_PATTERN

accepts_valid_data = CHECKS.get_one("positive_data_acceptance")
finds_what_was_made = CHECKS.get_one("ensure_resource_availability")

WAIT_SECONDS = 0.05
CRONS = ("0 8 * * 1-5", "@daily", "*/10 * * * * *")
RULES: dict[tuple[str, str], str] = {
    ("invalid_cursor", ".*"): "only a cursor that was issued is one, and the schema of a string cannot say which were",
    ("job_changed", ".*"): "If-Match must be the ETag of the job as it is now",
    ("schedule_changed", ".*"): "the same of schedules; and whether there is one, If-Match and If-None-Match say otherwise",
    ("invalid_request", "is no ETag"): "what stands in If-Match is a list of texts in quotes, or *",
    ("precondition_required", "state of the schedule"): "PUT takes If-Match only where there is a schedule already",
    ("invalid_schedule", "\\(character [0-9]+\\)$"): "the grammar of crons, and the names of time zones",
    ("invalid_schedule", "is the name of another one above"): "of a sync: a name that comes twice",
    ("invalid_schedule", "is a path below /schedules|the path says"): "a name that is a path, or not that of the path",
    ("invalid_schedule", "lies in the past|does not lie after starts_at|would never fire"): "depends on the time of day",
    ("invalid_request", "has a part of a second"): "a cron names whole seconds, and the format of times knows parts",
    ("invalid_idempotency_key", ".*"): "header values are trimmed on the way, so that one of spaces arrives empty",
    ("idempotency_key_reused", ".*"): "the same key came before with another body",
    ("invalid_job", "lies in the past|lies before the job is due"): "depends on the time of day, or on run_at",
    ("invalid_request", "cannot stand beside|is missing: say which jobs"): "exactly one of two members must be there",
    ("invalid_request", "has no meaning for|is missing: choose high"): "depends on `action`",
    ("invalid_request", "confirm_all|names nothing"): "depends on what `filter` holds",
    ("invalid_request", "U\\+0000|integer beyond 64 bits"): "the payload is any JSON, but PostgreSQL has to keep it",
    ("invalid_request", "nothing before, after or between commas"): "a comma parts values, which no pattern of one tells",
    (
        "invalid_request",
        "is not before `to`|366 days before|points of this time",
    ): "`from`, `to` and `step` bound each other",
    ("invalid_request", "is not before until"): "`since` and `until` bound each other",
    ("invalid_request", "or as an age such as|is before all time"): "a pattern cannot tell every time that there is",
    ("invalid_request", "'0' is no id that was sent"): "schemathesis makes 0 of the pattern of a header that has a dash",
    ("request_refused", "request line is longer"): "each list keeps its length, but all of them are too long together",
    ("invalid_request", "is no JSON|must be a JSON object"): "JSON within a string of the query",
}


@schemathesis.check
def valid_data_is_accepted(ctx: Any, response: Any, case: Any) -> None:
    """positive_data_acceptance, but for RULES."""
    if 400 <= response.status_code < 500 and is_excused(response):
        return
    accepts_valid_data(ctx, response, case)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Schedules with crons and zones that there are, so that more of them are made than refused; one in four stays odd."""
    listed = body.get("schedules") if isinstance(body, dict) else None
    for item in listed if isinstance(listed, list) else [body]:
        if isinstance(item, dict) and isinstance(item.get("cron"), str) and len(item["cron"]) % 4:
            item["cron"] = CRONS[len(item["cron"]) % len(CRONS)]
            if isinstance(item.get("timezone"), str):
                item["timezone"] = "Europe/Berlin"
    return body


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Nobody runs jobs here, so that whoever waits for one would wait to the end. A schedule is named by its path."""
    body = case.body
    if (case.method, case.path) == ("PUT", "/schedules/{schedule}") and isinstance(body, dict):
        name = body.get("name")
        if isinstance(name, str) and re.fullmatch(NAME_PATTERN, name):
            del body["name"]
    try:
        wait = float((case.query or {})["wait"])
    except (KeyError, TypeError, ValueError):
        return
    if WAIT_SECONDS < wait <= 30:
        case.query["wait"] = WAIT_SECONDS


@schemathesis.check
def what_was_made_is_found(ctx: Any, response: Any, case: Any) -> None:
    """ensure_resource_availability, after an answer that says that it has made something, and now.

    A replayed answer tells of a job that may have been deleted since; a 200 (a dry run) of jobs that there were.
    """
    parent = ctx.internals.find_parent(case_id=case.id)
    answer = None if parent is None else ctx.internals.find_response(case_id=parent.id)
    if answer is None or answer.status_code not in (201, 202) or "idempotent-replayed" in answer.headers:
        return
    # A path may have been filled from schemathesis.toml instead.
    if all(str(value).encode() in answer.content for value in case.path_parameters.values()):
        finds_what_was_made(ctx, response, case)


def is_excused(response: Any) -> bool:
    try:
        problem = response.json()
    except ValueError:
        return False
    details = [error["detail"] for error in problem.get("errors", ())] or [problem.get("detail", "")]
    return all(is_told_by_a_rule(problem.get("code"), detail) for detail in details)


def is_told_by_a_rule(code: str, detail: str) -> bool:
    return any(code == known and re.search(pattern, detail) for known, pattern in RULES)
