"""Schedulers: what each says of itself every few seconds, and what is seen of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from goqueue_common import schedule_change_store as change
from goqueue_common.cron.due import GRACE
from goqueue_common.database import Database
from goqueue_common.overview import Leader, NextFire, SchedulerSight
from goqueue_common.schedule import Definition
from goqueue_common.schedule_change_store import DEFINED
from goqueue_common.schedule_timing import shown_next

LOST_AFTER_SECONDS: Final = 10
"""A scheduler that was not heard for so long is lost."""
NEXT_SHOWN: Final = 5
RATE_MINUTES: Final = 2
"""What is fired a minute is that of so many minutes."""
_SHOWN: Final = "1 hour"
_LEFT_OUT_READ: Final = 20

_IS_ALIVE: Final = f"ended_at IS NULL AND seen_at > now() - interval '{LOST_AFTER_SECONDS} seconds'"

# Whoever has ended stays so: its last words may overtake those before them.
_REPORT: Final = """
INSERT INTO schedulers AS s (id, host, pid, version, leads, term, lag_seconds, fired, trouble, leads_since, ended_at)
VALUES (%(id)s, %(host)s, %(pid)s, %(version)s, %(leads)s, %(term)s, %(lag_seconds)s, %(fired)s, %(trouble)s,
    CASE WHEN %(leads)s THEN now() END, CASE WHEN %(ended)s THEN now() END)
ON CONFLICT (id) DO UPDATE SET host = excluded.host, pid = excluded.pid, version = excluded.version,
    leads = excluded.leads, term = excluded.term, lag_seconds = excluded.lag_seconds,
    fired = greatest(s.fired, excluded.fired), trouble = excluded.trouble, seen_at = now(),
    ended_at = coalesce(s.ended_at, excluded.ended_at),
    leads_since = CASE WHEN s.leads AND excluded.leads AND s.term IS NOT DISTINCT FROM excluded.term THEN s.leads_since
        ELSE excluded.leads_since END
RETURNING now(), (SELECT revision FROM schedule_revision)
"""

_SCHEDULERS: Final = f"""
SELECT id::text, host, pid, version,
    CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN {_IS_ALIVE} THEN 'alive' ELSE 'lost' END,
    leads AND {_IS_ALIVE}, term, lag_seconds, fired, trouble, started_at, seen_at
FROM schedulers WHERE coalesce(ended_at, seen_at) > now() - interval '{_SHOWN}' ORDER BY started_at, id
"""  # noqa: S608 - constants

_LEADER_FIRST: Final = "leads DESC, term DESC NULLS LAST, seen_at DESC"
_LEADER: Final = f"""
SELECT leads, id::text, host, pid, term, leads_since,
    (SELECT count(*) FROM schedulers WHERE {_IS_ALIVE}),
    (SELECT trouble FROM schedulers WHERE {_IS_ALIVE} AND trouble IS NOT NULL ORDER BY {_LEADER_FIRST} LIMIT 1)
FROM schedulers WHERE {_IS_ALIVE} ORDER BY {_LEADER_FIRST} LIMIT 1
"""  # noqa: S608 - constants

_ON_TIME: Final = f"(jitter_seconds + {GRACE.total_seconds()}) * interval '1 second'"
# What was missed and what catching up leaves out stands in its row until the next fire; nobody is late with it. As in
# schedule_timing.
_IS_LEFT_OUT: Final = f"""coalesce(next_at < now() - CASE catch_up WHEN 'none' THEN {_ON_TIME}
    WHEN 'all' THEN greatest({_ON_TIME}, catch_up_window_seconds * interval '1 second') END, false)"""

_FIGURES: Final = f"""
SELECT now(),
    coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE due_at <= now() AND NOT {_IS_LEFT_OUT})), 0)::float8,
    (SELECT count(*) FROM schedule_runs
        WHERE fired_at > now() - interval '{RATE_MINUTES} minutes' AND job_id IS NOT NULL AND NOT manual),
    count(*), count(paused_at)
FROM schedules
"""  # noqa: S608 - constants

_UPCOMING: Final = ", ".join("'{}' AS payload" if name == "payload" else name for name in DEFINED)
_NEXT: Final = f"""
(SELECT {_UPCOMING}, next_at FROM schedules WHERE due_at IS NOT NULL AND NOT {_IS_LEFT_OUT}
    ORDER BY due_at LIMIT {NEXT_SHOWN})
UNION ALL
(SELECT {_UPCOMING}, next_at FROM schedules WHERE due_at <= now() AND {_IS_LEFT_OUT} LIMIT {_LEFT_OUT_READ})
"""  # noqa: S608 - constants


class SchedulerState(StrEnum):
    """Whether a scheduler is there."""

    ALIVE = "alive"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What a scheduler says of itself.

    leads: it fires what is due; term: of its lock, None when it leads without one. fired: jobs since it was started.
    trouble: what somebody should look at, on one line. ended: these are its last words.
    """

    id: str
    host: str
    pid: int
    version: str
    leads: bool
    term: int | None
    lag_seconds: float
    fired: int
    trouble: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """A scheduler as others see it; see Presence."""

    id: str
    host: str
    pid: int
    version: str
    state: SchedulerState
    leads: bool
    term: int | None
    lag_seconds: float
    fired: int
    trouble: str | None
    started_at: datetime
    seen_at: datetime


class Reported(NamedTuple):
    """The answer to a report: the present time, and the revision of all schedules."""

    at: datetime
    revision: int


class SchedulerStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, presence: Presence) -> Reported:
        """Note what a scheduler says; the first time makes it known."""
        told = asdict(presence) | {"leads": presence.leads and not presence.ended}
        return Reported(*self._database.run_again(_REPORT, told)[0])

    def schedulers(self) -> list[Scheduler]:
        """Those heard of in the last hour, the longest running first."""
        return [
            Scheduler(
                id=row[0],
                host=row[1],
                pid=row[2],
                version=row[3],
                state=SchedulerState(row[4]),
                leads=row[5],
                term=row[6],
                lag_seconds=row[7],
                fired=row[8],
                trouble=row[9],
                started_at=row[10],
                seen_at=row[11],
            )
            for row in self._database.run_again(_SCHEDULERS)
        ]

    def sight(self) -> SchedulerSight:
        """All of scheduling at one look."""
        now, lag, fired, schedules, paused = self._database.run_again(_FIGURES)[0]
        leaders = self._database.run_again(_LEADER)
        return SchedulerSight(
            leader=_leader(leaders[0]) if leaders else None,
            alive=leaders[0][-2] if leaders else 0,
            trouble=leaders[0][-1] if leaders else None,
            lag_seconds=round(lag, 3),
            fired_per_minute=fired / RATE_MINUTES,
            schedules=schedules,
            paused=paused,
            next=self._next(now),
        )

    def _next(self, now: datetime) -> list[NextFire]:
        rows = self._database.run_again(_NEXT)
        read = [(definition, shown_next(definition, next_at, now)) for definition, next_at in map(_upcoming, rows)]
        found = [
            NextFire(name=definition.name, type=definition.type, queue=definition.queue, next_at=next_at)
            for definition, next_at in read
            if next_at is not None
        ]
        return sorted(found, key=lambda item: (item.next_at, item.name))[:NEXT_SHOWN]


def _leader(row: Sequence[Any]) -> Leader | None:
    leads, *known = row[:-2]
    return Leader(*known) if leads else None


def _upcoming(row: Sequence[Any]) -> tuple[Definition, datetime | None]:
    return change.read(row[:-1]), row[-1]
