"""Bringing the schedules of the file into the database, all of them in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from goqueue_common import audit_store
from goqueue_common import schedule_change_store as change
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, Run
from goqueue_common.errors import ScheduleExists
from goqueue_common.schedule import Definition, Source
from goqueue_common.schedule_change_store import Difference, Standing

_NAMED_AT_MOST: Final = 25
"""Schedules that the audit log names of each kind."""

_MISSING: Final = """
SELECT name FROM schedules WHERE source = 'file' AND dropped_at IS NULL
    AND NOT EXISTS (SELECT FROM unnest(%(names)s::text[]) AS f(name) WHERE f.name = schedules.name)
"""
_WITH_RUNS: Final = """
SELECT n.name FROM unnest(%(names)s::text[]) AS n(name)
WHERE EXISTS (SELECT FROM schedule_runs r WHERE r.schedule = n.name)
"""
_DROP: Final = """
UPDATE schedules SET dropped_at = %(now)s, paused_by = CASE WHEN paused_at IS NULL THEN %(by)s ELSE paused_by END,
    paused_at = coalesce(paused_at, %(now)s), next_at = NULL, due_at = NULL, version = version + 1, updated_at = %(now)s
WHERE name = ANY(%(names)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync has done, names in order. removed: gone with the file's entry; paused: they had runs, so they stay."""

    at: datetime
    created: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    paused: tuple[str, ...]
    unchanged: int

    def changes(self) -> dict[str, tuple[str, ...]]:
        """The names by what was done to them, where anything was."""
        found = {"created": self.created, "updated": self.updated, "removed": self.removed, "paused": self.paused}
        return {deed: names for deed, names in found.items() if names}


class _Missing(NamedTuple):
    removed: list[str]
    paused: list[str]


class ScheduleSyncStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, definitions: Sequence[Definition], actor: Actor) -> SyncReport:
        """Make these, whose names differ, the schedules that the file keeps.

        One that the file has no more goes, or, when it has runs, is paused and marked as dropped until it is back. Raises
        ScheduleExists when one has the name of a schedule that people keep; nothing is changed then.
        """
        done: list[SyncReport] = []

        def work(run: Run) -> SyncReport:
            report = _sync(run, definitions, actor)
            if done and not report.changes():
                return done[0]  # the first try was committed after all
            done.append(report)
            return report

        return self._database.together(work)


def _sync(run: Run, definitions: Sequence[Definition], actor: Actor) -> SyncReport:
    now = change.lock(run)
    differences = change.compare(run, definitions, Source.FILE)
    taken = [difference.name for difference in differences if difference.source is Source.API]
    if taken:
        raise ScheduleExists(_taken(taken))
    names = [definition.name for definition in definitions]
    missing = sorted(row[0] for row in run(_MISSING, {"names": names}))
    held = change.hold(run, [*missing, *(difference.name for difference in differences)])
    left = _drop(run, missing, now, actor.name)
    created = [difference.name for difference in differences if difference.changed is None]
    updated = [difference.name for difference in differences if difference.changed is not None]
    by_name = {definition.name: definition for definition in definitions}
    if created:
        made = [(by_name[name], change.new_standing(by_name[name], Source.FILE, now, actor.name)) for name in created]
        change.insert(run, made, now)
    if updated:
        change.update(run, _updates(by_name, differences, held, now, actor.name), now)
    report = SyncReport(
        at=now,
        created=tuple(created),
        updated=tuple(updated),
        removed=tuple(left.removed),
        paused=tuple(left.paused),
        unchanged=len(definitions) - len(differences),
    )
    if report.changes():
        change.bump(run)
        _record(run, actor, report)
    return report


def _updates(
    by_name: Mapping[str, Definition],
    differences: Sequence[Difference],
    held: Mapping[str, Standing],
    now: datetime,
    by: str,
) -> list[tuple[Definition, Standing]]:
    return [
        (by_name[name], _back(held[name], now).defined(by_name[name], changed, now, by))
        for name, _, changed in differences
        if changed is not None
    ]


def _back(standing: Standing, now: datetime) -> Standing:
    """That of a schedule which the file has: where dropping it has paused it, it goes on."""
    if standing.dropped_at is None:
        return standing
    back = standing.resumed(now) if standing.paused_at == standing.dropped_at else standing
    return replace(back, dropped_at=None)


def _drop(run: Run, missing: Sequence[str], now: datetime, by: str) -> _Missing:
    """Take away what the file has no more, which is held: so no run of it is made meanwhile."""
    if not missing:
        return _Missing([], [])
    with_runs = {row[0] for row in run(_WITH_RUNS, {"names": list(missing)})}
    left = _Missing([name for name in missing if name not in with_runs], [name for name in missing if name in with_runs])
    if left.removed:
        change.delete(run, left.removed)
    if left.paused:
        run(_DROP, {"names": left.paused, "now": now, "by": by})
    return left


def _record(run: Run, actor: Actor, report: SyncReport) -> None:
    changes = report.changes()
    target = {
        deed: {"schedules": list(islice(names, _NAMED_AT_MOST)), "count": len(names)} for deed, names in changes.items()
    }
    audit_store.record(run, actor, "schedule.sync", target, affected=sum(map(len, changes.values())))


def _taken(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        f"the API keeps {'a schedule' if len(names) == 1 else 'schedules'} of the name {shown}: "
        "give the file's another name, or delete the API's; nothing was changed"
    )
