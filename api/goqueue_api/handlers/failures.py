"""/failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.errors import InvalidRequest
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_fingerprint
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.pagination import decode_cursor, encode_cursor, next_link
from goqueue_api.schemas.failures import FailurePageSchema, FailureSchema, FailuresQuerySchema, FailureWindowQuerySchema
from goqueue_api.services import services
from goqueue_common.bulk import BulkAction
from goqueue_common.errors import FailureNotFound, FieldError, InvalidCursor, QueryTimeout
from goqueue_common.failure_search import FailureFilter, FailureGroup, FailurePlace, FailureSort
from goqueue_common.failure_window import FailureWindow, window
from goqueue_common.job_filter import JobFilter
from goqueue_common.lifecycle import JobStatus

_USUALLY: Final = timedelta(days=1)
_LAST_KEY: Final = 253_402_300_799_999_999
"""Of a place in a list: the last microsecond that is a date, and more than was ever counted."""

blueprint = ApiBlueprint("failures", __name__, description="What fails, as groups: how often, since when, where.")


@blueprint.operation(
    "GET",
    "/failures",
    "listFailures",
    scope=Scope.READ,
    query=FailuresQuerySchema(),
    answers={
        200: Answer(FailurePageSchema(), "A page of groups.", {"Link": "The next page, rel=next, if there is one."}),
    },
    problems=(InvalidCursor, QueryTimeout),
)
def list_failures(query: dict[str, Any]) -> Response:
    """List failures by groups

    A group is what failed with the same message, but for ids and numbers, in the same function of the same job type. It is
    forgotten once it was not seen for 30 days; of more than 10,000 groups the longest unseen go first.
    """
    sort = FailureSort(query["sort"])
    wanted = FailureFilter(window=_window(query), queues=query["queue"], types=query["type"], text=query["q"])
    page = services().failures.groups(wanted, sort=sort, place=_place(query["cursor"], sort), limit=query["limit"])
    cursor = None if page.next is None else _cursor(page.next, sort)
    link = {"Link": next_link(cursor)} if cursor is not None else None
    document = {
        "since": wanted.window.since,
        "until": wanted.window.until,
        "items": [_shown(group, wanted.window) for group in page.groups],
        "next_cursor": cursor,
    }
    return json_response(document, headers=link)


@blueprint.operation(
    "GET",
    "/failures/<fingerprint>",
    "getFailure",
    scope=Scope.READ,
    query=FailureWindowQuerySchema(),
    answers={200: Answer(FailureSchema(), "The group.")},
    problems=(FailureNotFound, QueryTimeout),
)
def get_failure(query: dict[str, Any], fingerprint: str) -> Response:
    """Show a group of failures, with a traceback and what can be done about it"""
    seen = _window(query)
    group = services().failures.group(checked_fingerprint(fingerprint), seen)
    failed = JobFilter(fingerprints=[fingerprint], statuses=[JobStatus.FAILED])
    return json_response(
        {
            **_shown(group, seen),
            "sample_attempt": group.sample_attempt,
            "traceback": group.traceback,
            "failed_now": services().jobs.count_jobs(failed).to_dict(),
            "jobs": f"/jobs?{urlencode({'fingerprint': fingerprint})}",
            "bulk": {action: _body(action, fingerprint) for action in (BulkAction.RETRY, BulkAction.DELETE)},
        }
    )


def _window(query: dict[str, Any]) -> FailureWindow:
    now = datetime.now(UTC)
    until = query["until"] or now
    try:
        since = query["since"] or until - _USUALLY
    except OverflowError:
        since = until
    if since >= until:
        raise InvalidRequest([FieldError("/query/since", f"{since.isoformat()} is not before until, {until.isoformat()}")])
    return window(since, until, now)


def _shown(group: FailureGroup, seen: FailureWindow) -> dict[str, Any]:
    return {
        "fingerprint": group.fingerprint,
        "type": group.type,
        "message": group.message,
        "frame": group.frame,
        "count": group.count,
        "total": group.total,
        "first_seen_at": group.first_seen_at,
        "last_seen_at": group.last_seen_at,
        "queues": group.queues,
        "series": {"step_seconds": seen.step_seconds, "t0": int(seen.since.timestamp()), "counts": group.series},
        "sample_job_id": group.sample_job_id,
    }


def _body(action: BulkAction, fingerprint: str) -> dict[str, Any]:
    return {"action": action, "filter": {"fingerprint": [fingerprint], "status": [JobStatus.FAILED]}}


def _cursor(place: FailurePlace, sort: FailureSort) -> str:
    """Both halves of a place have 64 bits, together as many as the id of a job."""
    return encode_cursor(str(UUID(int=(place.key << 64) + int(place.fingerprint, 16))), _kind(sort))


def _place(cursor: str | None, sort: FailureSort) -> FailurePlace | None:
    if cursor is None:
        return None
    key, fingerprint = divmod(decode_cursor(cursor, _kind(sort)).int, 1 << 64)
    if key > _LAST_KEY:
        raise InvalidCursor(f"the cursor {cursor!r:.80} was not issued here: use next_cursor of a page as it is")
    return FailurePlace(key, f"{fingerprint:016x}")


def _kind(sort: FailureSort) -> str:
    return f"failures {sort}"
