"""Expressions that are well written and never fire, such as `0 0 30 2 *`.

A year begins on one of seven days and is a leap year or not; each of the fourteen comes within every fifty years. So their
months are all that there can be, and an expression that matches no day of them matches none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from goqueue_common.cron.faults import DAY_OF_MONTH, DAY_OF_WEEK, RULES, Word
from goqueue_common.cron.labels import Labels
from goqueue_common.errors import BadCron

_DAY, _MONTH, _WEEKDAY = (RULES.index(rule) for rule in (DAY_OF_MONTH, RULES[4], DAY_OF_WEEK))


def refuse_hopeless(labels: Labels, fields: Sequence[Word]) -> None:
    """Raise BadCron when no day of any month matches; its position is that of the field to blame."""
    if any(labels.match_day(day) for day in _days(frozenset(labels.months))):
        return
    day, month, weekday = fields[-3:]
    if not any(labels.match_dom(one) for one in _days(frozenset(labels.months))):
        raise BadCron(f"day of month: {day.shown} never comes in month {month.shown}, so this never fires", day.position)
    raise BadCron(
        f"day of week: {weekday.shown} never falls on day of month {day.shown}, and a day must be both when either starts"
        " with *, so this never fires",
        weekday.position,
    )


@lru_cache(maxsize=64)
def _days(months: frozenset[int]) -> tuple[date, ...]:
    """Days of all lengths and beginnings that these months can have."""
    return tuple(_walk(months))


def _walk(months: frozenset[int]) -> Iterator[date]:
    seen: set[tuple[int, int]] = set()
    for year in range(2000, 2028):
        for month in sorted(months):
            first = date(year, month, 1)
            length = (date(year + month // 12, month % 12 + 1, 1) - first).days
            kind = (first.weekday(), length)
            if kind not in seen:
                seen.add(kind)
                yield from (first + timedelta(days=index) for index in range(length))
