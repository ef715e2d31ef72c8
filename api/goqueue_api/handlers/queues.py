"""/queues."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.services import QueueListSchema
from goqueue_api.services import services
from goqueue_common.queue_store import COUNTS_CAPPED_AT

blueprint = ApiBlueprint("queues", __name__, description="Which queues there are, and what waits in them.")


@blueprint.operation(
    "GET",
    "/queues",
    "listQueues",
    scope=Scope.READ,
    answers={200: Answer(QueueListSchema(), "Every queue that ever had a job.")},
    problems=(503,),
)
def list_queues() -> Response:
    """List queues with their unfinished jobs"""
    items = [asdict(depth) for depth in services().queues.depths()]
    return json_response({"items": items, "counts_capped_at": COUNTS_CAPPED_AT})
