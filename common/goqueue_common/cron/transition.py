"""The next change of a zone's clock, and what an expression does there: for a preview before a schedule is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from goqueue_common.cron.date_words import listed
from goqueue_common.cron.expression import Cron
from goqueue_common.cron.instants import EARLIEST, LATEST, LONGEST_CAUGHT_UP, SECOND, change_between, instants

_AHEAD: Final = timedelta(days=731)
_STEP: Final = timedelta(days=1)
_MOST_LISTED: Final = 3
"""So many times are named one by one."""


@dataclass(frozen=True, slots=True)
class NextTransition:
    """A change of the offset from UTC. at: the first instant of the new offset, UTC."""

    at: datetime
    from_offset: timedelta
    to_offset: timedelta

    @property
    def local_before(self) -> datetime:
        """What the clock would show at that instant without the change; aware, with the old offset."""
        return self.at.astimezone(timezone(self.from_offset))

    @property
    def local_after(self) -> datetime:
        """What the clock shows at that instant; aware, with the new offset."""
        return self.at.astimezone(timezone(self.to_offset))


def offset_text(offset: timedelta) -> str:
    """An offset as ISO 8601 writes it: `+02:00`."""
    return datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[19:]


def next_transition(zone: ZoneInfo, after: datetime) -> NextTransition | None:
    """The zone's first change of offset after this instant; None where there is none for two years."""
    before = max(after, EARLIEST).astimezone(UTC).replace(microsecond=0)
    offset = before.astimezone(zone).utcoffset()
    for _ in range(min(_AHEAD, LATEST - before) // _STEP):
        following = before + _STEP
        changed = following.astimezone(zone).utcoffset()
        if changed != offset:
            return NextTransition(change_between(zone, before, following), offset or timedelta(0), changed or timedelta(0))
        before = following
    return None


def effect(cron: Cron, zone: ZoneInfo, transition: NextTransition) -> str:
    """What the expression does at this change of the zone's clock: one sentence."""
    first, end = sorted(label.replace(tzinfo=None) for label in (transition.local_before, transition.local_after))
    labels = takewhile(lambda label: label < end, cron.labels.after(first - SECOND))
    clocks = [_clock(label) for label in islice(labels, _MOST_LISTED + 1)]
    day, stretch = f"{first:%Y-%m-%d}", f"{_clock(first)} to {_clock(end) if end.time() > time() else '24:00'}"
    if not clocks:
        return f"Nothing changes: it names no time from {stretch} on {day}."
    several = 1 < len(clocks) <= _MOST_LISTED
    named = listed(clocks) if len(clocks) <= _MOST_LISTED else stretch
    if transition.to_offset > transition.from_offset:
        missing = f"{named} {'do' if several else 'does'} not exist on {day}"
        if not cron.is_fixed or end - first > LONGEST_CAUGHT_UP:
            return f"{missing}; it does not run then, and nothing is caught up."
        instead = next(instants(cron, zone, transition.at - SECOND)).astimezone(zone)
        return f"{missing}; it runs once at {_clock(instead)}{offset_text(transition.to_offset)} instead."
    if not cron.is_fixed:
        return f"It runs in both passes of {stretch} on {day}."
    which = f"once, at the first {named}" if len(clocks) == 1 else "in the first pass only"
    return f"{named} {'come' if several else 'comes'} twice on {day}; it runs {which}."


def _clock(label: datetime) -> str:
    return f"{label:%H:%M:%S}" if label.second else f"{label:%H:%M}"
