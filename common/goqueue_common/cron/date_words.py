"""The day and month fields of a cron expression in English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goqueue_common.cron.terms import Field

_MOST_DAYS: Final = 7
"""So many days of the month are listed one by one."""
_WEEK: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def date_words(day: Field, month: Field, weekday: Field, *, both: bool) -> str:
    """`on Monday to Friday in May`; nothing for every day. both: whether a day must match both its fields."""
    any_day, any_weekday = day.is_any, weekday.is_any
    months = "" if month.is_any else _names(month, _MONTHS)
    in_months = f" in {months}" if months else ""
    if (any_day and any_weekday) or (not both and (any_day or any_weekday)):
        return in_months.strip()
    if any_day:
        return f"on {_weekdays(weekday)}{in_months}"
    on_days = f"on {_days(day)} of {months or 'every month'}"
    if any_weekday:
        return on_days
    if both:
        return f"{on_days}, if it is {_weekdays(weekday, or_=True)}"
    return f"{on_days}, and on {_weekdays(weekday)}{in_months}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number // 10 != 1 else "th"
    return f"{number}{ending}"


def _days(day: Field) -> str:
    """`the 1st, the 15th and the last day`."""
    words, run = [], day.only
    if run and run.step == 1:
        words = [f"the {ordinal(run.first)} to the {ordinal(run.last)}"]
    elif run and len(run.numbers) > _MOST_DAYS:
        words = [f"every {ordinal(run.step)} day from the {ordinal(run.first)} to the {ordinal(run.last)}"]
    else:
        words = [f"the {ordinal(number)}" for number in day.numbers]
    for special in dict.fromkeys(day.specials):
        named = {"L": "the last day", "LW": "the last weekday"}.get(special)
        words.append(named or f"the weekday nearest to the {ordinal(int(special[:-1]))}")
    return listed(words)


def _weekdays(weekday: Field, *, or_: bool = False) -> str:
    """`Monday to Friday`, `the last Friday of the month`."""
    words = [_names(weekday, _WEEK)] if weekday.only else [_WEEK[number] for number in weekday.numbers]
    for special in dict.fromkeys(weekday.specials):
        if special.endswith("L"):
            words.append(f"the last {_WEEK[weekday.rule.number(special[:-1])]} of the month")
        else:
            name, _, nth = special.partition("#")
            words.append(f"the {ordinal(int(nth))} {_WEEK[weekday.rule.number(name)]} of the month")
    return listed(words, "or" if or_ else "and")


def _names(field: Field, names: Sequence[str]) -> str:
    """`January to March`, `January and June`."""
    run = field.only
    if run and run.step == 1 and len(run.numbers) > 2:
        return f"{names[run.first]} to {names[run.last]}"
    return listed([names[number] for number in field.numbers])
