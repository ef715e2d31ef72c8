"""/limits: how many jobs of a queue or a type may run at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, request

from goqueue_api.access.caller import actor
from goqueue_api.access.scope import Scope
from goqueue_api.errors import InvalidRequest
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_name
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.schemas.steering import LIMIT_EXAMPLES, LimitListSchema, LimitRequestSchema, LimitSchema
from goqueue_api.services import services
from goqueue_common.errors import FieldError, LimitNotFound
from goqueue_common.json_values import kind as kind_of
from goqueue_common.limit_store import MAX_RUNNING, LimitKind
from goqueue_common.live_events import Topic, tell

blueprint = ApiBlueprint(
    "limits", __name__, description="How many jobs of a queue or a type may run at once, over all workers."
)


@blueprint.operation(
    "GET",
    "/limits",
    "listLimits",
    scope=Scope.READ,
    answers={200: Answer(LimitListSchema(), "Every limit, and how many run under it now.")},
)
def list_limits() -> Response:
    """List concurrency limits"""
    return json_response({"items": [asdict(limit) for limit in services().limits.limits()]})


@blueprint.operation(
    "GET",
    "/limits/<kind>/<name>",
    "getLimit",
    scope=Scope.READ,
    answers={200: Answer(LimitSchema(), "The limit.")},
    problems=(LimitNotFound,),
)
def get_limit(kind: str, name: str) -> Response:
    """Show a concurrency limit"""
    return json_response(asdict(services().limits.limit(_checked_kind(kind), checked_name(name))))


@blueprint.operation(
    "PUT",
    "/limits/<kind>/<name>",
    "setLimit",
    scope=Scope.OPERATE,
    body=Body(LimitRequestSchema(), LIMIT_EXAMPLES),
    answers={200: Answer(LimitSchema(), "It holds within a second.")},
)
def set_limit(kind: str, name: str) -> Response:
    """Limit how many jobs of a queue or a type run at once

    Over all workers, exactly. A slot is held from the claim to the end of an attempt; that of a worker which dies is free
    again once its lease has run out. The queue or type need not exist yet.
    """
    limited = _checked_kind(kind), checked_name(name)
    max_running = _max_running(read_object(request))
    services().limits.set(*limited, max_running, actor())
    tell(services().teller, Topic.QUEUE, action="limit", kind=kind, name=name, max_running=max_running)
    return json_response(asdict(services().limits.limit(*limited)))


@blueprint.operation(
    "DELETE",
    "/limits/<kind>/<name>",
    "removeLimit",
    scope=Scope.OPERATE,
    answers={200: Answer(LimitSchema(), "The limit that there was.")},
    problems=(LimitNotFound,),
)
def remove_limit(kind: str, name: str) -> Response:
    """Remove a concurrency limit"""
    limited = _checked_kind(kind), checked_name(name)
    limit = services().limits.limit(*limited)
    services().limits.remove(*limited, actor())
    tell(services().teller, Topic.QUEUE, action="limit", kind=kind, name=name, max_running=None)
    return json_response(asdict(limit))


def _checked_kind(kind: str) -> LimitKind:
    try:
        return LimitKind(kind)
    except ValueError as error:
        raise InvalidRequest([FieldError("/path/kind", f"{kind!r:.80} is not limited: choose queue or type")]) from error


def _max_running(document: dict[str, Any]) -> int:
    problems = [FieldError(f"/{name}", "is no member of a limit") for name in document if name != "max_running"]
    value: Any = document.get("max_running")
    if type(value) is float and value.is_integer():
        value = int(value)
    if "max_running" not in document:
        problems.append(FieldError("/max_running", "is missing"))
    elif type(value) is not int:
        problems.append(FieldError("/max_running", f"must be a whole number, not {_shown(value)}"))
    elif not 1 <= value <= MAX_RUNNING:
        problems.append(
            FieldError("/max_running", f"{value} is out of range: 1 to {MAX_RUNNING:,}; to run nothing, pause the queue")
        )
    if problems:
        raise InvalidRequest(problems)
    return int(value)


def _shown(value: object) -> str:
    return f"{value}" if isinstance(value, float) else kind_of(value)
