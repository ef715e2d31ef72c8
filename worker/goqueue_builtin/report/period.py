"""The period that a report is about, in the zone of its readers, and the intervals that it falls into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from goqueue_worker import Discard

DEFAULT_PERIOD: Final = "last_24_hours"
LONGEST: Final = timedelta(days=366)
_BY_HOUR_UP_TO: Final = timedelta(days=3)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_ROLLING: Final = {
    "last_24_hours": _DAY,
    "last_7_days": 7 * _DAY,
    "last_30_days": 30 * _DAY,
}
PERIODS: Final = ("today", "yesterday", *_ROLLING)
"""What `period` may be: by the days of the zone, or by so many hours that end now."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on and before `until`, both aware, UTC."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    @classmethod
    def asked_for(cls, payload: Mapping[str, Any], now: datetime) -> Period:
        """What a payload says with since, until, period and timezone. Raises Discard when it makes no sense."""
        zone = zone_named(payload.get("timezone", "UTC"))
        if "since" not in payload:
            return cls.named(payload.get("period", DEFAULT_PERIOD), zone, now)
        since = _instant("since", payload["since"])
        until = _instant("until", payload["until"]) if "until" in payload else now
        if since >= until:
            raise Discard(f"since {since.isoformat()} must be before until {until.isoformat()}")
        if until - since > LONGEST:
            raise Discard(
                f"from {since.isoformat()} to {until.isoformat()} is more than the {LONGEST.days} days of a report"
            )
        return cls(since, until, zone)

    @classmethod
    def named(cls, name: str, zone: ZoneInfo, now: datetime) -> Period:
        """One of PERIODS, seen from `now`."""
        if name in _ROLLING:
            return cls(now - _ROLLING[name], now, zone)
        today = now.astimezone(zone).date()
        if name == "today":
            return cls(_midnight(today, zone), now, zone)
        return cls(_midnight(today - _DAY, zone), _midnight(today, zone), zone)

    @property
    def is_hourly(self) -> bool:
        """Whether its intervals are hours, not days."""
        return self.until - self.since <= _BY_HOUR_UP_TO

    def edges(self) -> list[datetime]:
        """`since`, every full hour or midnight of the zone in between, and `until`."""
        between = self._hours() if self.is_hourly else self._midnights()
        # A set: the midnights of a day that a zone left out (Samoa's 30 December 2011) are one instant.
        return sorted({self.since, *(edge for edge in between if self.since < edge < self.until), self.until})

    def _hours(self) -> Iterator[datetime]:
        local = self.since.astimezone(self.zone)
        hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        # Added in UTC: the hour that a change of clocks repeats is there twice.
        while hour < self.until:
            yield hour
            hour += _HOUR

    def _midnights(self) -> Iterator[datetime]:
        day = self.since.astimezone(self.zone).date()
        while (midnight := _midnight(day, self.zone)) < self.until:
            yield midnight
            day += _DAY


def zone_named(name: str) -> ZoneInfo:
    """Raises Discard when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Discard(f"timezone {name!r} is not known: write a name such as Europe/Zurich") from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _instant(name: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Discard(f"{name} {text!r} is no date and time: write 2026-03-01T00:00:00Z") from error
    if instant.utcoffset() is None:
        raise Discard(f"{name} {text!r} has no offset: write 2026-03-01T00:00:00Z or 2026-03-01T00:00:00+01:00")
    if not 1970 <= instant.year < 9999:  # the calendar ends there, and with it the arithmetic of days
        raise Discard(f"{name} {text!r} is out of range: from 1970 on")
    return instant.astimezone(UTC)
