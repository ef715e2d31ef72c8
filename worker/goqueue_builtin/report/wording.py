"""How numbers, durations and instants are written for people."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from goqueue_builtin.report.period import Period

NOTHING: Final = "–"


def number(count: int) -> str:
    """1234 -> 1,234."""
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    """A percentage; of nothing there is none."""
    if not whole:
        return NOTHING
    # 99.96 % are not all, and one in a million is not none.
    percent = 100 * part / whole
    if part not in (0, whole):
        percent = min(max(percent, 0.1), 99.9)
    return f"{percent:.1f} %" if percent not in (0, 100) else f"{percent:.0f} %"


def duration(seconds: float | None) -> str:
    """850 ms, 12.3 s, 4 min 5 s, 3 h 20 min."""
    if seconds is None:
        return NOTHING
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


def day(instant: datetime) -> str:
    """3 Mar, whatever the locale."""
    return f"{instant.day} {_MONTHS[instant.month - 1]}"


def instant(at: datetime) -> str:
    """3 Mar 2026, 14:05."""
    return f"{day(at)} {at.year}, {at:%H:%M}"


def period(covered: Period) -> str:
    """3 Mar 2026, 00:00 to 4 Mar 2026, 00:00 (Europe/Zurich)."""
    since, until = covered.since.astimezone(covered.zone), covered.until.astimezone(covered.zone)
    return f"{instant(since)} to {instant(until)} ({covered.zone.key})"


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
