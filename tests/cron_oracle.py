"""What a cron expression should do, found the slow way: by a look at every real minute or second. Own code alone."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * SUN",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 JAN *",
    "@annually": "0 0 1 JAN *",
}
MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
DAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}


class Tick(NamedTuple):
    """A moment of real time, what the clock on the wall shows, and how far that is from UTC."""

    at: datetime
    label: datetime
    offset: timedelta


def ticks(zone: ZoneInfo, start: datetime, end: datetime, step: timedelta) -> Sequence[Tick]:
    """Every moment from `start` on and before `end`."""
    found = []
    for index in range((end - start) // step):
        local = (start + index * step).astimezone(zone)
        found.append(Tick(start + index * step, local.replace(tzinfo=None, fold=0), local.utcoffset() or timedelta()))
    return found


def expected(text: str, walked: Sequence[Tick], step: timedelta) -> list[datetime]:
    """The instants among these moments, by Debian's rules; what is known of the past is what was walked before."""
    fields = ALIASES.get(text, text).upper().split()
    matches, runs = matcher(text), []
    if fields[-5].startswith("*") or fields[-4].startswith("*"):
        return [tick.at for tick in walked if matches(tick.label)]
    before, latest_label = walked[0], walked[0].label - step
    for tick in walked:
        jump = tick.offset - before.offset
        skipped = range(jump // step) if timedelta() < jump <= timedelta(hours=3) else ()
        is_new = tick.label > latest_label
        if (is_new and matches(tick.label)) or any(matches(tick.label - (index + 1) * step) for index in skipped):
            runs.append(tick.at)
        before, latest_label = tick, tick.label if is_new else latest_label
    return runs


def matcher(text: str) -> Callable[[datetime], bool]:
    """Whether a label matches the expression."""
    fields = ALIASES.get(text, text).upper().split()
    second, minute, hour, day, month, weekday = fields if len(fields) == 6 else ["0", *fields]
    seconds, minutes, hours = numbers(second, 0, 59), numbers(minute, 0, 59), numbers(hour, 0, 23)
    months = numbers(month, 1, 12, MONTHS)

    @cache
    def day_matches(one: date) -> bool:
        of_month, of_week = day_of_month(day, one), day_of_week(weekday, one)
        return (of_month and of_week) if day[0] in "*?" or weekday[0] in "*?" else (of_month or of_week)

    def matches(label: datetime) -> bool:
        return (
            label.minute in minutes
            and label.hour in hours
            and label.second in seconds
            and label.month in months
            and day_matches(label.date())
        )

    return matches


def numbers(field: str, lowest: int, highest: int, names: dict[str, int] | None = None) -> set[int]:
    """The numbers of a field without the terms that only days have."""
    found: set[int] = set()
    for term in re.sub(r"[A-Z]{3}", lambda name: str((names or {})[name[0]]), field).split(","):
        base, _, step = term.partition("/")
        ends = re.fullmatch(r"(\d+)(?:-(\d+))?", base)
        if ends:
            start, end = int(ends[1]), int(ends[2] or (highest if step else ends[1]))
        else:
            start, end = lowest, highest
        found |= {number for number in range(start, end + 1) if (number - start) % int(step or 1) == 0}
    return found


def day_of_month(field: str, day: date) -> bool:
    in_month = [date(day.year, day.month, one) for one in range(1, calendar.monthrange(day.year, day.month)[1] + 1)]
    workdays = [one for one in in_month if one.weekday() < 5]
    for term in field.split(","):
        if term == "L":
            hit = day == in_month[-1]
        elif term == "LW":
            hit = day == workdays[-1]
        elif term.endswith("W"):
            wanted = int(term[:-1])
            hit = wanted <= len(in_month) and day == min(workdays, key=lambda one: abs(one.day - wanted))
        else:
            hit = day.day in numbers("*" if term == "?" else term, 1, 31)
        if hit:
            return True
    return False


def day_of_week(field: str, day: date) -> bool:
    number = day.isoweekday() % 7
    for term in field.split(","):
        if nth := re.fullmatch(r"(\w+?)(?:#(\d)|#?L)", term):
            same = number == int(str(DAYS.get(nth[1], nth[1]))) % 7
            last = (day + timedelta(days=7)).month != day.month
            hit = same and ((day.day - 1) // 7 + 1 == int(nth[2]) if nth[2] else last)
        else:
            hit = number in {one % 7 for one in numbers("*" if term == "?" else term, 0, 7, DAYS)}
        if hit:
            return True
    return False


def changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The first minutes of new offsets in this year."""
    start, found = datetime(year, 1, 1, tzinfo=UTC), []
    offset = start.astimezone(zone).utcoffset()
    for half_hour in range(366 * 48):
        at = start + half_hour * timedelta(minutes=30)
        if at.astimezone(zone).utcoffset() != offset:
            offset = at.astimezone(zone).utcoffset()
            found.append(at)
    return found
