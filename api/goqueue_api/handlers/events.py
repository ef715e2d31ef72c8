"""/events and /jobs/{id}/events: what happens, while it happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from flask import Response, request

from goqueue_api.access.scope import Scope, allows
from goqueue_api.errors import Forbidden, InvalidRequest, TooManyFailedTries, TooManyStreams, Unauthorized
from goqueue_api.handlers.jobs import checked_id
from goqueue_api.live.response import HEADERS
from goqueue_api.live.topics import read_topics
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.events import LINE_PATTERN, EventsQuerySchema, JobEventsQuerySchema
from goqueue_api.services import services
from goqueue_common.broker.event_stream import POSITION_PATTERN, Position
from goqueue_common.errors import FieldError, JobNotFound, StoreUnavailable

blueprint = ApiBlueprint("events", __name__, description="What happens, as server-sent events.")

LAST_EVENT_ID: Final = "Last-Event-ID"


def _parameter(pattern: str, example: str) -> dict[str, Any]:
    return {
        "name": LAST_EVENT_ID,
        "schema": {"type": "string", "pattern": f"^{pattern}$"},
        "example": example,
        "description": "The `id` of the last event that was received; what has come since is sent first.",
    }


def _stream(description: str) -> Answer:
    """An answer of server-sent events; OpenAPI has no way to say more of them than an example does."""
    return Answer({"type": "string"}, description, media_type="text/event-stream")


@blueprint.operation(
    "GET",
    "/events",
    "streamEvents",
    scope=Scope.READ,
    query=EventsQuerySchema(),
    headers=[_parameter(POSITION_PATTERN, "1772443800131-0")],
    answers={200: _stream("Events, without an end.")},
    problems=(JobNotFound, TooManyStreams),
)
def stream_events(query: dict[str, Any]) -> Response:
    """Follow what happens, as server-sent events

    First comes `hello`, then an event named after its topic whenever there is something: `jobs` twice a second at most,
    `stats` once a second, `job` for `job:<id>`. They are hints for people's screens; after `resync` something was missed,
    and what is shown must be read anew. A comment comes each 15 seconds.
    """
    try:
        topics = read_topics(query["topics"])
    except ValueError as error:
        raise InvalidRequest([FieldError("/query/topics", str(error))]) from error
    last = _last_event_id(query, POSITION_PATTERN)
    if request.method == "HEAD":
        return Response(headers=HEADERS)
    return services().live.open(topics, None if last is None else Position.parse(last), _may_stay())


@blueprint.operation(
    "GET",
    "/jobs/<job_id>/events",
    "streamJobEvents",
    scope=Scope.READ,
    query=JobEventsQuerySchema(),
    headers=[_parameter(LINE_PATTERN, "80412")],
    answers={200: _stream("Events until the job has ended, then `end`.")},
    problems=(JobNotFound, TooManyStreams),
)
def stream_job_events(query: dict[str, Any], job_id: str) -> Response:
    """Follow a job to its end, as server-sent events

    `job` shows its state now and whenever it changes, `log` each line that it writes, with its place as `id`; `end` is
    the last.
    """
    job_id, lines_after = checked_id(job_id), int(_last_event_id(query, LINE_PATTERN) or 0)
    if request.method == "HEAD":
        services().jobs.get_job_by_id(job_id)
        return Response(headers=HEADERS)
    return services().live.follow(job_id, lines_after, _may_stay())


def _last_event_id(query: dict[str, Any], pattern: str) -> str | None:
    """The header wins: browsers that come again repeat the query of the first time. Raises InvalidRequest."""
    header = request.headers.get(LAST_EVENT_ID)
    if header is None:
        found: str | None = query["last_event_id"]
        return found
    if not re.fullmatch(pattern, header):
        told = f"{header!r:.80} is no id that was sent: send the last `id` as it came, or none"
        raise InvalidRequest([FieldError(f"/header/{LAST_EVENT_ID}", told)])
    return header


def _may_stay() -> Callable[[], bool]:
    """Whether the caller's key is still good for it, to be asked when the request is long over."""
    authenticator = services().authenticator
    header, address = request.headers.get("Authorization"), request.remote_addr or "unknown"

    def may_stay() -> bool:
        try:
            return allows(authenticator.authenticate(header, address).scopes, Scope.READ)
        except (Unauthorized, Forbidden, TooManyFailedTries):
            return False
        except StoreUnavailable:
            return True  # nobody knows better

    return may_stay
