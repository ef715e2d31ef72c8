"""The numbers of one process, in memory that outlives it: neither a killed process nor its successor loses or doubles any.

A file of a fixed size in memory that is shared. Its first word says how much of it is used; then come entries, each a
header (length of the key, how many numbers), the key as JSON padded to whole words, and the numbers. Entries are never
moved, and a number is written in one go, so that another process may read at any moment.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

SIZE: Final = 256 * 1024
_WORD: Final = 8
_HEADER: Final = struct.Struct("=II")
_FIRST: Final = 64 * _WORD
"""Before it: the first word, and room for the numbers of what finds none."""
NOWHERE: Final = 1
"""The place of numbers that are not kept."""

Key = tuple[str, tuple[str, ...]]
"""A family's name and the values of its labels."""


class CountFile:
    """Written by one process at a time. numbers: all of them; `place` says which are whose."""

    def __init__(self, path: Path | None) -> None:
        """Goes on where the process before has left it. path: None, memory of this process alone. Raises OSError."""
        self._memory = mmap.mmap(-1, SIZE) if path is None else _mapped(path)
        view = memoryview(self._memory)
        self.numbers = view.cast("d")
        self._used = view.cast("Q")
        self._used[0] = max(self._used[0], _FIRST)
        self._places = {key: place for key, place, _ in _entries(self._memory)}

    def place(self, key: Key, width: int) -> int:
        """Where the `width` numbers of this key begin; a new one's are zeros. NOWHERE: there is no room for it."""
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._append(key, width)
        return place

    def entries(self) -> Iterator[tuple[Key, list[float]]]:
        """What it has now."""
        return ((key, list(self.numbers[place : place + width])) for key, place, width in _entries(self._memory))

    def _append(self, key: Key, width: int) -> int:
        text = orjson.dumps(key)
        text += b" " * (-len(text) % _WORD)
        used = self._used[0]
        begin = used + _HEADER.size + len(text)
        end = begin + width * _WORD
        if end > SIZE:
            return NOWHERE
        self._memory[used:begin] = _HEADER.pack(len(text), width) + text
        self._used[0] = end  # last: whoever reads now sees all of the entry or none
        return begin // _WORD


def read(path: Path) -> list[tuple[Key, list[float]]]:
    """What the file of another process has now. Raises OSError."""
    content = path.read_bytes()
    if len(content) < SIZE:
        return []  # not yet made
    numbers = memoryview(content).cast("d")
    return [(key, list(numbers[place : place + width])) for key, place, width in _entries(content)]


def _entries(content: bytes | mmap.mmap) -> Iterator[tuple[Key, int, int]]:
    used = min(int.from_bytes(content[:_WORD], sys.byteorder), SIZE)
    at = _FIRST
    while at < used:
        length, width = _HEADER.unpack_from(content, at)
        begin = at + _HEADER.size + length
        name, labels = orjson.loads(content[at + _HEADER.size : begin])
        yield (name, tuple(labels)), begin // _WORD, width
        at = begin + width * _WORD


def _mapped(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, SIZE)  # else a full disk would kill whoever writes, by SIGBUS
        else:  # macOS
            os.ftruncate(descriptor, SIZE)
        return mmap.mmap(descriptor, SIZE)
    finally:
        os.close(descriptor)
