"""The fields of a valid expression taken apart, for those who put them into words."""

from __future__ import annotations

from dataclasses import dataclass

from goqueue_common.cron.faults import DAY_OF_MONTH, DAY_OF_WEEK, Rule


@dataclass(frozen=True, slots=True)
class Term:
    """Every `step`th number from `first` to `last`."""

    first: int
    last: int
    step: int

    @property
    def numbers(self) -> range:
        """The numbers that it stands for."""
        return range(self.first, self.last + 1, self.step)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. specials: those of its terms that are no numbers, such as `L`, `15W`, `5L` or `1#2`."""

    rule: Rule
    terms: tuple[Term, ...]
    specials: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return 7 if self.rule is DAY_OF_WEEK else self.rule.highest - self.rule.lowest + 1

    @property
    def numbers(self) -> list[int]:
        """The numbers that it names, each once, rising; Sunday is 7."""
        named = {number for term in self.terms for number in term.numbers}
        return sorted({number or 7 for number in named} if self.rule is DAY_OF_WEEK else named)

    @property
    def is_any(self) -> bool:
        """Whether it leaves nothing out."""
        return len(self.numbers) == self.size

    @property
    def only(self) -> Term | None:
        """Its one term of more than one number, where it has nothing else."""
        one = self.terms[0] if len(self.terms) == 1 and not self.specials else None
        return one if one and len(one.numbers) > 1 else None

    @property
    def every(self) -> int | None:
        """Its step, where it goes through the whole range evenly: 5 for `*/5` minutes, 1 for `*`."""
        if self.is_any:
            return 1
        steps = self.only
        even = steps is not None and steps.first == self.rule.lowest and len(steps.numbers) * steps.step == self.size
        return steps.step if steps and even else None


def take_apart(rule: Rule, text: str) -> Field:
    """A field of a valid expression, in upper case."""
    terms, specials = [], []
    for word in text.split(","):
        base, slash, step = word.partition("/")
        start, dash, end = base.partition("-")
        if base == "*":
            terms.append(Term(rule.lowest, rule.highest, int(step or 1)))
        elif rule in (DAY_OF_MONTH, DAY_OF_WEEK) and ("#" in base or base.endswith(("L", "W"))):
            specials.append(base)
        else:
            first = rule.number(start)
            last = rule.number(end) if dash else rule.highest if slash else first
            terms.append(Term(first, last, int(step or 1)))
    return Field(rule, tuple(terms), tuple(specials))
