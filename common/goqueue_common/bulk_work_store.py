"""How bulk operations are worked off: one batch a transaction, in which jobs and the operation's progress change together.

A process that dies at any moment repeats nothing and loses nothing. Two that work at once meet at the operation's row:
whoever read it before the other wrote it finds it changed, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from goqueue_common import audit_store, job_search
from goqueue_common.audit_store import Actor
from goqueue_common.bulk import EVENTS, BulkAction, BulkOperation, BulkState, eligible, eligible_statuses
from goqueue_common.bulk_store import COLUMNS, end_operation, read_operation
from goqueue_common.database import Database, run_on
from goqueue_common.finished_store import forgetting, noting_finished
from goqueue_common.job import JobRef, Priority
from goqueue_common.job_store import BY_HAND
from goqueue_common.lifecycle import TRANSITIONS, JobEvent, JobStatus, sources
from goqueue_common.live_events import JobChange

HELD_ROUNDS: Final = 5
"""Tries in vain after which jobs that somebody holds are left out."""

_RUNNING: Final = f"""
SELECT {COLUMNS} FROM bulk_operations WHERE state = '{BulkState.RUNNING}' ORDER BY id LIMIT 100
"""  # noqa: S608 - constants
_UNCHANGED: Final = f"""
SELECT 1 FROM bulk_operations WHERE id = %(id)s AND state = '{BulkState.RUNNING}' AND updated_at = %(updated_at)s
FOR NO KEY UPDATE
"""  # noqa: S608
_SAVE: Final = """
UPDATE bulk_operations SET after_id = %(after_id)s, processed = %(processed)s, changed = %(changed)s, skipped = %(skipped)s,
    held_ids = %(held_ids)s::uuid[], held_rounds = %(held_rounds)s, updated_at = now()
WHERE id = %(id)s
"""

# Like claims and acknowledgements: from the list of ids to the primary key, locked by id ascending, the status hidden from
# a planner whose statistics are old. It waits for no row, so that it can hold nobody up for longer than its own work takes.
_CAN_BE_CHANGED: Final = """
    id = ANY(%(ids)s::uuid[]) AND status || '' = ANY(%(statuses)s)
    AND (%(priority)s::smallint IS NULL OR priority <> %(priority)s::smallint)
"""
_PICKED: Final = f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM jobs WHERE {_CAN_BE_CHANGED} AND status || '' = ANY(%(sources)s)
    ORDER BY id FOR UPDATE SKIP LOCKED
)
"""  # noqa: S608
_OF_PICKED: Final = "WHERE id = ANY(ARRAY(SELECT id FROM picked)) RETURNING id, queue, priority, status"
_CHANGED: Final = "SELECT id::text, queue, priority, status FROM written"
_HELD: Final = f"""
SELECT id::text FROM jobs WHERE {_CAN_BE_CHANGED} AND id <> ALL(%(changed)s::uuid[]) ORDER BY id
"""  # noqa: S608


_PICKED_TO_UPDATE: Final = _PICKED.replace("FOR UPDATE", "FOR NO KEY UPDATE")
_SET_PRIORITY: Final = f"""
{_PICKED_TO_UPDATE}, written AS (UPDATE jobs SET priority = %(priority)s, updated_at = now() {_OF_PICKED}) {_CHANGED}
"""  # noqa: S608
_DELETE: Final = f"""
{_PICKED}, written AS (DELETE FROM jobs {_OF_PICKED}),
forgotten AS (DELETE FROM job_search WHERE id = ANY(ARRAY(SELECT id FROM written))) {_CHANGED}
"""  # noqa: S608


def _event(event: JobEvent) -> tuple[list[str] | None, str]:
    """The statuses that it starts from, and its statement."""
    changes = f"status = '{TRANSITIONS[event].target}', {BY_HAND[event]}, updated_at = now()"
    written = f"written AS (UPDATE jobs SET {changes} {_OF_PICKED})"  # noqa: S608 - constants
    for_search = f"{noting_finished('written')}, {forgetting('written')}"
    return sources(event), f"{_PICKED_TO_UPDATE}, {written}, {for_search} {_CHANGED}"


_STATEMENTS: Final[Mapping[BulkAction, Sequence[tuple[list[str] | None, str]]]] = {
    BulkAction.DELETE: [(None, _DELETE)],
    BulkAction.SET_PRIORITY: [(None, _SET_PRIORITY)],
    **{action: [_event(event) for event in events] for action, events in EVENTS.items()},
}
"""Statuses that a statement may start from (None: those of the action), and the statement."""


class _Changed(NamedTuple):
    id: str
    queue: str
    priority: int
    status: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step did. tried: jobs; queued: to be pushed; ended: to be announced; operation: as it is after it.

    is_in_vain: all of them are held by somebody; is_last: the operation is over.
    """

    tried: int = 0
    queued: Sequence[JobRef] = ()
    ended: Sequence[JobChange] = ()
    operation: BulkOperation | None = None
    is_in_vain: bool = False
    is_last: bool = False


class BulkWorkStore:
    """Every method raises StoreUnavailable; then none of what it does has happened, or all of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def running(self) -> list[BulkOperation]:
        """Operations that are not over, the oldest first."""
        return [read_operation(row) for row in self._database.run_again(_RUNNING)]

    def next_ids(self, operation: BulkOperation, limit: int) -> list[str]:
        """The jobs to which it has not come yet, by id ascending. Raises QueryTimeout."""
        wanted = eligible(operation.action, operation.wanted)
        if wanted is None:
            return []
        after = UUID(operation.after_id) if operation.after_id is not None else None
        return job_search.matching_ids(self._database, wanted, after=after, limit=limit)

    def work(self, operation: BulkOperation, job_ids: Sequence[str]) -> Batch | None:
        """Do it to the next jobs. None: the operation has changed since it was read, and nothing was done."""
        with self._database.transaction() as connection:
            if not _is_unchanged(connection, operation):
                return None
            changed, held = _apply(connection, operation, job_ids)
            done = len(job_ids) - len(held)
            progress = replace(
                operation,
                after_id=job_ids[-1],
                processed=operation.processed + done,
                changed=operation.changed + len(changed),
                skipped=operation.skipped + done - len(changed),
                held_ids=[*operation.held_ids, *held],
            )
            _save(connection, progress)
        return replace(_batch(operation.action, len(job_ids), changed), operation=progress)

    def work_held(self, operation: BulkOperation, limit: int) -> Batch | None:
        """Do it to jobs that were held, at most `limit`, and finish when none is left or all tries were in vain."""
        job_ids = operation.held_ids[:limit]
        wanted = self._still_wanted(operation, job_ids)
        with self._database.transaction() as connection:
            if not _is_unchanged(connection, operation):
                return None
            changed, held = _apply(connection, operation, wanted) if wanted else ([], [])
            is_in_vain = len(held) == len(job_ids)
            rounds = operation.held_rounds + 1 if is_in_vain else 0
            left = [*operation.held_ids[limit:], *held]
            given_up = left if rounds >= HELD_ROUNDS else []
            done = len(job_ids) - len(held) + len(given_up)
            progress = replace(
                operation,
                processed=operation.processed + done,
                changed=operation.changed + len(changed),
                skipped=operation.skipped + done - len(changed),
                held_ids=[] if given_up else left,
                held_rounds=rounds,
            )
            _save(connection, progress)
            if not progress.held_ids:
                _end(connection, operation.id, BulkState.COMPLETED)
                progress = replace(progress, state=BulkState.COMPLETED)
        batch = _batch(operation.action, len(job_ids), changed)
        return replace(batch, operation=progress, is_in_vain=is_in_vain, is_last=not progress.held_ids)

    def _still_wanted(self, operation: BulkOperation, job_ids: Sequence[str]) -> list[str]:
        """Whoever held them may have changed them so that they are not meant any more."""
        wanted = eligible(operation.action, operation.wanted)
        if wanted is None or not job_ids:
            return []
        chosen = replace(wanted, ids=list(job_ids))
        return job_search.matching_ids(self._database, chosen, after=None, limit=len(job_ids))

    def fail(self, operation: BulkOperation, error: str) -> None:
        """End an operation that cannot go on; what it has changed stays changed."""
        with self._database.transaction() as connection:
            _end(connection, operation.id, BulkState.FAILED, error)


def _is_unchanged(connection: Connection, operation: BulkOperation) -> bool:
    """Also locks it; every batch and every abort moves `updated_at`."""
    return bool(run_on(connection, _UNCHANGED, {"id": operation.id, "updated_at": operation.updated_at}))


def _apply(connection: Connection, operation: BulkOperation, job_ids: Sequence[str]) -> tuple[list[_Changed], list[str]]:
    """The jobs it changed, and the ids of those that could be changed but for somebody who holds them."""
    priority = operation.parameters.get("priority")
    params: dict[str, Any] = {
        "ids": list(job_ids),
        "statuses": eligible_statuses(operation.action, operation.wanted),
        "priority": None if priority is None else int(Priority[priority.upper()]),
    }
    changed: list[_Changed] = []
    for origins, statement in _STATEMENTS[operation.action]:
        rows = run_on(connection, statement, params | {"sources": origins or params["statuses"]})
        changed += [_Changed._make(row) for row in rows]
    if len(changed) == len(job_ids):
        return changed, []
    held = run_on(connection, _HELD, params | {"changed": [job.id for job in changed]})
    return changed, [row[0] for row in held]


def _save(connection: Connection, progress: BulkOperation) -> None:
    names = ("id", "after_id", "processed", "changed", "skipped", "held_ids", "held_rounds")
    run_on(connection, _SAVE, {name: getattr(progress, name) for name in names})


def _end(connection: Connection, operation_id: str, state: BulkState, error: str | None = None) -> None:
    ended = end_operation(connection, operation_id, state, error)
    if ended is not None:
        target = {"operation": ended.id, "action": ended.action, "state": state}
        audit_store.record(partial(run_on, connection), Actor(ended.actor), "bulk.finished", target, ended.changed)


def _batch(action: BulkAction, tried: int, changed: Sequence[_Changed]) -> Batch:
    if action is BulkAction.DELETE:
        return Batch(tried)
    return Batch(
        tried,
        queued=[JobRef(job.id, job.queue, job.priority) for job in changed if job.status == JobStatus.QUEUED],
        ended=[JobChange(job.id, None, job.status, job.queue) for job in changed if job.status == JobStatus.CANCELLED],
    )
