"""Reading the frames of a traceback that Python has printed. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MAX_LINES: Final = 1_000
"""So many lines from the end are looked at."""
_BEGINS: Final = re.compile(r"(?:  \+ Exception Group )?Traceback \(most recent call last\):$")
_FRAME: Final = re.compile(r'  (?:\|   )?File "([^"\n]{1,4096})", line \d{1,9}, in (\S.{0,200})')
_NESTED: Final = re.compile(r"  \+-\+-")


class Frame(NamedTuple):
    """A function that was being executed; path with `/` between its parts."""

    path: str
    function: str


def last_frames(traceback: str) -> list[Frame]:
    """The frames of the error that was raised last, outermost first; not those of its causes, nor of errors grouped in it.

    The traceback may have lost its beginning.
    """
    frames: list[Frame] = []
    is_nested = False
    for line in traceback.splitlines()[-MAX_LINES:]:
        if _BEGINS.match(line):
            frames, is_nested = [], False
        elif _NESTED.match(line):
            is_nested = True
        elif not is_nested and (found := _FRAME.match(line)):
            frames.append(Frame(found[1].replace("\\", "/"), found[2]))
    return frames
