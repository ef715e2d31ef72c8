"""A cron expression: five fields, or six with the second first, or an alias such as `@daily`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cronsim import CronSimError

from goqueue_common.cron.faults import ANY_DAY, DAY_OF_MONTH, DAY_OF_WEEK, RULES, Rule, Word, faults
from goqueue_common.cron.hopeless import refuse_hopeless
from goqueue_common.cron.labels import Labels
from goqueue_common.cron.words import in_words
from goqueue_common.errors import BadCron

MAX_LENGTH: Final = 256
"""No field needs more: 60 numbers and commas are 170 characters."""
ALIASES: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_WORD: Final = re.compile(r"[^ \t\r\n]+")
_ODD: Final = re.compile(r"[^\x21-\x7e \t\r\n]")
_STEPS_IN_RANGE: Final = re.compile(r"(\d+|[A-Z]{3})-(\d+|[A-Z]{3})/0*[1-9]\d*")
_LAST_NAMED: Final = re.compile(rf"({'|'.join(DAY_OF_WEEK.names)}|\d+)#?L")


@dataclass(frozen=True, slots=True)
class Cron:
    """A valid expression; `parse` makes it.

    text: as it was written. fields: six of them, second first, as cronsim reads them, but with `15W`.
    labels: never iterated itself, only started anew by `labels.after`.
    """

    text: str
    fields: tuple[str, ...]
    labels: Labels = field(repr=False, compare=False)

    @property
    def is_fixed(self) -> bool:
        """Whether it names times of the day: neither its minute nor its hour starts with `*`."""
        return not (self.fields[1].startswith("*") or self.fields[2].startswith("*"))

    def words(self) -> str:
        """What it says, in English: `At 02:30 every day`."""
        return in_words(self.fields)


@lru_cache(maxsize=4096)
def parse(text: str) -> Cron:
    """Read an expression. Raises BadCron, with the position in the text of what is wrong."""
    written = _split(text)
    rules = RULES[-len(written) :]
    read = tuple(_as_cronsim(rule, word.upper) for rule, word in zip(rules, written, strict=True))
    fields = read if len(read) == len(RULES) else ("0", *read)
    try:
        labels = Labels(fields)
    except (CronSimError, ValueError, AssertionError) as error:
        raise next(faults(written), BadCron("the expression is not understood", written[0].position)) from error
    refuse_hopeless(labels, written)
    return Cron(text, fields, labels)


def _split(text: str) -> list[Word]:
    """The five or six fields as they were written; of an alias those that it stands for."""
    if len(text) > MAX_LENGTH:
        raise BadCron(f"the expression is too long: {len(text)} characters, {MAX_LENGTH} at most", MAX_LENGTH)
    if odd := _ODD.search(text):
        raise BadCron(f"the character {odd[0]!r} has no place in a cron expression", odd.start())
    words = [Word(found[0], found.start()) for found in _WORD.finditer(text)]
    if words and words[0].text.startswith("@"):
        return _alias(words)
    if len(words) in (len(RULES) - 1, len(RULES)):
        return words
    position = words[len(RULES)].position if len(words) > len(RULES) else len(text.rstrip())
    many = f"{len(words) or 'no'} field{'' if len(words) == 1 else 's'}"
    raise BadCron(
        f"{many}; write five (minute, hour, day of month, month, day of week), or six with the second first", position
    )


def _alias(words: Sequence[Word]) -> list[Word]:
    name = words[0].text.lower()
    if name == "@reboot":
        raise BadCron("@reboot names no time, and a schedule fires by the clock", words[0].position)
    if name not in ALIASES:
        raise BadCron(f"{words[0].shown} is not known; write {', '.join(ALIASES)}, or five fields", words[0].position)
    if len(words) > 1:
        raise BadCron(f"{name} stands alone, without fields", words[1].position)
    return [Word(field, words[0].position) for field in ALIASES[name].split()]


def _as_cronsim(rule: Rule, text: str) -> str:
    """A field in cronsim's terms: any day is `*`, the last Friday `5L`; and `5-5/2` is 5, not 5 and all that follow."""
    if rule in (DAY_OF_MONTH, DAY_OF_WEEK) and text == ANY_DAY:
        return "*"
    terms = [_one_number(rule, term) for term in text.split(",")]
    if rule is DAY_OF_WEEK:
        terms = [f"{rule.number(last[1])}L" if (last := _LAST_NAMED.fullmatch(term)) else term for term in terms]
    return ",".join(terms)


def _one_number(rule: Rule, term: str) -> str:
    """The number of a range from it to itself that has a step; any other term as it is."""
    found = _STEPS_IN_RANGE.fullmatch(term)
    if not found or not all(end.isdigit() or end in rule.names for end in found.groups()):
        return term
    return found[1] if rule.number(found[1]) == rule.number(found[2]) else term
