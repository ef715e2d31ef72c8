"""/queues."""

from __future__ import annotations

from typing import Any

from flask import Response

from goqueue_api.access.caller import actor
from goqueue_api.access.scope import Scope
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_name
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.services import QueueListSchema, QueueSchema, QueueTypeListSchema
from goqueue_api.services import services
from goqueue_common.errors import QueueNotFound
from goqueue_common.live_events import Topic, tell
from goqueue_common.queue_store import QueueDepth

blueprint = ApiBlueprint(
    "queues", __name__, description="Which queues there are, and what waits in them; pause and resume them."
)


@blueprint.operation(
    "GET",
    "/queues",
    "listQueues",
    scope=Scope.READ,
    answers={200: Answer(QueueListSchema(), "Every queue that ever had a job, or was paused.")},
)
def list_queues() -> Response:
    """List queues with how many jobs they have, and how these come and go"""
    return json_response({"items": [_queue(depth) for depth in services().queues.depths()]})


@blueprint.operation(
    "GET",
    "/queues/<name>",
    "getQueue",
    scope=Scope.READ,
    answers={200: Answer(QueueSchema(), "The queue.")},
    problems=(QueueNotFound,),
)
def get_queue(name: str) -> Response:
    """Show a queue"""
    return _answer(checked_name(name))


@blueprint.operation(
    "GET",
    "/queues/<name>/types",
    "listQueueTypes",
    scope=Scope.READ,
    answers={200: Answer(QueueTypeListSchema(), "By type, those with jobs.")},
    problems=(QueueNotFound,),
)
def list_types(name: str) -> Response:
    """List the types of a queue's jobs, with how many there are in each status"""
    services().queues.depth(checked_name(name))
    found = services().queues.types(name)
    return json_response(
        {"items": [{"type": type_, **{str(status): jobs[status] for status in jobs}} for type_, jobs in found.items()]}
    )


@blueprint.operation(
    "POST",
    "/queues/<name>/pause",
    "pauseQueue",
    scope=Scope.OPERATE,
    answers={200: Answer(QueueSchema(), "It is paused, or was already.")},
)
def pause_queue(name: str) -> Response:
    """Pause a queue

    Within a second no worker starts a job of it any more; what runs goes on, and jobs are still taken in. A queue that has
    no job yet may be paused, too.
    """
    services().queues.pause(checked_name(name), actor())
    return _told(name, "pause")


@blueprint.operation(
    "POST",
    "/queues/<name>/resume",
    "resumeQueue",
    scope=Scope.OPERATE,
    answers={200: Answer(QueueSchema(), "Workers claim from it.")},
    problems=(QueueNotFound,),
)
def resume_queue(name: str) -> Response:
    """Resume a paused queue"""
    services().queues.resume(checked_name(name), actor())
    return _told(name, "resume")


def _told(name: str, action: str) -> Response:
    """The answer, once people who look on know."""
    tell(services().teller, Topic.QUEUE, action=action, name=name)
    return _answer(name)


def _answer(name: str) -> Response:
    return json_response(_queue(services().queues.depth(name)))


def _queue(depth: QueueDepth) -> dict[str, Any]:
    return {
        "name": depth.name,
        **{str(status): jobs for status, jobs in depth.jobs.items()},
        "oldest_seconds": depth.oldest_seconds,
        "in_per_minute": depth.in_per_minute,
        "out_per_minute": depth.out_per_minute,
        "seconds_to_drain": depth.seconds_to_drain,
        "paused": depth.paused_at is not None,
        "paused_at": depth.paused_at,
        "paused_by": depth.paused_by,
        "limit": depth.max_running,
    }
