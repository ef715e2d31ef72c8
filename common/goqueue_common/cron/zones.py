"""Time zones by the names of the IANA database. The package tzdata brings it where the system has none."""

from __future__ import annotations

import zoneinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from goqueue_common.errors import BadZone

_MACHINE_OWN: Final = frozenset({"localtime", "Factory"})
"""Names that mean another zone on each machine, or none."""
_SHOWN: Final = 64


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of all zones, such as `Europe/Berlin`."""
    return frozenset(zoneinfo.available_timezones() - _MACHINE_OWN)


@lru_cache(maxsize=1024)
def _load(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def zone(name: str) -> ZoneInfo:
    """The zone of this name, spelt exactly so. Raises BadZone, with the position from which no zone's name goes on so."""
    if name in names():
        return _load(name)
    shown = name if len(name) <= _SHOWN else name[:_SHOWN] + "..."
    raise BadZone(f"there is no time zone {shown!r}; {_advice(name[:_SHOWN])}", _shared(name[:_SHOWN]))


def _shared(name: str) -> int:
    """How much of the name some zone begins with."""
    return next(size for size in range(len(name), -1, -1) if any(known.startswith(name[:size]) for known in names()))


def _advice(name: str) -> str:
    by_lower_case = {known.lower(): known for known in sorted(names())}
    close = get_close_matches(name.strip().lower().replace(" ", "_"), by_lower_case, n=1)
    if close:
        return f"did you mean {by_lower_case[close[0]]}?"
    return "write a name of the IANA database, such as Europe/Berlin, or UTC"
