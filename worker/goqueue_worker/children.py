"""The children of a worker: started, watched, replaced and stopped by its main loop, alone in changing them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from goqueue_worker.child_process import ChildProcess
from goqueue_worker.ending import RECYCLING, EndReason
from goqueue_worker.memory_watch import bytes_of
from goqueue_worker.seat import Seat
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.settler import Settler
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.worker_metrics import WorkerMetrics

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 0.5
MISCONFIGURED: Final = 2
"""Exit code of a child whose settings or handlers make no sense."""


class Children:
    """`look` is called every LOOK_SECONDS, and sooner after `on_change`, which is called from other threads.

    failure: why a child could not work: settings or handlers that make no sense. metrics: None, nobody asks for them.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        settler: Settler,
        on_change: Callable[[], None],
        metrics: WorkerMetrics | None = None,
    ) -> None:
        self._settings = settings
        self._settler = settler
        self._on_change = on_change
        self._metrics = metrics
        self._seats = [Seat(number) for number in range(settings.processes)]
        self._looked_at = float("-inf")
        self._lost: set[str] = set()
        self._changes = 0
        self._told_of: tuple[int, str] | None = None
        self.failure: str | None = None

    @property
    def running(self) -> list[ChildProcess]:
        """Those whose end has not been taken in yet; may be asked from any thread."""
        return [child for seat in self._seats if (child := seat.child) is not None]

    def look(self) -> bool:
        """Take in what ended, start what is missing, see that all live. False: the burst is over."""
        for seat in self._seats:
            if seat.child is not None and seat.child.exit_code() is not None:
                self._bury(seat.child, seat)
            if seat.is_due():
                self._start(seat)
        self._see_that_all_live()
        return any(not seat.is_done for seat in self._seats)

    def reload(self, changes: int) -> None:
        """The children load the handlers, so new ones bring the new code; what runs may end first.

        changes: how often the handlers have changed.
        """
        self._changes = changes
        for seat in self._seats:
            seat.next_start_at = 0.0
        self.stop()

    def leases(self) -> Mapping[str, SlotTable]:
        """Slot tables of those whose lease is to be renewed, by worker id; asked by the heartbeat's thread."""
        return {
            child.worker_id: child.table
            for child in self.running
            if child.worker_id is not None and child.worker_id not in self._lost
        }

    def memory(self) -> Mapping[str, int]:
        """Bytes that they occupy, by worker id, of those whose system tells; asked by the heartbeat's thread."""
        found = {child.worker_id: bytes_of(child.pid) for child in self.running if child.worker_id is not None}
        return {worker_id: occupied for worker_id, occupied in found.items() if occupied is not None}

    def declared_lost(self, worker_id: str) -> None:
        """Somebody has declared this one lost: it must end. Told by the heartbeat's thread."""
        self._lost.add(worker_id)
        self._on_change()

    def stop(self) -> None:
        """Tell all to end in order."""
        for child in self.running:
            child.stop_or_kill()

    def kill(self) -> None:
        """End all at once."""
        for child in self.running:
            child.kill()

    def settle_stopped(self) -> None:
        """Have settled what they left, nothing of it counted; all must have ended."""
        for seat in self._seats:
            child, seat.child = seat.child, None
            remains = None if child is None else child.remains(shutting_down=True)
            if remains is not None:
                self._settler.add(remains)

    def _start(self, seat: Seat) -> None:
        seat.started(self._changes)
        try:
            seat.child = ChildProcess(
                self._settings,
                seat.number,
                self._on_change,
                look_seconds=LOOK_SECONDS,
                counts_folder=None if self._metrics is None else self._metrics.folder.path,
            )
        except OSError as error:  # no process, memory or disk to be had now; the other children work on
            seat.ended(steadily=False)
            log.error("child_not_started", child=seat.number, reason=str(error))  # noqa: TRY400 - the reason says it all

    def _bury(self, child: ChildProcess, seat: Seat) -> None:
        seat.child = None
        self._lost.discard(child.worker_id or "")
        code = child.exit_code()
        remains = child.remains(shutting_down=False)
        if remains is not None:
            self._settler.add(remains)
        if child.failure is not None and code == MISCONFIGURED:
            self._not_loaded(child.failure, seat)
        elif code == 0 and child.ending is EndReason.DRAINED:
            seat.is_done = True
        elif seat.changes != self._changes:
            self._count_restart("reload")
            seat.ended(steadily=True)
        elif child.ending in RECYCLING and code in (0, 1):
            self._count_restart(child.ending)
            self._recycle(child.ending, seat)
        else:
            self._count_restart(_why(child, code))
            pause = seat.ended(steadily=code == 0)
            log.warning(
                "child_ended",
                child=child.number,
                exit_code=code,
                reason=child.failure or child.ending,
                next_in_seconds=pause,
            )

    def _count_restart(self, reason: str) -> None:
        if self._metrics is not None:
            self._metrics.count_restart(reason)

    def _recycle(self, reason: EndReason, seat: Seat) -> None:
        """A fresh child, at once, or ever later if each is stuck, or exceeds its memory, soon after its start."""
        pause = seat.ended(steadily=reason is EndReason.MAX_JOBS)
        log.info("child_recycled", child=seat.number, reason=reason, next_in_seconds=pause)
        if pause and reason is EndReason.MAX_MEMORY:
            says = "it was exceeded soon after the start, again and again: raise --max-memory"
            log.warning("memory_limit_too_low", child=seat.number, limit_mib=self._settings.max_memory, reason=says)

    def _not_loaded(self, failure: str, seat: Seat) -> None:
        """The end of the worker; with --reload the next change may mend it."""
        if not self._settings.reload:
            self.failure = failure
        elif seat.changes != self._changes:
            seat.ended(steadily=True)
        else:
            seat.next_start_at = float("inf")
            if self._told_of != (self._changes, failure):  # once, not by each child
                log.error("handlers_not_loaded", reason=failure, then="waiting for a change")
            self._told_of = (self._changes, failure)

    def _see_that_all_live(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:  # woken early; see ProofOfLife for why looks are counted
            return
        self._looked_at = now
        for child in self.running:
            if child.worker_id is None or child.is_killed:
                continue  # importing a model may take longer than a lease
            if child.is_ending:
                child.life.look_at_end()
            else:
                child.life.look()
            self._kill_if_dead(child)

    def _kill_if_dead(self, child: ChildProcess) -> None:
        if child.worker_id in self._lost and not child.is_ending:
            log.error("child_declared_lost", child=child.number, worker_id=child.worker_id)
        elif (loop := child.life.dead_loop()) is not None:
            seconds = child.life.still_seconds[loop]
            log.error("child_stands_still", child=child.number, loop=loop.label, seconds=seconds)
        elif child.life.ending_seconds > self._settings.end_seconds:
            log.error("child_does_not_end", child=child.number, seconds=child.life.ending_seconds)
        else:
            return
        child.kill()


def _why(child: ChildProcess, code: int | None) -> str:
    """Why it must be replaced, in a word of few."""
    if child.ending is EndReason.LOST:
        return EndReason.LOST
    return "signal" if code is not None and code < 0 else "exit"
