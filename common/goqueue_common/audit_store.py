"""The audit log: who did what to which jobs, written in the transaction of the deed. Nobody can change or delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from goqueue_common.database import Database, Run

_RECORD: Final = """
INSERT INTO audit (actor, key_id, action, target, affected, request_id)
VALUES (%(actor)s, %(key_id)s, %(action)s, %(target)s, %(affected)s, %(request_id)s)
"""
_PAGE: Final = """
SELECT id, at, actor, key_id, action, target, affected, request_id FROM audit
WHERE (%(before)s::bigint IS NULL OR id < %(before)s::bigint) ORDER BY id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something by hand: the name of a key, or where nobody is asked for one, `anonymous`."""

    name: str
    key_id: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One deed. target: what it was done to, as JSON: ids, a filter, a queue; affected: how many rows it changed."""

    id: int
    at: datetime
    actor: str
    key_id: str | None
    action: str
    target: dict[str, Any]
    affected: int
    request_id: str | None


def record(run: Run, actor: Actor, action: str, target: Mapping[str, Any], affected: int = 1) -> None:
    """Write an entry in the transaction that does the deed, so that both happen or neither."""
    run(
        _RECORD,
        {
            "actor": actor.name,
            "key_id": actor.key_id,
            "action": action,
            "target": orjson.dumps(dict(target)).decode(),
            "affected": affected,
            "request_id": actor.request_id,
        },
    )


class AuditStore:
    """Reads the log. Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, before: int | None, limit: int) -> list[AuditEntry]:
        """The newest entries, those older than the entry `before` if given."""
        rows = self._database.run_again(_PAGE, {"before": before, "limit": limit})
        return [
            AuditEntry(
                id=row[0],
                at=row[1],
                actor=row[2],
                key_id=row[3],
                action=row[4],
                target=row[5],
                affected=row[6],
                request_id=row[7],
            )
            for row in rows
        ]
