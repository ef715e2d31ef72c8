"""Concurrency limits: how many jobs of a queue or a type may run at once over all workers, as people set them.

A slot is a row in status `processing` and nothing else, so whatever ends or takes back an attempt frees its slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from goqueue_common.audit_store import Actor, record
from goqueue_common.database import Database, run_on
from goqueue_common.errors import LimitNotFound

MAX_RUNNING: Final = 1_000_000

_SET: Final = """
INSERT INTO concurrency_limits (kind, name, max_running) VALUES (%(kind)s, %(name)s, %(max_running)s)
ON CONFLICT (kind, name) DO UPDATE SET max_running = excluded.max_running, updated_at = now()
"""

_REMOVE: Final = "DELETE FROM concurrency_limits WHERE kind = %(kind)s AND name = %(name)s RETURNING 1"

_LIMITS: Final = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM concurrency_limits
    WHERE %(kinds)s::text[] IS NULL OR (kind, name) IN (SELECT * FROM unnest(%(kinds)s::text[], %(names)s::text[]))
), running AS MATERIALIZED (
    SELECT queue, type FROM jobs WHERE status = 'processing' AND EXISTS (SELECT FROM wanted)
)
SELECT kind, name, max_running,
    (SELECT count(*) FROM running r WHERE CASE l.kind WHEN 'queue' THEN r.queue ELSE r.type END = l.name), updated_at
FROM wanted l ORDER BY kind, name
"""


class LimitKind(StrEnum):
    """What a limit counts the running jobs of."""

    QUEUE = "queue"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `max_running` at once; `running_count` may be higher for as long as jobs run that began before it was set."""

    kind: str
    name: str
    max_running: int
    running_count: int
    updated_at: datetime


class LimitStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def limits(self) -> list[Limit]:
        """Every limit, and how many run under it now."""
        return self._limits(None)

    def limit(self, kind: LimitKind, name: str) -> Limit:
        """One of them. Raises LimitNotFound."""
        found = self._limits([(kind, name)])
        if not found:
            raise LimitNotFound(_unlimited(kind, name))
        return found[0]

    def concerning(self, queue: str, type_: str) -> list[Limit]:
        """Those under which a job of this queue and type runs."""
        return self._limits([(LimitKind.QUEUE, queue), (LimitKind.TYPE, type_)])

    def set(self, kind: LimitKind, name: str, max_running: int, actor: Actor) -> None:
        """Set or change a limit, from 1 to MAX_RUNNING; the queue or type need not exist yet."""
        target = {"kind": kind, "name": name, "max_running": max_running}
        with self._database.transaction() as connection:
            run_on(connection, _SET, target)
            record(partial(run_on, connection), actor, "limit.set", target)

    def remove(self, kind: LimitKind, name: str, actor: Actor) -> None:
        """Take a limit away. Raises LimitNotFound."""
        target = {"kind": kind, "name": name}
        with self._database.transaction() as connection:
            if not run_on(connection, _REMOVE, target):
                raise LimitNotFound(_unlimited(kind, name))
            record(partial(run_on, connection), actor, "limit.remove", target)

    def _limits(self, wanted: Sequence[tuple[str, str]] | None) -> list[Limit]:
        keys = {
            "kinds": None if wanted is None else [kind for kind, _ in wanted],
            "names": None if wanted is None else [name for _, name in wanted],
        }
        return [Limit(*row) for row in self._database.run_again(_LIMITS, keys)]


def _unlimited(kind: str, name: str) -> str:
    return f"the {kind} {name!r:.80} has no limit: GET /limits lists those that have"
