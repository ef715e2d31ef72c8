"""/workers."""

from __future__ import annotations

from typing import Any

from flask import Response

from goqueue_api.access.caller import actor
from goqueue_api.access.scope import Scope
from goqueue_api.json_provider import json_response
from goqueue_api.names import checked_worker_id
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.steering import WorkerListSchema, WorkerSchema, WorkersQuerySchema
from goqueue_api.services import services
from goqueue_common.errors import WorkerEnded, WorkerNotFound
from goqueue_common.live_events import Topic, tell
from goqueue_common.worker_search import LISTED_AT_MOST, WorkerState, WorkerView

blueprint = ApiBlueprint("workers", __name__, description="Who works, on what since when; drain a worker.")


@blueprint.operation(
    "GET",
    "/workers",
    "listWorkers",
    scope=Scope.READ,
    query=WorkersQuerySchema(),
    answers={200: Answer(WorkerListSchema(), "The live ones first.")},
)
def list_workers(query: dict[str, Any]) -> Response:
    """List workers and what each runs

    One item is one child process: what claims and runs jobs under a lease of its own.
    """
    found = services().workers.workers([WorkerState(state) for state in query["state"]])
    return json_response({"items": [_worker(worker) for worker in found], "items_capped_at": LISTED_AT_MOST})


@blueprint.operation(
    "GET",
    "/workers/<worker_id>",
    "getWorker",
    scope=Scope.READ,
    answers={200: Answer(WorkerSchema(), "The worker.")},
    problems=(WorkerNotFound,),
)
def get_worker(worker_id: str) -> Response:
    """Show a worker"""
    return json_response(_worker(services().workers.worker(checked_worker_id(worker_id))))


@blueprint.operation(
    "POST",
    "/workers/<worker_id>/drain",
    "drainWorker",
    scope=Scope.OPERATE,
    answers={200: Answer(WorkerSchema(), "It hears of it within a second.")},
    problems=(WorkerNotFound, WorkerEnded),
)
def drain_worker(worker_id: str) -> Response:
    """Have a worker claim nothing more

    It gives back what it has not started, finishes what runs, stays alive and is then `drained`. This is not undone: once
    it is stopped and started again, a fresh worker claims.
    """
    worker = services().workers.drain(checked_worker_id(worker_id), actor())
    tell(services().teller, Topic.WORKER, id=worker.id, state=worker.state, host=worker.host, pid=worker.pid)
    return json_response(_worker(worker))


def _worker(worker: WorkerView) -> dict[str, Any]:
    return {
        "id": worker.id,
        "host": worker.host,
        "pid": worker.pid,
        "version": worker.version,
        "state": worker.state,
        "queues": worker.queues,
        "types": sorted(worker.types),
        "slots": worker.slots,
        "started_at": worker.started_at,
        "heartbeat_age": round(worker.heartbeat_age, 3),
        "lease": worker.lease_seconds,
        "drain_requested_at": worker.drain_requested_at,
        "ended_at": worker.ended_at,
        "memory_bytes": worker.memory_bytes,
        "running_count": worker.running_count,
        "running": worker.running,
    }
