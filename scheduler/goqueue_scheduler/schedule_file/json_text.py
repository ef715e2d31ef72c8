"""JSON -> plain values with their lines. As strict as the API: no NaN, no comment, no name twice."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from typing import Final, NoReturn

from goqueue_scheduler.schedule_file.located import (
    BEYOND_64_BITS,
    BEYOND_FLOAT,
    MAX_DEPTH,
    Fault,
    Located,
    Place,
    below,
    read_whole_number,
    text_fault,
)

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_WORD: Final = re.compile(r"[-+.\w]+")
_LITERALS: Final = {"true": True, "false": False, "null": None}


def read_json(text: str) -> Located:
    """The value in `text`. Nothing but white space is None."""
    reader = _Reader(text)
    try:
        reader.read()
    except _BrokenOff:
        reader.found.broken_off = True
    return reader.found


class _BrokenOff(Exception):
    """The rest cannot be read; the fault is among those of the document."""


class _Reader:
    """Reads from left to right. A list or object is kept before it is filled, so that what was read survives a fault."""

    def __init__(self, text: str) -> None:
        self.found = Located()
        self._text = text
        self._at = 0
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def read(self) -> None:
        """Fill `found`. Raises _BrokenOff."""
        if self._next():
            self._value("", self._keep_root, 0)
        if self._next():
            self._break(f"{self._word()} follows the end of the document: remove it")

    def _keep_root(self, value: object) -> None:
        self.found.value = value

    def _value(self, pointer: str, keep: Callable[[object], object], depth: int) -> None:
        place = self._place()
        self.found.places.setdefault(pointer, place)
        match self._next():
            case "[" | "{" if depth >= MAX_DEPTH:
                self._break(f"is nested deeper than {MAX_DEPTH} levels")
            case "[":
                items: list[object] = []
                keep(items)
                self._list(pointer, items, depth + 1)
            case "{":
                members: dict[str, object] = {}
                keep(members)
                self._object(pointer, members, depth + 1)
            case '"':
                keep(self._string(pointer))
            case _:
                keep(self._number_or_literal(pointer, place))

    def _list(self, pointer: str, items: list[object], depth: int) -> None:
        opened = self._opened()
        if self._closed("]"):
            return
        while True:
            self._value(below(pointer, len(items)), items.append, depth)
            if self._ended("]", opened):
                return

    def _object(self, pointer: str, members: dict[str, object], depth: int) -> None:
        opened = self._opened()
        if self._closed("}"):
            return
        while True:
            place = self._place()
            if self._next() != '"':
                self._break(f"a name in double quotes is missing before {self._word()}")
            name = self._string(pointer)
            inner = below(pointer, name)
            first = self.found.names.setdefault(inner, place)
            if first is not place:
                self._fault(pointer, place, f"{name!r:.80} is there already, in line {first.line}")
            if self._next() != ":":
                self._break(f"a colon is missing after the name {name!r:.80}")
            self._at += 1
            self._next()
            self._value(inner, partial(members.setdefault, name), depth)
            if self._ended("}", opened):
                return

    def _opened(self) -> Place:
        place = self._place()
        self._at += 1
        return place

    def _closed(self, sign: str) -> bool:
        if self._next() != sign:
            return False
        self._at += 1
        return True

    def _ended(self, sign: str, opened: Place) -> bool:
        """Whether a list or object ends here; after a comma it goes on."""
        if self._closed(sign):
            return True
        place = self._place()
        if self._next() != ",":
            self._break(
                f"a comma or {sign} is missing before {self._word()}: what it belongs to opens in line {opened.line}"
            )
        self._at += 1
        if self._next() == sign:
            self._break(f"a comma stands before {sign}: remove it", place)
        return False

    def _string(self, pointer: str) -> str:
        place, match = self._place(), _STRING.match(self._text, self._at)
        if match is None:
            self._break("the text that begins here has no closing quote in its line")
        self._at = match.end()
        try:
            value: str = json.loads(match[0])
        except json.JSONDecodeError as error:
            self._break(
                f"a backslash in {match[0]:.80} is followed by what it may not be: write \\\\ for a backslash", place, error
            )
        if (fault := text_fault(value)) is not None:
            self._fault(pointer, place, fault)
        return value

    def _number_or_literal(self, pointer: str, place: Place) -> object:
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            self._at = number.end()
            value = read_whole_number(number[0]) if number[1] is number[2] is None else float(number[0])
            if value is None or not math.isfinite(value):
                self._fault(pointer, place, BEYOND_64_BITS if value is None else BEYOND_FLOAT)
                return number[0]
            return value
        word = self._word()
        if word not in _LITERALS:
            self._break(f"{word} is no JSON: texts stand in double quotes, and there are no comments")
        self._at += len(word)
        return _LITERALS[word]

    def _next(self) -> str:
        """The next character that is no white space; nothing at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space is not None else self._at
        return self._text[self._at : self._at + 1]

    def _word(self) -> str:
        """What stands here, for messages."""
        self._next()
        match = _WORD.match(self._text, self._at)
        shown = match[0] if match is not None else self._text[self._at : self._at + 1]
        return f"{shown:.80}" if shown else "the end of the file"

    def _place(self) -> Place:
        self._next()
        line = bisect_right(self._lines, self._at)
        return Place(line, self._at - self._lines[line - 1] + 1)

    def _fault(self, pointer: str, place: Place, detail: str) -> None:
        self.found.faults.append(Fault(pointer, place, detail))

    def _break(self, detail: str, place: Place | None = None, cause: Exception | None = None) -> NoReturn:
        self._fault("", place or self._place(), detail)
        raise _BrokenOff from cause
