"""What handlers really did, read from the file that they append to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Effect(NamedTuple):
    """One line. word: start or end; at: seconds of the monotonic clock; pid: of the process that ran the handler."""

    word: str
    job_id: str
    attempt: int
    at: float
    pid: int


class EffectLog:
    """A file that outlives every process. `mark` parts what was there from what comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()
        self._start = 0

    def mark(self) -> None:
        """Read from here on."""
        self._start = self.path.stat().st_size

    def read(self) -> list[Effect]:
        """Everything since the mark."""
        return list(self._lines())

    def _lines(self) -> Iterator[Effect]:
        with self.path.open() as file:
            file.seek(self._start)
            for line in file:
                if line.endswith("\n"):  # the last may be about to be written
                    word, job_id, attempt, at, pid = line.split()
                    yield Effect(word, job_id, int(attempt), float(at), int(pid))


def starts(effects: Iterable[Effect]) -> list[Effect]:
    """The runs among them."""
    return [effect for effect in effects if effect.word == "start"]


def in_flight(effects: Iterable[Effect]) -> list[Effect]:
    """Starts without an end."""
    running: dict[tuple[str, int], Effect] = {}
    for effect in effects:
        if effect.word == "start":
            running[effect.job_id, effect.attempt] = effect
        else:
            running.pop((effect.job_id, effect.attempt), None)
    return list(running.values())
