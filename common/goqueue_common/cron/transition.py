"""The next change of a zone's clock, and what an expression does there: for a preview before a schedule is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from goqueue_common.cron.expression import Cron
from goqueue_common.cron.instants import change_between

_AHEAD: Final = timedelta(days=731)
_STEP: Final = timedelta(days=1)


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
    before = after.astimezone(UTC).replace(microsecond=0)
    offset = before.astimezone(zone).utcoffset()
    for _ in range(_AHEAD // _STEP):
        following = before + _STEP
        changed = following.astimezone(zone).utcoffset()
        if changed != offset:
            return NextTransition(change_between(zone, before, following), offset or timedelta(0), changed or timedelta(0))
        before = following
    return None


def effect(cron: Cron, zone: ZoneInfo, transition: NextTransition) -> str:
    """What the expression does at this change of the zone's clock: one sentence."""
    return "Nothing changes."
