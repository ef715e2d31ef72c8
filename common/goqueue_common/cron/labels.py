"""The labels of an expression: what a clock on the wall shows when it matches. No zone, so no gaps and no repetitions."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, cast

from cronsim import CronSim
from cronsim.cronsim import Field

_START: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - labels have no zone
_NEAREST: Final = re.compile(r"\d+W")
_SATURDAY: Final = 5
_HOURS: Final = 24


class Labels(CronSim):
    """An iterator over the labels of six fields (second first, upper case), each after the one before.

    Ends when there is none for 50 years. Raises what cronsim raises when it cannot read the fields: CronSimError, and at
    times ValueError or AssertionError.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        terms = fields[Field.DAY].split(",")
        others = [term for term in terms if not _NEAREST.fullmatch(term)]
        plain = ",".join(term[:-1] if _NEAREST.fullmatch(term) else term for term in terms)
        # Any month: cronsim would refuse days that the months do not have, and hopeless.py says better why.
        super().__init__(" ".join([*fields[: Field.DAY], plain, "*", fields[Field.DOW]]), _START)
        self.months = cast(set[int], Field.MONTH.parse(fields[Field.MONTH]))
        self.nearest = {int(term[:-1]) for term in terms if _NEAREST.fullmatch(term)}
        if self.nearest:
            self.days = cast(set[int], Field.DAY.parse(",".join(others))) if others else set()

    def after(self, label: datetime) -> Labels:
        """A new iterator, over the labels after this one. Cheap: what was read is shared, and nothing changes it."""
        started = object.__new__(Labels)
        started.__dict__.update(self.__dict__)
        started.dt = label
        return started

    def __next__(self) -> datetime:
        """The next label; StopIteration also where the calendar ends, at the year 9999."""
        try:
            return super().__next__()
        except OverflowError:
            raise StopIteration from None

    def match_dom(self, d: date) -> bool:
        """Whether the day of the month matches: cronsim's rules, and the nearest weekday (`15W`)."""
        if super().match_dom(d):
            return True
        if not self.nearest or d.weekday() >= _SATURDAY:
            return False
        return any(d.day == nearest_weekday(d.year, d.month, day) for day in self.nearest)

    def advance_hour(self) -> bool:
        """Go on to the next hour that matches, in one step; cronsim's own way takes up to 23."""
        hour = self.dt.hour
        if hour in self.hours:
            return False
        following = min((one for one in self.hours if one > hour), default=_HOURS)
        self.dt = self.dt.replace(minute=0, second=0) + timedelta(hours=following - hour)
        return True


def nearest_weekday(year: int, month: int, day: int) -> int | None:
    """The Monday to Friday of this month that is nearest to the day; None where the month has no such day."""
    last = monthrange(year, month)[1]
    if day > last:
        return None
    weekday = date(year, month, day).weekday()
    if weekday < _SATURDAY:
        return day
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    return day + 1 if day < last else day - 2
