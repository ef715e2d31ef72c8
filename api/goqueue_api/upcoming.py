"""The next instants of a cron, as people are shown them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from goqueue_common.cron.expression import Cron, parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone
from goqueue_common.schedule import Definition

MOST: Final = 100
USUAL: Final = 10
_MOMENT: Final = timedelta(microseconds=1)


def upcoming(definition: Definition, after: datetime) -> Iterator[datetime]:
    """The instants of a schedule after this time, as if it were not paused."""
    return between(
        parse(definition.cron), zone(definition.timezone), after, starts_at=definition.starts_at, ends_at=definition.ends_at
    )


def between(
    cron: Cron, zone: ZoneInfo, after: datetime, *, starts_at: datetime | None, ends_at: datetime | None
) -> Iterator[datetime]:
    """The instants after this time, none before starts_at or after ends_at."""
    begin = after if starts_at is None else max(after, starts_at - _MOMENT)
    for instant in instants(cron, zone, begin):
        if ends_at is not None and instant > ends_at:
            return
        yield instant


def shown(found: Iterator[datetime], zone: ZoneInfo, n: int) -> list[dict[str, Any]]:
    """The first n, in UTC and as clocks of the zone show them."""
    return [{"at": instant, "local": instant.astimezone(zone).isoformat()} for instant in islice(found, n)]
