"""/bulk: one action on many jobs, in the background; and the purge of a queue, which is one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from goqueue_api.access.caller import actor
from goqueue_api.access.scope import Scope
from goqueue_api.bulk_request import read_bulk
from goqueue_api.bulk_runner import progress_news
from goqueue_api.json_body import read_object
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint, Body
from goqueue_api.pagination import decode_cursor, encode_cursor, next_link
from goqueue_api.schemas.bulk import (
    EXAMPLES,
    BulkOperationPageSchema,
    BulkOperationSchema,
    BulkPreviewSchema,
    BulkQuerySchema,
    BulkRequestSchema,
)
from goqueue_api.services import services
from goqueue_api.shown import shown_operation, shown_preview
from goqueue_common.bulk import BulkAction, BulkOperation, NewBulkOperation
from goqueue_common.errors import BulkOperationNotFound, InvalidCursor, QueueNotFound, WrongStatus
from goqueue_common.job_search import JobFilter
from goqueue_common.lifecycle import WAITING
from goqueue_common.live_events import Topic, tell

blueprint = ApiBlueprint("bulk", __name__, description="One action on many jobs, in the background.")


@blueprint.operation(
    "POST",
    "/bulk",
    "startBulkOperation",
    scope=Scope.OPERATE,
    body=Body(BulkRequestSchema(), EXAMPLES),
    answers={
        200: Answer(BulkPreviewSchema(), "A dry run: what would be changed; nothing was."),
        202: Answer(BulkOperationSchema(), "It has begun.", {"Location": "The path of the operation."}),
    },
)
def start_bulk() -> Response:
    """Retry, cancel, delete, run or re-prioritise many jobs

    The filter is fixed when it begins: jobs submitted later are not touched. It goes on whatever process dies.
    """
    asked = read_bulk(read_object(request))
    if asked.is_dry_run:
        return json_response(shown_preview(services().bulk.preview(asked.new.action, asked.new.wanted)))
    return _started(asked.new)


@blueprint.operation(
    "GET",
    "/bulk",
    "listBulkOperations",
    scope=Scope.READ,
    query=BulkQuerySchema(),
    answers={
        200: Answer(
            BulkOperationPageSchema(), "A page, newest first.", {"Link": "The next page, rel=next, if there is one."}
        )
    },
    problems=(InvalidCursor,),
)
def list_bulk(query: dict[str, Any]) -> Response:
    """List bulk operations, newest first"""
    limit = query["limit"]
    before = decode_cursor(query["cursor"]) if query["cursor"] is not None else None
    found = services().bulk.page(before=before, limit=limit + 1)
    cursor = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    link = {"Link": next_link(cursor)} if cursor is not None else None
    items = [shown_operation(operation) for operation in found[:limit]]
    return json_response({"items": items, "next_cursor": cursor}, headers=link)


@blueprint.operation(
    "GET",
    "/bulk/<operation_id>",
    "getBulkOperation",
    scope=Scope.READ,
    answers={200: Answer(BulkOperationSchema(), "The operation.")},
    problems=(BulkOperationNotFound,),
)
def get_bulk(operation_id: str) -> Response:
    """Show a bulk operation and how far it has come"""
    return json_response(shown_operation(services().bulk.get(_checked_id(operation_id))))


@blueprint.operation(
    "DELETE",
    "/bulk/<operation_id>",
    "abortBulkOperation",
    scope=Scope.OPERATE,
    answers={200: Answer(BulkOperationSchema(), "It is aborted.")},
    problems=(BulkOperationNotFound, WrongStatus),
)
def abort_bulk(operation_id: str) -> Response:
    """Abort a running bulk operation

    What it has changed stays changed; it changes nothing after this answer.
    """
    operation = services().bulk.abort(_checked_id(operation_id), actor())
    tell(services().teller, Topic.BULK, **progress_news(operation))
    return json_response(shown_operation(operation))


@blueprint.operation(
    "POST",
    "/queues/<name>/purge",
    "purgeQueue",
    scope=Scope.ADMIN,
    answers={202: Answer(BulkOperationSchema(), "It has begun.", {"Location": "The path of the bulk operation."})},
    problems=(QueueNotFound,),
)
def purge_queue(name: str) -> Response:
    """Cancel every waiting job of a queue

    A bulk operation like any other; jobs that run are left alone.
    """
    if name not in services().queues.names():
        raise QueueNotFound(f"no job was ever submitted to a queue {name!r:.80}: GET /queues lists those there are")
    waiting = JobFilter(queues=[name], statuses=sorted(WAITING))
    answer = _started(NewBulkOperation(action=BulkAction.CANCEL, wanted=waiting, cause="queue.purge"))
    tell(services().teller, Topic.QUEUE, action="purge", name=name)
    return answer


def _started(new: NewBulkOperation) -> Response:
    operation: BulkOperation = services().bulk.create(new, actor())
    tell(services().teller, Topic.BULK, **progress_news(operation))
    return json_response(shown_operation(operation), 202, {"Location": f"/bulk/{operation.id}"})


def _checked_id(operation_id: str) -> str:
    try:
        return str(UUID(operation_id))
    except ValueError as error:
        raise BulkOperationNotFound(
            f"{operation_id!r:.80} is no id of a bulk operation: that is a UUID, as POST /bulk answered it"
        ) from error
