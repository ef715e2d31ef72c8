"""What every change of schedules has in common: one lock for them all, comparing, writing, the revision.

Whoever changes a schedule takes the row of the revision first, so changes are serial. A fire takes schedules alone, in the
order of their names; so a change takes those it writes in this order, too, and the two never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from goqueue_common.cron.due import CatchUp
from goqueue_common.database import Run
from goqueue_common.errors import ScheduleNotFound
from goqueue_common.job import Priority
from goqueue_common.schedule import Definition, Overlap, Source
from goqueue_common.schedule_timing import NEVER, next_after

DEFINED: Final = tuple(item.name for item in fields(Definition) if item.name != "paused")
"""The columns that hold a definition, in the order of its members."""
_TIMING: Final = ("cron", "timezone", "starts_at", "ends_at")
"""Where one of these changes, what was due by the old ones is not."""

_TYPES: Final[Mapping[str, str]] = {
    "payload": "jsonb",
    "priority": "smallint",
    "max_retries": "int",
    "timeout_seconds": "double precision",
    "tags": "text[]",
    "catch_up_window_seconds": "double precision",
    "catch_up_limit": "int",
    "jitter_seconds": "double precision",
    "starts_at": "timestamptz",
    "ends_at": "timestamptz",
}
_RECORD: Final = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in DEFINED)
_STANDING: Final = ("due_after", "next_at", "due_at", "paused_at", "paused_by", "source", "dropped_at")
_STANDING_RECORD: Final = (
    "due_after timestamptz, next_at timestamptz, due_at timestamptz, paused_at timestamptz, paused_by text, source text, "
    "dropped_at timestamptz"
)

_LOCK: Final = "SELECT revision, clock_timestamp() FROM schedule_revision WHERE id = 1 FOR NO KEY UPDATE"
_BUMP: Final = "UPDATE schedule_revision SET revision = revision + 1 WHERE id = 1"

# As text, 1 and 1.0 differ in a payload. A definition that says nothing of `paused` leaves it as it is.
_CHANGED: Final = ", ".join(
    f"CASE WHEN s.{name}::text IS DISTINCT FROM i.{name}::text THEN '{name}' END" for name in DEFINED if name != "name"
)
_COMPARE: Final = f"""
WITH item AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(items)s::jsonb) AS x({_RECORD}, paused boolean)
), compared AS MATERIALIZED (
    SELECT i.name, s.source, CASE WHEN s.name IS NOT NULL THEN array_remove(ARRAY[{_CHANGED}], NULL) END AS changed,
        s.dropped_at IS NOT NULL OR i.paused <> (s.paused_at IS NOT NULL) AS differs
    FROM item i LEFT JOIN schedules s ON s.name = i.name
)
SELECT name, source, changed FROM compared
WHERE source IS DISTINCT FROM %(source)s OR changed <> '{{}}' OR differs ORDER BY name
"""  # noqa: S608 - our own column names

_HOLD: Final = """
SELECT name, version, source, due_after, paused_at, paused_by, dropped_at FROM schedules WHERE name = ANY(%(names)s)
ORDER BY name FOR UPDATE
"""

_INSERT: Final = f"""
INSERT INTO schedules ({", ".join(DEFINED + _STANDING)}, version, created_at, updated_at)
SELECT {", ".join(DEFINED + _STANDING)}, (SELECT first_version FROM schedule_revision WHERE id = 1), %(now)s, %(now)s
FROM jsonb_to_recordset(%(items)s::jsonb) AS x({_RECORD}, {_STANDING_RECORD})
"""  # noqa: S608 - our own column names

# Whoever still has a deleted schedule in mind is not to take one that is made of its name for it.
_DELETE: Final = """
WITH gone AS (DELETE FROM schedules WHERE name = ANY(%(names)s) RETURNING version)
UPDATE schedule_revision SET first_version = greatest(first_version, (SELECT max(version) FROM gone) + 1) WHERE id = 1
"""

_UPDATE: Final = f"""
UPDATE schedules s SET {", ".join(f"{name} = i.{name}" for name in (*DEFINED[1:], *_STANDING))},
    version = s.version + 1, updated_at = %(now)s
FROM jsonb_to_recordset(%(items)s::jsonb) AS i({_RECORD}, {_STANDING_RECORD}) WHERE s.name = i.name
"""  # noqa: S608 - our own column names


class Difference(NamedTuple):
    """How a definition differs from what is stored. source, changed None: there is no schedule of its name."""

    name: str
    source: Source | None
    changed: Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a schedule beside its definition; see Schedule."""

    version: int
    source: Source
    due_after: datetime
    paused_at: datetime | None
    paused_by: str | None
    dropped_at: datetime | None

    def paused(self, now: datetime, by: str) -> Standing:
        """The same, paused now unless it was, be it only because the file had dropped it: then it stays paused."""
        is_paused = self.paused_at is not None and self.paused_at != self.dropped_at
        return self if is_paused else replace(self, paused_at=now, paused_by=by)

    def resumed(self, now: datetime) -> Standing:
        """The same, going on now if it was paused: what fell into the pause is dropped."""
        return replace(self, paused_at=None, paused_by=None, due_after=now) if self.paused_at else self

    def defined(self, definition: Definition, changed: Sequence[str], now: datetime, by: str) -> Standing:
        """The same once a definition with these changes is written."""
        new = self
        if not set(changed).isdisjoint(_TIMING):
            new = replace(new, due_after=now)
        if definition.paused is None:
            return new
        return new.paused(now, by) if definition.paused else new.resumed(now)


def new_standing(definition: Definition, source: Source, now: datetime, by: str) -> Standing:
    """That of a schedule which is made now."""
    made = Standing(version=1, source=source, due_after=now, paused_at=None, paused_by=None, dropped_at=None)
    return made.paused(now, by) if definition.paused else made


def not_found(name: str) -> ScheduleNotFound:
    """The error to raise."""
    return ScheduleNotFound(f"there is no schedule {name!r:.80}: GET /schedules lists those there are")


def lock(run: Run) -> datetime:
    """Wait for whoever changes schedules now, and keep others from it; the present time."""
    ((_, now),) = run(_LOCK, {})
    return now  # type: ignore[no-any-return]


def bump(run: Run) -> None:
    """Say that definitions have changed, to those who read them only then."""
    run(_BUMP, {})


def compare(run: Run, definitions: Sequence[Definition], source: Source) -> list[Difference]:
    """Those that are not stored just so from this source, by name."""
    items = orjson.dumps([_encoded(item) | {"paused": item.paused} for item in definitions]).decode()
    rows = run(_COMPARE, {"items": items, "source": source})
    return [Difference(name, Source(kept_by) if kept_by else None, changed) for name, kept_by, changed in rows]


def hold(run: Run, names: Iterable[str]) -> dict[str, Standing]:
    """Lock these schedules against fires; how they stand. Those that do not exist are left out."""
    rows = run(_HOLD, {"names": list(names)})
    return {
        row[0]: Standing(
            version=row[1],
            source=Source(row[2]),
            due_after=row[3],
            paused_at=row[4],
            paused_by=row[5],
            dropped_at=row[6],
        )
        for row in rows
    }


def insert(run: Run, items: Iterable[tuple[Definition, Standing]], now: datetime) -> None:
    """Write new schedules."""
    run(_INSERT, {"items": _written(items), "now": now})


def update(run: Run, items: Iterable[tuple[Definition, Standing]], now: datetime) -> None:
    """Write schedules that are held; each gets another version."""
    run(_UPDATE, {"items": _written(items), "now": now})


def delete(run: Run, names: Iterable[str]) -> None:
    """Take away schedules that are held."""
    run(_DELETE, {"names": list(names)})


def read(values: Sequence[Any]) -> Definition:
    """The definition in columns DEFINED, payload as text."""
    named = dict(zip(DEFINED, values, strict=True))
    return Definition(
        **named
        | {
            "payload": named["payload"].encode(),
            "priority": Priority(named["priority"]),
            "tags": tuple(named["tags"]),
            "catch_up": CatchUp(named["catch_up"]),
            "overlap": Overlap(named["overlap"]),
        }
    )


def _written(items: Iterable[tuple[Definition, Standing]]) -> str:
    return orjson.dumps([_encoded(definition) | _standing(definition, standing) for definition, standing in items]).decode()


def _standing(definition: Definition, standing: Standing) -> dict[str, Any]:
    next_at, due_at = NEVER if standing.paused_at else next_after(definition, standing.due_after)
    return {
        "due_after": standing.due_after,
        "next_at": next_at,
        "due_at": due_at,
        "paused_at": standing.paused_at,
        "paused_by": standing.paused_by,
        "source": standing.source,
        "dropped_at": standing.dropped_at,
    }


def _encoded(definition: Definition) -> dict[str, Any]:
    values = {name: getattr(definition, name) for name in DEFINED}
    return values | {"payload": orjson.Fragment(definition.payload), "priority": int(definition.priority)}
