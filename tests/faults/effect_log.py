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
        self.start = 0

    def mark(self) -> None:
        """Read from here on."""
        self.start = self.path.stat().st_size

    def read(self) -> list[Effect]:
        """Everything since the mark."""
        return list(self._lines())

    def _lines(self) -> Iterator[Effect]:
        with self.path.open() as file:
            file.seek(self.start)
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


class Tally:
    """Counts the runs in a long effect log while it grows; reads each line once."""

    def __init__(self, log: EffectLog) -> None:
        self._file = log.path.open("rb")
        self._file.seek(log.start)
        self._seen: set[bytes] = set()
        self._rest = b""
        self._last_at: float | None = None
        self.runs = 0
        self.repeated = 0
        self.longest_pause = 0.0

    def update(self) -> int:
        """Take in what is new; how many runs there were so far."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        for line in lines:
            word, job_id, _, at, _ = line.split()
            if word == b"start":
                self._count(bytes.fromhex(job_id.replace(b"-", b"").decode()), float(at))
        return self.runs

    def forget_pauses(self) -> None:
        """Look for the longest pause between two runs from here on."""
        self.longest_pause = 0.0

    def close(self) -> None:
        """Read no more."""
        self._file.close()

    def _count(self, job_id: bytes, at: float) -> None:
        self.runs += 1
        if job_id in self._seen:
            self.repeated += 1
        self._seen.add(job_id)
        if self._last_at is not None:
            self.longest_pause = max(self.longest_pause, at - self._last_at)
        self._last_at = at
