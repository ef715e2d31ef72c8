"""What is wrong with a cron expression, and at which character. cronsim judges; this explains what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

from goqueue_common.errors import BadCron

_DIGITS: Final = re.compile(r"[0-9]+")
_SHOWN: Final = 20


class Word(NamedTuple):
    """A part of an expression as it was written, and where it begins in it."""

    text: str
    position: int

    @property
    def upper(self) -> str:
        """It as cronsim reads it."""
        return self.text.upper()

    @property
    def shown(self) -> str:
        """It in a message."""
        return self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "..."

    def part(self, begin: int, end: int | None = None) -> Word:
        """A part of this part."""
        return Word(self.text[begin:end], self.position + begin)

    def split(self, separator: str) -> Iterator[Word]:
        """The parts between the separators."""
        begin = 0
        for text in self.text.split(separator):
            yield self.part(begin, begin + len(text))
            begin += len(text) + 1


@dataclass(frozen=True, slots=True)
class Rule:
    """What may stand in a field: these numbers, and names for the first of them, the one after it and so on."""

    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        """The number of a value in upper case. What is far too long to be one is still a number, and out of every range."""
        if text in self.names:
            return self.names.index(text) + self.lowest
        digits = text.lstrip("0")
        return int(digits[:_SHOWN] or 0)


_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAY_OF_MONTH: Final = Rule("day of month", 1, 31)
DAY_OF_WEEK: Final = Rule("day of week", 0, 7, _WEEKDAYS)
RULES: Final = (
    Rule("second", 0, 59),
    Rule("minute", 0, 59),
    Rule("hour", 0, 23),
    DAY_OF_MONTH,
    Rule("month", 1, 12, _MONTHS),
    DAY_OF_WEEK,
)
"""Of the six fields, in order."""
ANY_DAY: Final = "?"
"""Quartz's `*`, in the fields of days."""


def faults(fields: Sequence[Word]) -> Iterator[BadCron]:
    """What is wrong in these five or six fields, each taken alone, from left to right."""
    for rule, field in zip(RULES[-len(fields) :], fields, strict=True):
        if rule in (DAY_OF_MONTH, DAY_OF_WEEK) and field.text == ANY_DAY:
            continue
        for term in field.split(","):
            try:
                _check_term(rule, term)
            except BadCron as fault:
                yield fault


def _check_term(rule: Rule, term: Word) -> None:
    slash = term.text.find("/")
    base = term.part(0, slash) if slash >= 0 else term
    special = _special(rule, base)
    if special:
        special(base)
    elif base.text != "*" and not (rule is DAY_OF_MONTH and base.upper in ("L", "LW")):
        _check_range(rule, base)
    if slash >= 0 and special:
        _refuse(rule, term.part(slash), f"no step can follow {base.shown}")
    if slash >= 0:
        _check_step(rule, term.part(slash + 1))


def _special(rule: Rule, base: Word) -> Callable[[Word], None] | None:
    """What checks this term if it is of a kind that only a field of days has, such as 15W, 1#2 or 5L."""
    if rule is DAY_OF_MONTH and base.upper.endswith("W") and base.upper != "LW":
        return _check_nearest
    if rule is DAY_OF_WEEK and "#" in base.text:
        return _check_nth
    if rule is DAY_OF_WEEK and base.upper.endswith("L"):
        return _check_last
    return None


def _check_step(rule: Rule, step: Word) -> None:
    if not step.text:
        _refuse(rule, step, "the step after / is missing")
    if not _DIGITS.fullmatch(step.text):
        _refuse(rule, step, f"the step {step.shown!r} is not a number")
    if not step.text.strip("0"):
        _refuse(rule, step, "a step of 0 leads nowhere; write 1 or more")


def _check_nearest(base: Word) -> None:
    day = base.part(0, -1)
    if not _DIGITS.fullmatch(day.text):
        _refuse(DAY_OF_MONTH, base, f"{base.shown!r} is not understood; W follows one day, as in 15W, or L")
    _check_value(DAY_OF_MONTH, day)


def _check_nth(base: Word) -> None:
    mark = base.text.index("#")
    _check_value(DAY_OF_WEEK, base.part(0, mark))
    nth = base.part(mark + 1)
    if nth.upper not in ("1", "2", "3", "4", "5", "L"):
        _refuse(DAY_OF_WEEK, nth, f"{nth.shown!r} after # is neither 1 to 5 nor L")


def _check_last(base: Word) -> None:
    if base.upper == "L":
        _refuse(DAY_OF_WEEK, base, "L follows a day, as in FRIL, the last Friday of the month")
    _check_value(DAY_OF_WEEK, base.part(0, -1))


def _check_range(rule: Rule, base: Word) -> None:
    ends = list(base.split("-"))
    if len(ends) > 1 and ends[0].text == "*":
        _refuse(rule, base, "* stands alone, or before a step, as in */5")
    for end in ends[:2]:
        _check_value(rule, end)
    if len(ends) > 2:
        _refuse(rule, ends[2], f"the range {base.shown!r} has more than two ends")
    if len(ends) > 1 and rule.number(ends[1].upper) < rule.number(ends[0].upper):
        _refuse(rule, base, f"the range {base.shown} runs backwards; write {_forwards(rule, *ends)}")


def _forwards(rule: Rule, start: Word, end: Word) -> str:
    if rule is DAY_OF_WEEK and rule.number(end.upper) == rule.lowest:
        return f"{start.text}-7"
    return f"{start.text}-{rule.highest},{rule.lowest}-{end.text}"


def _check_value(rule: Rule, value: Word) -> None:
    if not value.text:
        _refuse(rule, value, "a value is missing here")
    if value.upper in rule.names:
        return
    if not _DIGITS.fullmatch(value.text):
        _refuse(rule, value, _unknown(rule, value))
    if not rule.lowest <= rule.number(value.text) <= rule.highest:
        _refuse(rule, value, f"{value.shown} is out of range {rule.lowest} to {rule.highest}")


def _unknown(rule: Rule, value: Word) -> str:
    if value.text == ANY_DAY:
        return "? stands alone, and only for the day of month or the day of week; write *"
    if value.upper[:3] in rule.names:
        return f"{value.shown!r} is not understood; write {value.upper[:3]}"
    kinds = f"a number, a name such as {rule.names[1]}" if rule.names else "a number"
    return f"{value.shown!r} is neither {kinds}, a range, a step nor *"


def _refuse(rule: Rule, word: Word, message: str) -> NoReturn:
    raise BadCron(f"{rule.name}: {message}", word.position)
