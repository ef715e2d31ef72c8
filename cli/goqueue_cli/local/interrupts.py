"""Signals that ask the supervisor to stop, and a wait that any signal ends."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Counts SIGINT, SIGTERM and SIGHUP for the length of a `with`; for the main thread only.

    received: how many came so far. The first asks for an orderly stop, the second for one at once.
    """

    def __init__(self) -> None:
        self.received = 0
        self._reader = -1
        self._writer = -1

    def __enter__(self) -> Self:
        # A pipe, not an Event: a handler that runs inside Event.wait can meet the Event's own lock held.
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._old_wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        wanted = [number for number in _STOP if not _is_ignored_hangup(number)]
        self._old_handlers = {number: signal.signal(number, self._count) for number in wanted}
        # A child's death ends the wait, too.
        self._old_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float) -> None:
        """Return after so many seconds, or earlier when a signal came or a child ended."""
        readable, _, _ = select.select([self._reader], [], [], max(0.0, seconds))
        if readable:
            os.read(self._reader, 4096)

    def stop_requested(self) -> bool:
        """Whether a signal asked for the end."""
        return self.received > 0

    def kill_requested(self) -> bool:
        """Whether a second signal asked for it at once."""
        return self.received > 1

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.received += 1


def _is_ignored_hangup(number: signal.Signals) -> bool:
    """Under nohup the end of the terminal is not the end of the stack."""
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
