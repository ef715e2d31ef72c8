"""How a child ends: give back what has not started, let the rest finish, interrupt what does not, write everything."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Final

from goqueue_common.clock import Clock
from goqueue_common.job import Outcome
from goqueue_worker.acknowledger import Acknowledger
from goqueue_worker.attempt import Attempt, InterruptReason
from goqueue_worker.executor import interrupted_outcome
from goqueue_worker.outcomes import AttemptEnd
from goqueue_worker.pool import Pool

_WRITE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.02


class Shutdown:
    """Nothing is counted: an attempt that a shutdown interrupts goes back to its queue."""

    def __init__(
        self, worker_id: str, pool: Pool, acknowledger: Acknowledger, clock: Clock, *, interrupt_grace: float
    ) -> None:
        self._worker_id = worker_id
        self._pool = pool
        self._acknowledger = acknowledger
        self._clock = clock
        self._interrupt_grace = interrupt_grace

    def finish(self, timeout_seconds: float, *, ignore: Collection[Attempt]) -> list[Outcome]:
        """Claiming must have stopped. `ignore`: attempts known to be deaf, not waited for.

        Returns outcomes of attempts that do not end: the parent writes them when this process, and with it their
        threads, has ended.
        """
        for attempt in self._pool.take_unstarted():
            self._acknowledger.put(attempt, self._end(attempt).released())
        self._wait_for_threads(timeout_seconds, ignore)
        self._interrupt()
        self._wait_for_threads(self._interrupt_grace, ignore)
        unwritten = [
            interrupted_outcome(attempt, self._end(attempt), None) or self._end(attempt).released()
            for _, attempt in self._pool.running()
        ]
        self._pool.wait_until_settled(_WRITE_SECONDS, but_for=len(unwritten))
        return unwritten

    def _wait_for_threads(self, timeout_seconds: float, ignore: Collection[Attempt]) -> None:
        """Until they have let go of every attempt, those too that a thread is about to begin, but for deaf ones."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            deaf = sum(attempt in ignore for _, attempt in self._pool.running())
            if self._pool.unfinished <= deaf:
                return
            time.sleep(_LOOK_SECONDS)

    def _interrupt(self) -> None:
        for slot, attempt in self._pool.running():
            slot.interrupt(attempt, InterruptReason.SHUTDOWN, self._clock.boottime())

    def _end(self, attempt: Attempt) -> AttemptEnd:
        return AttemptEnd(attempt.job, attempt.handler.backoff, self._worker_id, self._clock)
