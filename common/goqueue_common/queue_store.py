"""Queues: which exist, how much waits in each, and which are paused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from goqueue_common.audit_store import Actor, record
from goqueue_common.database import Database, run_on
from goqueue_common.errors import QueueNotFound

COUNTS_CAPPED_AT: Final = 10_000
"""Depths are counted up to here: a list of queues must not count millions of rows."""

_DEPTHS: Final = """
WITH later AS MATERIALIZED (
    SELECT queue, status FROM jobs WHERE status IN ('scheduled', 'retrying') LIMIT %(cap)s
), busy AS MATERIALIZED (
    SELECT queue FROM jobs WHERE status = 'processing' LIMIT %(cap)s
)
SELECT q.name,
    (SELECT count(*) FROM (SELECT FROM jobs j WHERE j.status = 'queued' AND j.queue = q.name LIMIT %(cap)s) AS due),
    (SELECT count(*) FROM later WHERE queue = q.name AND status = 'scheduled'),
    (SELECT count(*) FROM later WHERE queue = q.name AND status = 'retrying'),
    (SELECT count(*) FROM busy WHERE queue = q.name),
    q.paused_at, q.paused_by,
    (SELECT max_running FROM concurrency_limits l WHERE l.kind = 'queue' AND l.name = q.name)
FROM queues q WHERE %(name)s::text IS NULL OR q.name = %(name)s ORDER BY q.name
"""

_PAUSE: Final = """
INSERT INTO queues AS q (name, paused_at, paused_by) VALUES (%(name)s, now(), %(actor)s)
ON CONFLICT (name) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by
WHERE q.paused_at IS NULL RETURNING 1
"""

_RESUME: Final = """
UPDATE queues SET paused_at = NULL, paused_by = NULL WHERE name = %(name)s AND paused_at IS NOT NULL RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Unfinished jobs of a queue by status; each number stops at COUNTS_CAPPED_AT.

    paused_at: since when no worker claims from it, None: they do. max_running: its concurrency limit, None: it has none.
    """

    name: str
    queued: int
    scheduled: int
    retrying: int
    processing: int
    paused_at: datetime | None = None
    paused_by: str | None = None
    max_running: int | None = None


class QueueStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> list[str]:
        """Every queue that a job was ever submitted to, sorted."""
        return [str(row[0]) for row in self._database.run_again("SELECT name FROM queues ORDER BY name")]

    def depths(self) -> list[QueueDepth]:
        """Every queue with what waits in it."""
        return self._depths(None)

    def depth(self, name: str) -> QueueDepth:
        """One queue with what waits in it. Raises QueueNotFound."""
        found = self._depths(name)
        if not found:
            raise QueueNotFound(_unknown(name))
        return found[0]

    def pause(self, name: str, actor: Actor) -> None:
        """Have workers claim nothing from it any more; a queue that has no job yet may be paused, too."""
        with self._database.transaction() as connection:
            changed = run_on(connection, _PAUSE, {"name": name, "actor": actor.name})
            record(partial(run_on, connection), actor, "queue.pause", {"queue": name}, len(changed))

    def resume(self, name: str, actor: Actor) -> None:
        """Have workers claim from it again. Raises QueueNotFound."""
        with self._database.transaction() as connection:
            if not run_on(connection, "SELECT 1 FROM queues WHERE name = %(name)s", {"name": name}):
                raise QueueNotFound(_unknown(name))
            changed = run_on(connection, _RESUME, {"name": name})
            record(partial(run_on, connection), actor, "queue.resume", {"queue": name}, len(changed))

    def _depths(self, name: str | None) -> list[QueueDepth]:
        parameters = {"cap": COUNTS_CAPPED_AT, "name": name}
        return [QueueDepth(*row) for row in self._database.run_again(_DEPTHS, parameters)]


def _unknown(name: str) -> str:
    return f"there is no queue {name!r:.80}: its first job makes it, or pausing it"
