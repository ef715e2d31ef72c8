"""/me and /audit: who calls, and who did what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from goqueue_api.access.caller import caller
from goqueue_api.access.scope import GRANTABLE, Scope, allows
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.pagination import next_link
from goqueue_api.schemas.access import AuditPageSchema, AuditQuerySchema, MeSchema
from goqueue_api.services import services

blueprint = ApiBlueprint("access", __name__, description="Who calls, and who did what.")


@blueprint.operation("GET", "/me", "getMe", scope=Scope.ANY, answers={200: Answer(MeSchema(), "The caller.")})
def get_me() -> Response:
    """Show whose key this is, and what it allows

    Where nobody is asked for a key, everybody is `anonymous` and may do everything.
    """
    present = caller()
    return json_response(
        {
            "name": present.name,
            "key_id": present.key_id,
            "scopes": [scope for scope in GRANTABLE if allows(present.scopes, scope)],
            "expires_at": present.expires_at,
        }
    )


@blueprint.operation(
    "GET",
    "/audit",
    "listAudit",
    scope=Scope.ADMIN,
    query=AuditQuerySchema(),
    answers={200: Answer(AuditPageSchema(), "A page, newest first.", {"Link": "The next page, rel=next, if any."})},
)
def list_audit(query: dict[str, Any]) -> Response:
    """List what was done by hand, newest first

    Retries, cancels, changes and deletions of jobs, bulk operations, paused queues, drained workers, changes of schedules,
    keys made and revoked. What schedules fire by themselves is in their runs.
    Nobody can change or delete an entry.
    """
    limit = query["limit"]
    entries = services().audit.page(before=query["before"], limit=limit + 1)
    more = len(entries) > limit
    items = [asdict(entry) for entry in entries[:limit]]
    before = str(items[-1]["id"]) if more else None
    link = next_link(before, name="before") if before is not None else None
    answer = {"items": items, "next_before": items[-1]["id"] if more else None}
    return json_response(answer, headers={"Link": link} if link is not None else None)
