"""What is wrong with a cron expression, and at which character. cronsim judges what is valid; this explains what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

from goqueue_common.errors import BadCron


class Word(NamedTuple):
    """A part of the text, and where it begins in it."""

    text: str
    position: int

    def part(self, begin: int, end: int | None = None) -> Word:
        """A part of this part."""
        return Word(self.text[begin:end], self.position + begin)


@dataclass(frozen=True, slots=True)
class Rule:
    """What may stand in a field."""

    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()
    """What stands for `lowest`, the number after it, and so on."""

    @property
    def spoken(self) -> str:
        """Its numbers, for a message."""
        return f"{self.lowest} to {self.highest}"


DAY_OF_MONTH: Final = Rule("day of month", 1, 31)
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAY_OF_WEEK: Final = Rule("day of week", 0, 7, _WEEKDAYS)
RULES: Final = (
    Rule("second", 0, 59),
    Rule("minute", 0, 59),
    Rule("hour", 0, 23),
    DAY_OF_MONTH,
    Rule("month", 1, 12, _MONTHS),
    DAY_OF_WEEK,
)
_DIGITS: Final = re.compile(r"[0-9]+")
_SHOWN: Final = 20


def faults(fields: Sequence[Word]) -> Iterator[BadCron]:
    """Everything that is wrong in these five or six fields, from left to right, as far as it is one field's fault."""
    for rule, field in zip(RULES[-len(fields) :], fields, strict=True):
        begin = 0
        for term in field.text.split(","):
            word = field.part(begin, begin + len(term))
            begin += len(term) + 1
            try:
                _check_term(rule, word)
            except BadCron as fault:
                yield fault


def _check_term(rule: Rule, term: Word) -> None:
    if not term.text:
        _refuse(rule, term, "a value is missing here")
    text, slash, _ = term.text.partition("/")
    if slash:
        _check_step(rule, term.part(len(text) + 1))
    base = term.part(0, len(text))
    if text == "*" or (rule in (DAY_OF_MONTH, DAY_OF_WEEK) and _is_special(rule, base)):
        return
    start, dash, end = text.partition("-")
    _check_value(rule, base.part(0, len(start)))
    if dash:
        _check_value(rule, base.part(len(start) + 1))
        if _number(rule, end) < _number(rule, start):
            _refuse(rule, base, f"the range {text} runs backwards; {_forwards(rule, start, end)}")


def _check_step(rule: Rule, step: Word) -> None:
    if not step.text:
        _refuse(rule, step, "the step after / is missing")
    if not _DIGITS.fullmatch(step.text):
        _refuse(rule, step, f"the step {_shown(step.text)} is not a number")
    if not step.text.strip("0"):
        _refuse(rule, step, "a step of 0 leads nowhere; write 1 or more")


def _is_special(rule: Rule, word: Word) -> bool:
    """Whether the word is one of the day fields' own; raises BadCron if it wants to be."""
    text = word.text
    if rule is DAY_OF_MONTH:
        if text in ("L", "LW"):
            return True
        if text.endswith("W"):
            day = word.part(0, len(text) - 1)
            if not _DIGITS.fullmatch(day.text):
                _refuse(rule, word, f"{_shown(text)} is not understood: W follows one day, as in 15W, or L")
            _check_value(rule, day)
            return True
        return False
    day_text, mark, nth = text.partition("#")
    if mark:
        _check_value(rule, word.part(0, len(day_text)))
        if nth != "L" and nth not in ("1", "2", "3", "4", "5"):
            _refuse(
                rule,
                word.part(len(day_text) + 1),
                f"which of the month's is not {_shown(nth)}: # is followed by 1 to 5, or L",
            )
        return True
    if text.endswith("L"):
        if text == "L":
            _refuse(rule, word, "L follows a day, as in 5L or FRIL, the last Friday of the month")
        _check_value(rule, word.part(0, len(text) - 1))
        return True
    return False


def _check_value(rule: Rule, word: Word) -> None:
    text = word.text
    if not text:
        _refuse(rule, word, "a value is missing here")
    if text in rule.names:
        return
    if not _DIGITS.fullmatch(text):
        _refuse(rule, word, _unknown(rule, text))
    if not rule.lowest <= _number(rule, text) <= rule.highest:
        _refuse(rule, word, f"{_shown(text, quote=False)} is out of range {rule.spoken}")


def _unknown(rule: Rule, text: str) -> str:
    if text == "?":
        return "? is for the day of month and the day of week; write *"
    if rule.names and text[:3] in rule.names:
        return f"{_shown(text)} is not understood; write {text[:3]}"
    kinds = f"a number, a name such as {rule.names[1]}" if rule.names else "a number"
    return f"{_shown(text)} is neither {kinds}, a range, a step nor *"


def _number(rule: Rule, text: str) -> int:
    """The number of a value that has been checked; what is too long to be one is out of every range."""
    if text in rule.names:
        return rule.names.index(text) + rule.lowest
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) < _SHOWN else 10**_SHOWN


def _forwards(rule: Rule, start: str, end: str) -> str:
    if rule is DAY_OF_WEEK and _number(rule, end) == rule.lowest:
        return f"write {start}-7"
    return f"write {start}-{rule.highest},{rule.lowest}-{end}"


def _shown(text: str, *, quote: bool = True) -> str:
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return repr(short) if quote else short


def _refuse(rule: Rule, word: Word, message: str) -> NoReturn:
    raise BadCron(f"{rule.name}: {message}", word.position)
