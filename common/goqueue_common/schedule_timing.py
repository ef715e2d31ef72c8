"""When a schedule is due next, as its row says and as it is shown. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from goqueue_common.cron.due import GRACE, CatchUp, jitter
from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone
from goqueue_common.errors import BadCron, BadZone
from goqueue_common.schedule import Definition


class Next(NamedTuple):
    """The next instant, and when it is to be fired: with its jitter. Both None: there is none."""

    next_at: datetime | None
    due_at: datetime | None


NEVER: Final = Next(None, None)


def next_after(definition: Definition, after: datetime) -> Next:
    """The first instant after this one."""
    try:
        cron, zone_info = parse(definition.cron), zone(definition.timezone)
    except (BadCron, BadZone):
        # Stored when it was valid; a zone may leave the data of zones. The others are not to suffer.
        return NEVER
    found = instants(cron, zone_info, after, starts_at=definition.starts_at, ends_at=definition.ends_at)
    instant = next(found, None)
    if instant is None:
        return NEVER
    return Next(instant, instant + timedelta(seconds=jitter(definition.name, instant, definition.jitter_seconds)))


def shown_next(definition: Definition, next_at: datetime | None, now: datetime) -> datetime | None:
    """The next instant that will be fired: one that was missed, and that catching up leaves out, is not shown."""
    kept = _kept_for(definition)
    if next_at is None or kept is None or next_at >= now - kept:
        return next_at
    return next_after(definition, now - kept).next_at


def _kept_for(definition: Definition) -> timedelta | None:
    """How old an instant may be and still be fired; None: as old as it likes."""
    on_time = GRACE + timedelta(seconds=definition.jitter_seconds)
    if definition.catch_up is CatchUp.NONE:
        return on_time
    if definition.catch_up is CatchUp.ALL:
        return max(on_time, timedelta(seconds=definition.catch_up_window_seconds))
    return None
