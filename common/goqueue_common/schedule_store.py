"""Schedules, one by one: read, made, changed, paused and deleted by people. Each deed is in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from goqueue_common import audit_store
from goqueue_common import schedule_change_store as change
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, Run
from goqueue_common.errors import (
    ScheduleChanged,
    ScheduleDropped,
    ScheduleExists,
    ScheduleReadOnly,
)
from goqueue_common.job_search import PREVIEW_CHARACTERS
from goqueue_common.schedule import Definition, Schedule, Source
from goqueue_common.schedule import Run as ScheduleRun
from goqueue_common.schedule_change_store import DEFINED, Standing
from goqueue_common.schedule_run_store import RUN_COLUMNS, read_run
from goqueue_common.schedule_timing import shown_next

T = TypeVar("T")

_STOOD: Final = (
    *("source", "version", "due_after", "next_at", "paused_at", "paused_by", "dropped_at", "created_at", "updated_at"),
)
_LAST_RUN: Final = f"""
LEFT JOIN LATERAL (
    SELECT {RUN_COLUMNS} FROM (
        SELECT * FROM schedule_runs WHERE schedule = s.name ORDER BY scheduled_for DESC LIMIT 1
    ) AS r
) AS run ON true
"""  # noqa: S608 - our own column names


def _columns(payload: str) -> str:
    defined = (f"{payload} AS payload" if name == "payload" else f"s.{name}" for name in DEFINED)
    return ", ".join((*defined, *(f"s.{name}" for name in _STOOD), "run.*"))


_GET: Final = f"SELECT now(), {_columns('s.payload::text')} FROM schedules s {_LAST_RUN} WHERE s.name = %(name)s"  # noqa: S608

# One statement, one snapshot: what is read is as new as the revision that stands beside it.
_PAGE: Final = f"""
SELECT now(), v.revision, found.*
FROM schedule_revision v LEFT JOIN LATERAL (
    SELECT {_columns(f"left(s.payload::text, {PREVIEW_CHARACTERS})")} FROM (
        SELECT * FROM schedules
        WHERE (%(after)s::text IS NULL OR name > %(after)s) AND (%(source)s::text IS NULL OR source = %(source)s)
          AND (%(paused)s::boolean IS NULL OR (paused_at IS NOT NULL) = %(paused)s)
        ORDER BY name LIMIT %(limit)s
    ) AS s {_LAST_RUN}
) AS found ON true
ORDER BY found.name
"""  # noqa: S608 - our own column names

_NEWEST_RUNS: Final = f"""
SELECT {RUN_COLUMNS} FROM unnest(%(names)s::text[]) AS n(name) CROSS JOIN LATERAL (
    SELECT * FROM schedule_runs WHERE schedule = n.name ORDER BY scheduled_for DESC LIMIT %(limit)s
) AS r ORDER BY r.schedule, r.scheduled_for DESC
"""  # noqa: S608 - our own column names

_DEFINITIONS: Final = f"""
SELECT {", ".join("payload::text" if name == "payload" else name for name in DEFINED)}
FROM schedules WHERE name = ANY(%(names)s)
"""  # noqa: S608 - our own column names
_EXISTS: Final = "SELECT 1 FROM schedules WHERE name = %(name)s"


class SchedulePage(NamedTuple):
    """Some schedules, by name; at: the present time; revision: grows with every change of any definition.

    The payloads are cut off, for a preview: no JSON.
    """

    schedules: list[Schedule]
    at: datetime
    revision: int


class ScheduleStore:
    """Every method raises StoreUnavailable.

    version: that of the schedule as the caller knows it, None: however it is now. What changes nothing leaves version and
    revision as they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, *, after: str | None, limit: int, paused: bool | None = None, source: Source | None = None
    ) -> SchedulePage:
        """The next schedules by name, those behind the name `after` if given; only paused or not, only of a source."""
        wanted = {"after": after, "limit": limit, "paused": paused, "source": source}
        rows = self._database.run_again(_PAGE, wanted)
        at, revision = rows[0][:2]
        return SchedulePage([_schedule(row[2:], at) for row in rows if row[2] is not None], at, revision)

    def newest_runs(self, names: Collection[str], limit: int) -> dict[str, list[ScheduleRun]]:
        """By name, the newest runs of these schedules, up to `limit` of each, the newest first."""
        found: dict[str, list[ScheduleRun]] = {name: [] for name in names}
        for row in self._database.run_again(_NEWEST_RUNS, {"names": list(names), "limit": limit}):
            run = read_run(row)
            found[run.schedule].append(run)
        return found

    def get(self, name: str) -> Schedule:
        """One of them. Raises ScheduleNotFound."""
        return _get(self._database.run_again, name)

    def definitions(self, names: Collection[str]) -> dict[str, Definition]:
        """What is defined by these names; those that there are not are left out."""
        rows = self._database.run_again(_DEFINITIONS, {"names": list(names)})
        return {definition.name: definition for definition in map(change.read, rows)}

    def create(self, definition: Definition, actor: Actor) -> Schedule:
        """A new one, kept by people; due from now on. Raises ScheduleExists."""
        name = definition.name

        def work(run: Run, again: bool) -> Schedule:
            now = change.lock(run)
            differences = change.compare(run, [definition], Source.API)
            if not differences and again:
                return _get(run, name)  # the first try was committed after all
            if not differences or differences[0].source is not None:
                raise ScheduleExists(
                    f"there is a schedule {name!r} already: choose another name, or change it by PATCH /schedules/{name}"
                )
            change.insert(run, [(definition, change.new_standing(definition, Source.API, now, actor.name))], now)
            change.bump(run)
            audit_store.record(run, actor, "schedule.create", {"schedule": name})
            return _get(run, name)

        return self._together(work)

    def replace(
        self, definition: Definition, actor: Actor, *, version: int | None, action: str = "schedule.change"
    ) -> Schedule:
        """Give it this definition. A change of cron, zone, start or end begins anew: it is due from now on.

        Raises ScheduleNotFound, ScheduleChanged, ScheduleReadOnly.
        """
        return self.edit(definition.name, lambda _: definition, actor, version=version, action=action)

    def edit(
        self,
        name: str,
        become: Callable[[Definition], Definition],
        actor: Actor,
        *,
        version: int | None,
        action: str = "schedule.change",
    ) -> Schedule:
        """Replace it by what `become` makes of it while nobody else changes it. Raises the same, and what that raises."""

        def work(run: Run, again: bool) -> Schedule:
            now = change.lock(run)
            standing = _held(run, name)
            _refuse_kept_by_file(standing, name)
            definition = become(_get(run, name).definition)
            differences = change.compare(run, [definition], Source.API)
            if again and not differences:
                return _get(run, name)
            _refuse_changed(standing, name, version)
            if differences:
                changed = list(differences[0].changed or ())
                written = standing.defined(definition, changed, now, actor.name)
                change.update(run, [(definition, written)], now)
                change.bump(run)
                if definition.paused is not None and definition.paused != bool(standing.paused_at):
                    changed.append("paused")
                audit_store.record(run, actor, action, {"schedule": name, "changed": changed})
            return _get(run, name)

        return self._together(work)

    def delete(self, name: str, actor: Actor, *, version: int | None) -> None:
        """Take it away; its jobs stay, its runs a while. Raises ScheduleNotFound, ScheduleChanged, ScheduleReadOnly."""
        seen = False

        def work(run: Run, again: bool) -> None:
            nonlocal seen
            change.lock(run)
            if again and seen and not run(_EXISTS, {"name": name}):
                return
            standing = _held(run, name)
            if not standing.dropped_at:
                _refuse_kept_by_file(standing, name)
            _refuse_changed(standing, name, version)
            seen = True
            change.delete(run, [name])
            change.bump(run)
            audit_store.record(run, actor, "schedule.delete", {"schedule": name})

        self._together(work)

    def pause(self, name: str, actor: Actor) -> Schedule:
        """Fire nothing of it until it is resumed. Raises ScheduleNotFound."""
        return self._pause(name, actor, "schedule.pause", lambda standing, now: standing.paused(now, actor.name))

    def resume(self, name: str, actor: Actor) -> Schedule:
        """Go on: it is due from now on. Raises ScheduleNotFound, ScheduleDropped."""

        def resumed(standing: Standing, now: datetime) -> Standing:
            if standing.dropped_at:
                raise ScheduleDropped(
                    f"the schedules file has {name!r} no more: put it back there, or delete what is left of it"
                )
            return standing.resumed(now)

        return self._pause(name, actor, "schedule.resume", resumed)

    def _pause(self, name: str, actor: Actor, action: str, become: Callable[[Standing, datetime], Standing]) -> Schedule:
        def work(run: Run, _: bool) -> Schedule:
            now = change.lock(run)
            standing = _held(run, name)
            written = become(standing, now)
            if written != standing:
                change.update(run, [(_get(run, name).definition, written)], now)
                change.bump(run)
                audit_store.record(run, actor, action, {"schedule": name})
            return _get(run, name)

        return self._together(work)

    def _together(self, work: Callable[[Run, bool], T]) -> T:
        """Like Database.together; `work` is told whether it was tried before, for that may have been committed."""
        tries = 0

        def counted(run: Run) -> T:
            nonlocal tries
            tries += 1
            return work(run, tries > 1)

        return self._database.together(counted)


def _get(run: Run, name: str) -> Schedule:
    rows = run(_GET, {"name": name})
    if not rows:
        raise change.not_found(name)
    return _schedule(rows[0][1:], rows[0][0])


def _held(run: Run, name: str) -> Standing:
    standing = change.hold(run, [name]).get(name)
    if standing is None:
        raise change.not_found(name)
    return standing


def _refuse_kept_by_file(standing: Standing, name: str) -> None:
    if standing.source is Source.FILE:
        raise ScheduleReadOnly(f"the schedule {name!r} is kept by the schedules file: change it there")


def _refuse_changed(standing: Standing, name: str, version: int | None) -> None:
    if version is not None and standing.version != version:
        raise ScheduleChanged(f"the schedule {name!r} has changed since it was read: read it again, then decide")


def _schedule(row: Sequence[Any], now: datetime) -> Schedule:
    definition = change.read(row[: len(DEFINED)])
    stood = dict(zip(_STOOD, row[len(DEFINED) :], strict=False))
    run = row[len(DEFINED) + len(_STOOD) :]
    return Schedule(
        definition=definition,
        last_run=None if run[0] is None else read_run(run),
        **stood | {"source": Source(stood["source"]), "next_at": shown_next(definition, stood["next_at"], now)},
    )
