"""One small loop for everything that works in the background: an object with `step() -> seconds to sleep`."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from typing import Final, Protocol

import structlog

log = structlog.get_logger(__name__)

_AFTER_ERROR_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 5.0


class Stepper(Protocol):
    """A background duty; tests call `step` themselves."""

    def step(self) -> float:
        """Do a little; how many seconds to sleep before the next."""


class Pulse:
    """When a loop last turned; any thread may ask."""

    def __init__(self) -> None:
        self._turned_at = time.monotonic()

    def turn(self) -> None:
        """The loop turns now."""
        self._turned_at = time.monotonic()

    @property
    def age_seconds(self) -> float:
        """How long ago that was."""
        return time.monotonic() - self._turned_at


class Runner:
    """Runs one duty in a thread of its own until stopped. An error of a step is logged and the duty goes on.

    pulse: turns with every step.
    """

    def __init__(self, duty: Stepper, name: str) -> None:
        self.pulse = Pulse()
        self._duty = duty
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Runner:
        """Begin."""
        self._thread.start()
        return self

    def stop(self, timeout_seconds: float = _STOP_SECONDS) -> None:
        """Ask for the end and wait for the step in progress."""
        self.ask_to_stop()
        self._thread.join(timeout_seconds)

    def ask_to_stop(self) -> None:
        """Have it end with its step in progress."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.pulse.turn()
            try:
                pause = self._duty.step()
            except Exception:
                log.exception("background_step_failed", duty=self._thread.name)
                pause = _AFTER_ERROR_SECONDS
            if pause > 0:
                self._stop.wait(pause)


def stop_all(runners: Collection[Runner]) -> None:
    """Stop them at once: all of them together get the time that one would get."""
    for runner in runners:
        runner.ask_to_stop()
    deadline = time.monotonic() + _STOP_SECONDS
    for runner in runners:
        runner.stop(max(0.0, deadline - time.monotonic()))
