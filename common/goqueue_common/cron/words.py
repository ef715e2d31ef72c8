"""A cron expression in English, as in "At 02:30 on the last Friday of the month"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goqueue_common.cron.date_words import date_words, listed, ordinal
from goqueue_common.cron.faults import RULES
from goqueue_common.cron.terms import Field, take_apart

_MOST_TIMES: Final = 6
"""So many times of the day are listed one by one."""


def in_words(fields: Sequence[str]) -> str:
    """One sentence, without a full stop, for the six fields of a valid expression."""
    second, minute, hour, *days = (take_apart(rule, text) for rule, text in zip(RULES, fields, strict=True))
    times = _times_of_day(second, minute, hour)
    when = times or _frequency(second, minute, hour)
    date = date_words(*days, both=fields[3].startswith("*") or fields[5].startswith("*"))
    if times and (not date or date.startswith("in ")):
        when += " every day"
    sentence = f"{when} {date}" if date else when
    return sentence[0].upper() + sentence[1:]


def _times_of_day(second: Field, minute: Field, hour: Field) -> str:
    """`at 02:30 and 14:30`; nothing where there are many."""
    seconds, minutes, hours = second.numbers, minute.numbers, hour.numbers
    if len(seconds) * len(minutes) * len(hours) > _MOST_TIMES:
        return ""
    clocks = [(h, m, s) for h in hours for m in minutes for s in seconds]
    return "at " + listed([f"{h:02}:{m:02}" + (f":{s:02}" if seconds != [0] else "") for h, m, s in clocks])


def _frequency(second: Field, minute: Field, hour: Field) -> str:
    """`every 5 minutes from 09:00 to 17:59`, `at minute 15 of every hour`."""
    of_hours = "of " + (_named(hour) if not hour.is_any else "every hour")
    if second.numbers == [0]:
        if minute.numbers == [0] and hour.every:
            return _steps(hour)
        if minute.only and minute.only.step == 1 and len(hour.numbers) == 1:
            clock = f"{hour.numbers[0]:02}"
            return f"every minute from {clock}:{minute.only.first:02} to {clock}:{minute.only.last:02}"
        return _during(_steps(minute), hour) if minute.every else f"{_at(_named(minute))} {of_hours}"
    if minute.is_any:
        return _during(_steps(second) if second.every else f"{_at(_named(second))} of every minute", hour)
    return f"{_at(_named(second))} of {_named(minute)} {of_hours}"


def _steps(field: Field) -> str:
    """`every 5 minutes`: for what goes evenly from one hour into the next."""
    name = field.rule.name
    return f"every {name}" if field.every == 1 else f"every {field.every} {name}s"


def _during(what: str, hour: Field) -> str:
    """In which hours it happens again and again, if not in all."""
    if hour.is_any:
        return what
    first, last = hour.numbers[0], hour.numbers[-1]
    if len(hour.numbers) == last - first + 1:
        return f"{what} from {first:02}:00 to {last:02}:59"
    return f"{what} in {_named(hour)}"


def _named(field: Field) -> str:
    """`minutes 0, 20 and 40`, `every minute from 10 to 20`, `every 7th minute`."""
    name, numbers, run = field.rule.name, field.numbers, field.only
    if run:
        each = f"every {name}" if run.step == 1 else f"every {ordinal(run.step)} {name}"
        whole = run.first == field.rule.lowest and run.last == field.rule.highest
        return each if whole else f"{each} from {run.first} to {run.last}"
    if field.is_any:
        return f"every {name}"
    return f"{name} {numbers[0]}" if len(numbers) == 1 else f"{name}s {listed([str(number) for number in numbers])}"


def _at(what: str) -> str:
    return what if what.startswith("every") else f"at {what}"
