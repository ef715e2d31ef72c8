"""Lines of several processes in one terminal, each with the name of its process in front."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TextIO

from goqueue_cli.output import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_COLOURS = (36, 35, 33, 32, 34)  # cyan, magenta, yellow, green, blue; red is left to the processes themselves


class PrefixedOutput:
    """A stream that many threads may write whole lines to.

    names: of all who will write, so that the columns are even; a name's colour is its place among them.
    """

    def __init__(self, stream: TextIO, names: Sequence[str], *, colour: bool) -> None:
        self._stream: TextIO | None = stream
        self._lock = threading.Lock()
        width = max(map(len, names))
        self._prefixes = {
            name: _prefix(name.ljust(width), _COLOURS[place % len(_COLOURS)] if colour else None)
            for place, name in enumerate(names)
        }

    def line(self, name: str, text: str) -> None:
        """Write one line."""
        with self._lock:
            if self._stream is None:
                return
            try:
                self._stream.write(f"{self._prefixes[name]}{clean(text)}\n")
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                # Whoever read our output has gone. The processes must not stall or die for that.
                self._stream = None

    def copy(self, name: str, lines: Iterable[bytes]) -> None:
        """Write what a process writes, until it ends."""
        for line in lines:
            self.line(name, line.decode(errors="replace").rstrip("\r\n"))


def _prefix(name: str, colour: int | None) -> str:
    return f"{name} | " if colour is None else f"\x1b[{colour}m{name} |\x1b[0m "
