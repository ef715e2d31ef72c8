"""Workers as people look at them: who lives, who drains, who was lost, and what each has in hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final

from goqueue_common.audit_store import Actor, record
from goqueue_common.database import Database, run_on
from goqueue_common.errors import WorkerEnded, WorkerNotFound

LISTED_AT_MOST: Final = 1_000
RUNNING_AT_MOST: Final = 100
LOST_SHOWN_SECONDS: Final = 3_600.0
"""How long a lost worker stays in a list that did not ask for lost ones."""
OBEYED_SECONDS: Final = 1.0
"""A worker hears within this that it is to drain; before, having nothing in hand says nothing."""

# `live` before the others, then by host and process, so that the children of one worker stand together.
_WORKERS: Final = """
WITH held AS MATERIALIZED (
    SELECT w.*, (SELECT count(*) FROM jobs j WHERE j.status = 'processing' AND j.worker_id = w.id) AS running_count
    FROM workers w WHERE %(id)s::uuid IS NULL OR w.id = %(id)s::uuid
), shown AS MATERIALIZED (
    SELECT *, CASE
        WHEN state <> 'alive' THEN state
        WHEN beat_at < now() - lease_seconds * interval '1 second' THEN 'lost'
        WHEN drain_requested_at IS NULL THEN 'alive'
        WHEN running_count > 0 OR drain_requested_at > now() - %(obeyed)s * interval '1 second' THEN 'draining'
        ELSE 'drained' END AS shown_state
    FROM held
)
SELECT w.id::text, w.host, w.pid, w.version, w.queues, w.types, w.slots, w.started_at,
    extract(epoch FROM now() - w.beat_at)::float8, w.lease_seconds, w.shown_state, w.drain_requested_at, w.ended_at,
    w.memory_bytes, w.running_count,
    (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.started_at, r.job_id), '[]') FROM (
        SELECT j.id AS job_id, j.type, j.queue, j.attempts AS attempt, j.started_at,
            CASE WHEN p.job_id IS NOT NULL THEN jsonb_build_object(
                'fraction', p.fraction, 'message', p.message, 'updated_at', p.updated_at) END AS progress
        FROM jobs j LEFT JOIN job_progress p ON p.job_id = j.id AND p.attempt = j.attempts
        WHERE j.status = 'processing' AND j.worker_id = w.id ORDER BY j.started_at, j.id LIMIT %(running)s
    ) AS r)
FROM shown w
WHERE (%(states)s::text[] IS NULL OR w.shown_state = ANY(%(states)s::text[]))
  AND (%(lost_seconds)s::float8 IS NULL OR w.shown_state <> 'lost'
    OR coalesce(w.ended_at, w.beat_at) > now() - %(lost_seconds)s::float8 * interval '1 second')
ORDER BY w.shown_state IN ('lost', 'stopped'), coalesce(w.ended_at, 'infinity') DESC, w.host, w.pid, w.id
LIMIT %(limit)s
"""

_DRAIN: Final = """
UPDATE workers SET drain_requested_at = now() WHERE id = %(id)s::uuid AND state = 'alive' AND drain_requested_at IS NULL
RETURNING 1
"""


class WorkerState(StrEnum):
    """draining: it claims nothing any more and finishes what it has; drained: it has. lost: its lease has run out."""

    ALIVE = "alive"
    DRAINING = "draining"
    DRAINED = "drained"
    LOST = "lost"
    STOPPED = "stopped"


USUALLY_SHOWN: Final = (WorkerState.ALIVE, WorkerState.DRAINING, WorkerState.DRAINED, WorkerState.LOST)


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One child process of a worker. queues None: all; types: job type -> fingerprint; heartbeat_age: in seconds.
    memory_bytes: at its last heartbeat, None: not known.

    running: what it holds, the longest held first, RUNNING_AT_MOST of running_count: job_id, type, queue, attempt,
    started_at, progress (fraction, message, updated_at; None: it has said nothing).
    """

    id: str
    host: str
    pid: int
    version: str
    queues: list[str] | None
    types: dict[str, str]
    slots: int
    started_at: datetime
    heartbeat_age: float
    lease_seconds: float
    state: str
    drain_requested_at: datetime | None
    ended_at: datetime | None
    memory_bytes: int | None
    running_count: int
    running: list[dict[str, Any]]


class WorkerSearch:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def workers(self, states: Collection[WorkerState] = ()) -> list[WorkerView]:
        """Those in one of these states, LISTED_AT_MOST, the live ones first; by default all but those that ended in order,
        and of the lost ones those of the last hour.
        """
        return self._found(states=list(states or USUALLY_SHOWN), lost_seconds=None if states else LOST_SHOWN_SECONDS)

    def worker(self, worker_id: str) -> WorkerView:
        """One in any state. Raises WorkerNotFound."""
        found = self._found(worker_id=worker_id)
        if not found:
            raise WorkerNotFound(f"no worker has the id {worker_id}: GET /workers lists those that live")
        return found[0]

    def drain(self, worker_id: str, actor: Actor) -> WorkerView:
        """Have a worker claim nothing any more; it stays so until it ends. Raises WorkerNotFound, WorkerEnded."""
        worker = self.worker(worker_id)
        if worker.ended_at is not None:
            raise WorkerEnded(f"worker {worker_id} is {worker.state}: there is nothing left to drain")
        with self._database.transaction() as connection:
            changed = run_on(connection, _DRAIN, {"id": worker_id})
            record(
                partial(run_on, connection),
                actor,
                "worker.drain",
                {"worker_id": worker_id, "host": worker.host},
                len(changed),
            )
        return self.worker(worker_id)

    def _found(
        self, *, worker_id: str | None = None, states: list[str] | None = None, lost_seconds: float | None = None
    ) -> list[WorkerView]:
        parameters = {
            "id": worker_id,
            "states": states,
            "lost_seconds": lost_seconds,
            "obeyed": OBEYED_SECONDS,
            "running": RUNNING_AT_MOST,
            "limit": LISTED_AT_MOST,
        }
        return [_view(row) for row in self._database.run_again(_WORKERS, parameters)]


def _view(row: tuple[Any, ...]) -> WorkerView:
    for item in row[-1]:
        item["started_at"] = datetime.fromisoformat(item["started_at"])  # JSON has no times
        if item["progress"] is not None:
            item["progress"]["updated_at"] = datetime.fromisoformat(item["progress"]["updated_at"])
    return WorkerView(*row)
