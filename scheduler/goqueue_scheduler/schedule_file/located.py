"""A document of which it is known where each part stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from goqueue_common.errors import pointer_word

MAX_DEPTH: Final = 100
"""How deep lists and objects may nest."""

_LOWEST, _HIGHEST = -(2**63), 2**64 - 1
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Place(NamedTuple):
    """Where something begins, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the reader of a text did not like. pointer: a JSON pointer to the value that it is about."""

    pointer: str
    place: Place
    detail: str


@dataclass(slots=True)
class Located:
    """What was read: plain JSON values and, by JSON pointer, where they and their names begin.

    broken_off: the text could not be read to its end, so the last entry may lack what was written.
    """

    value: object = None
    places: dict[str, Place] = field(default_factory=dict)
    names: dict[str, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken_off: bool = False

    def place(self, pointer: str) -> Place | None:
        """Of a value, or of what it should be part of."""
        return next((self.places[near] for near in upwards(pointer) if near in self.places), None)

    def name_place(self, pointer: str) -> Place | None:
        """Of the name of a value, where it has one."""
        return self.names.get(pointer) or self.place(pointer)


def below(pointer: str, key: str | int) -> str:
    """The pointer to a member or an item of what `pointer` names."""
    return f"{pointer}/{key if isinstance(key, int) else pointer_word(key)}"


def upwards(pointer: str) -> Iterator[str]:
    """The pointer itself, then those of all that it is part of."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""


def text_fault(text: str) -> str | None:
    """What is wrong with a string: nothing, as a rule."""
    return "holds half of a surrogate pair, which is no character" if _SURROGATE.search(text) else None


def read_whole_number(digits: str) -> int | None:
    """A decimal number; None beyond 64 bits, which is more than JSON carries safely."""
    if len(digits) > 25:
        return None
    value = int(digits)
    return value if _LOWEST <= value <= _HIGHEST else None


BEYOND_64_BITS: Final = "is a whole number beyond 64 bits: put it in quotes"
BEYOND_FLOAT: Final = "is a number beyond what a float can hold: put it in quotes"
