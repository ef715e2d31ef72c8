"""Keeps processes running: starts again what ends, more slowly each time, and stops all in order."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Protocol

from goqueue_cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHORTEST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 10.0
MISCONFIGURED = 2  # the exit code of a process whose settings make no sense; starting it again changes nothing
_IDLE_SECONDS = 1.0  # a child's end wakes the loop; this is for the rest


class Supervised(Protocol):
    """Something that runs as a child process of ours."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        ...

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        ...

    def is_running(self) -> bool:
        """Whether its process lives."""
        ...

    def start(self, given_up: Callable[[], bool]) -> None:
        """Start it, and wait until it serves if others need that; given_up ends the wait."""
        ...

    def stop(self, given_up: Callable[[], bool]) -> None:
        """End it in good order; at once when given_up says so."""
        ...


class Misconfigured(CommandError):
    """A process ended because its settings make no sense, and has said so itself."""


class Supervisor:
    """Watches processes that were started by `start`.

    say: takes a message for the person at the terminal.
    changed: called after each start, when process ids have changed.
    given_up: asked during waits; True when the person wants an end.
    """

    def __init__(
        self,
        *,
        say: Callable[[str], None],
        changed: Callable[[], None],
        given_up: Callable[[], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._changed = changed
        self._given_up = given_up
        self._monotonic = monotonic
        self._watched: list[_Watched] = []

    def watch(self, unit: Supervised) -> None:
        """Take over a process that runs already."""
        self._watched.append(_Watched(unit, started_at=self._monotonic()))
        self._changed()

    def start(self, unit: Supervised) -> None:
        """Start a process and watch it. Raises what its start raises."""
        unit.start(self._given_up)
        self.watch(unit)

    def step(self) -> float:
        """Start again what has ended and whose time has come; returns the seconds until there may be more.

        Raises Misconfigured when a process ended with exit code 2.
        """
        now = self._monotonic()
        for watched in self._watched:
            if watched.unit.is_running():
                continue
            if watched.restart_at is None:
                self._note_end(watched, now)
            elif now >= watched.restart_at:
                self._restart(watched)
        waits = [watched.restart_at - now for watched in self._watched if watched.restart_at is not None]
        return max(0.0, min([_IDLE_SECONDS, *waits]))

    def stop(self, units: Sequence[Supervised], given_up: Callable[[], bool]) -> None:
        """Stop these one after the other, as given; none of them is started again."""
        self._watched = [watched for watched in self._watched if watched.unit not in units]
        for unit in units:
            unit.stop(given_up)

    def _note_end(self, watched: _Watched, now: float) -> None:
        unit = watched.unit
        if unit.exit_code == MISCONFIGURED:
            raise Misconfigured(f"{unit.name} ended because of its settings: its own message is above")
        delay = watched.next_delay(now)
        watched.restart_at = now + delay
        self._say(f"{unit.name} ended ({describe_exit(unit.exit_code)}); starting it again in {delay:g} s")

    def _restart(self, watched: _Watched) -> None:
        watched.restart_at = None
        watched.started_at = self._monotonic()
        try:
            watched.unit.start(self._given_up)
        except CommandError as error:
            delay = watched.next_delay(self._monotonic())
            watched.restart_at = self._monotonic() + delay
            self._say(f"{error}; trying again in {delay:g} s")
        else:
            self._changed()


class _Watched:
    """One process and the patience with it."""

    def __init__(self, unit: Supervised, *, started_at: float) -> None:
        self.unit = unit
        self.started_at = started_at
        self.restart_at: float | None = None
        self._delay = SHORTEST_DELAY_SECONDS

    def next_delay(self, now: float) -> float:
        """Twice the last one, unless the process has run well for a while."""
        if now - self.started_at > LONGEST_DELAY_SECONDS:
            self._delay = SHORTEST_DELAY_SECONDS
        delay = self._delay
        self._delay = min(LONGEST_DELAY_SECONDS, delay * 2)
        return delay


def describe_exit(code: int | None) -> str:
    """An exit code as subprocess gives it, in words."""
    if code is not None and code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exit code {code}"
