"""Times as people write and read them: 90s, 5m, 2h, 3d; RFC 3339; `4 min ago`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")
_LENGTHS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_AGES = ((60, 1, "s"), (3600, 60, "min"), (172_800, 3600, "h"), (float("inf"), 86_400, "d"))


class Duration(click.ParamType[float]):
    """Seconds, or a number with s, m, h, d or w."""

    name = "duration"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> float:
        """See click. Fails with a sentence."""
        found = _DURATION.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no duration: write seconds, or 90s, 5m, 2h, 3d", parameter, context)
        return float(found[1]) * _UNITS[found[2]]


class Moment(click.ParamType[datetime]):
    """A time with its zone in RFC 3339, or how long ago it was."""

    name = "time"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> datetime:
        """See click. Fails with a sentence."""
        if found := _DURATION.fullmatch(str(value).strip()):
            try:
                return datetime.now(UTC) - timedelta(seconds=float(found[1]) * _UNITS[found[2]])
            except OverflowError:
                self.fail(f"{value!r} is before all time", parameter, context)
        return _moment(self, value, parameter, context, "2026-03-01T08:00:00Z, or an age such as 2h")


class Instant(click.ParamType[datetime]):
    """A time with its zone in RFC 3339."""

    name = "time"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> datetime:
        """See click. Fails with a sentence."""
        return _moment(self, value, parameter, context, "2026-03-01T08:00:00Z")


def _moment(
    kind: click.ParamType[datetime],
    value: Any,
    parameter: click.Parameter | None,
    context: click.Context | None,
    example: str,
) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        kind.fail(f"{value!r} is no time: write {example}", parameter, context)
    if moment.utcoffset() is None:
        kind.fail(f"{value!r} has no zone: add Z for UTC, or an offset such as +01:00", parameter, context)
    return moment


def age(moment: datetime | None, now: datetime | None = None) -> str:
    """`4 min ago`, `in 2 h`; nothing for None."""
    if moment is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    _, unit, name = next(row for row in _AGES if abs(seconds) < row[0])
    shown = f"{int(abs(seconds) / unit)} {name}"
    return f"{shown} ago" if seconds > 0 else f"in {shown}"


def duration(seconds: float | None) -> str:
    """`4 ms`, `1.6 s`, `2 min 5 s`, `3 h 20 min`; nothing for None."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    large, small = next(row for row in (("d", "h"), ("h", "min"), ("min", "s")) if whole >= _LENGTHS[row[0]])
    rest = whole % _LENGTHS[large] // _LENGTHS[small]
    return f"{whole // _LENGTHS[large]} {large}" + (f" {rest} {small}" if rest else "")


def clock_time(moment: datetime | None) -> str:
    """In UTC, to the second."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
