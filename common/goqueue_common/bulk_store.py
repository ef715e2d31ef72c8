"""Bulk operations: previewed, started, seen, aborted. Who works them off is bulk_work_store's concern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Connection
from uuid_utils import uuid7

from goqueue_common import audit_store, job_search
from goqueue_common.audit_store import Actor
from goqueue_common.bulk import (
    COUNTED_UP_TO,
    BulkAction,
    BulkOperation,
    BulkPreview,
    BulkState,
    NewBulkOperation,
    eligible,
    excluded,
    selection_document,
    shown_selection,
)
from goqueue_common.database import Database, run_on
from goqueue_common.errors import BulkOperationNotFound, QueryTimeout, WrongStatus
from goqueue_common.job_filter import Count, JobFilter
from goqueue_common.redaction import Redactor

_SAMPLE: Final = 5
_FIELDS: Final = tuple(item.name for item in fields(BulkOperation))
COLUMNS: Final = ", ".join(
    {"id": "id::text", "after_id": "after_id::text", "held_ids": "held_ids::text[]"}.get(name, name) for name in _FIELDS
)
"""What `read_operation` reads."""

_CREATE: Final = f"""
INSERT INTO bulk_operations (id, action, selection, parameters, rate_per_second, matched, matched_is_capped, actor)
VALUES (%(id)s, %(action)s, %(selection)s, %(parameters)s, %(rate)s, %(matched)s, %(matched_is_capped)s, %(actor)s)
RETURNING {COLUMNS}
"""  # noqa: S608 - our own column names
_GET: Final = f"SELECT {COLUMNS} FROM bulk_operations WHERE id = %(id)s"  # noqa: S608
_PAGE: Final = f"""
SELECT {COLUMNS} FROM bulk_operations
WHERE (%(before)s::uuid IS NULL OR id < %(before)s::uuid) ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608
_END: Final = f"""
UPDATE bulk_operations SET state = %(state)s, error = %(error)s, updated_at = now(), finished_at = now()
WHERE id = %(id)s AND state = '{BulkState.RUNNING}' RETURNING {COLUMNS}
"""  # noqa: S608


def read_operation(row: Sequence[Any]) -> BulkOperation:
    """The operation of a row of COLUMNS."""
    values = dict(zip(_FIELDS, row, strict=True))
    return BulkOperation(**values | {"action": BulkAction(values["action"]), "state": BulkState(values["state"])})


def end_operation(
    connection: Connection, operation_id: str, state: BulkState, error: str | None = None
) -> BulkOperation | None:
    """End it on the connection of a transaction. None: it was not running."""
    rows = run_on(connection, _END, {"id": operation_id, "state": state, "error": error})
    return read_operation(rows[0]) if rows else None


class BulkStore:
    """Every method raises StoreUnavailable. redactor: hides what the audit log may not show of a filter."""

    def __init__(self, database: Database, redactor: Redactor) -> None:
        self._database = database
        self._redactor = redactor

    def preview(self, action: BulkAction, wanted: JobFilter) -> BulkPreview:
        """What the action would meet now; changes nothing."""
        able = eligible(action, wanted)
        groups, matched = self._count(able)
        by_queue: Counter[str] = Counter()
        by_type: Counter[str] = Counter()
        for queue, type_, jobs in groups:
            by_queue[queue] += jobs
            by_type[type_] += jobs
        return BulkPreview(
            action=action,
            matched=matched,
            by_queue=dict(by_queue.most_common()),
            by_type=dict(by_type.most_common()),
            excluded=self._count(excluded(action, wanted))[1],
            sample=[] if able is None else job_search.search(self._database, able, limit=_SAMPLE).jobs,
        )

    def create(self, new: NewBulkOperation, actor: Actor) -> BulkOperation:
        """Start an operation on the jobs that there are now; those submitted later are not touched."""
        wanted = new.wanted if new.wanted.ids else self._frozen(new.wanted)
        _, matched = self._count(eligible(new.action, wanted))
        selection = selection_document(wanted)
        with self._database.transaction() as connection:
            run = partial(run_on, connection)
            rows = run(
                _CREATE,
                {
                    "id": str(uuid7()),
                    "action": new.action,
                    "selection": _json(selection),
                    "parameters": _json(new.parameters),
                    "rate": new.rate_per_second,
                    "matched": matched.value,
                    "matched_is_capped": matched.is_capped,
                    "actor": actor.name,
                },
            )
            operation = read_operation(rows[0])
            target = {
                "operation": operation.id,
                "selection": self._redactor.document(shown_selection(selection)),
                "parameters": new.parameters,
            }
            audit_store.record(run, actor, new.cause or f"bulk.{new.action}", target, matched.value)
        return operation

    def get(self, operation_id: str) -> BulkOperation:
        """Raises BulkOperationNotFound."""
        rows = self._database.run_again(_GET, {"id": operation_id})
        if not rows:
            raise BulkOperationNotFound(
                f"no bulk operation has the id {operation_id}: it never existed here, or ended more than 30 days ago"
            )
        return read_operation(rows[0])

    def page(self, *, before: UUID | None, limit: int) -> list[BulkOperation]:
        """Operations, newest first, those older than `before` if given."""
        rows = self._database.run_again(_PAGE, {"before": None if before is None else str(before), "limit": limit})
        return [read_operation(row) for row in rows]

    def abort(self, operation_id: str, actor: Actor) -> BulkOperation:
        """End a running operation; what it has changed stays changed. Raises BulkOperationNotFound, WrongStatus."""
        with self._database.transaction() as connection:
            aborted = end_operation(connection, operation_id, BulkState.ABORTED)
            if aborted is not None:
                audit_store.record(
                    partial(run_on, connection), actor, "bulk.abort", {"operation": operation_id}, aborted.changed
                )
        if aborted is None:
            state = self.get(operation_id).state
            raise WrongStatus(f"bulk operation {operation_id} is {state}; only a running one can be aborted", state)
        return aborted

    def _frozen(self, wanted: JobFilter) -> JobFilter:
        ((now,),) = self._database.run_again("SELECT now()")
        return replace(wanted, created_before=_earlier(now, wanted.created_before))

    def _count(self, wanted: JobFilter | None) -> tuple[list[tuple[str, str, int]], Count]:
        """By queue and type, and in all; nothing, and nothing certain, when that takes too long."""
        if wanted is None:
            return [], Count(0)
        try:
            groups = job_search.count_matching(self._database, wanted, limit=COUNTED_UP_TO)
        except QueryTimeout:
            return [], Count(0, is_capped=True)
        total = sum(jobs for _, _, jobs in groups)
        return groups, Count(total, is_capped=total == COUNTED_UP_TO)


def _earlier(now: datetime, asked: datetime | None) -> datetime:
    return now if asked is None else min(now, asked)


def _json(document: Any) -> str:
    return orjson.dumps(document).decode()
