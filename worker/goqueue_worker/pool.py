"""The threads of a child that run handlers, and the buffer of claimed attempts in front of them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final

import structlog

from goqueue_common.database import LOCK_TIMEOUT, sqlstate
from goqueue_common.errors import StoreUnavailable
from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.executor import Executor
from goqueue_worker.pace import Meter, Pace
from goqueue_worker.running import RUNNING
from goqueue_worker.slot_table import SlotTable

log = structlog.get_logger(__name__)

MAX_PREFETCH: Final = 1_000
_MARK_AGAIN_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.1


class Pool:
    """`slots` threads. `room` says how many more attempts to claim; `held` counts those claimed and not yet settled.

    may_start: whether the lease lives. mark_alone: writes down that an attempt is about to run alone; False: it is no
    longer ours. Raises StoreUnavailable. max_jobs: how many attempts it takes in its life; None: any number.
    """

    def __init__(
        self,
        slots: int,
        executor: Executor,
        table: SlotTable,
        deliver: Callable[[Attempt, Outcome], None],
        may_start: Callable[[], bool],
        mark_alone: Callable[[Attempt], bool],
        *,
        max_jobs: int | None = None,
    ) -> None:
        self.slots = [RunningSlot() for _ in range(slots)]
        self._executor = executor
        self._table = table
        self._deliver = deliver
        self._may_start = may_start
        self._mark_alone = mark_alone
        self._work: SimpleQueue[Attempt | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._suspects: deque[Attempt] = deque()
        self._alone = threading.Lock()
        self._stopping = False
        self._held = 0
        self._left = max_jobs
        self._taken_in = 0
        self._pace = Pace(slots)
        self._threads = [
            threading.Thread(target=self._run, args=(slot, meter), name=f"handler-{number}", daemon=True)
            for number, (slot, meter) in enumerate(zip(self.slots, self._pace.meters, strict=True))
        ]

    def start(self) -> None:
        """Begin to run what is put in."""
        for thread in self._threads:
            thread.start()

    def put(self, attempts: Sequence[Attempt]) -> None:
        """Run these as threads become free, in order."""
        with self._changed:
            self._held += len(attempts)
            self._taken_in += len(attempts)
            if self._left is not None:
                self._left -= len(attempts)
        for attempt in attempts:
            self._work.put(attempt)

    def settled(self, attempts: Sequence[Attempt]) -> None:
        """These are written, or no longer ours."""
        with self._changed:
            for attempt in attempts:
                attempt.is_settled = True
            self._held -= len(attempts)
            self._changed.notify_all()

    @property
    def held(self) -> int:
        """Attempts claimed and not yet settled."""
        return self._held

    def room(self) -> int:
        """How many attempts to claim now; 0: wait. Small batches are put off while the buffer is more than half full."""
        prefetch = min(MAX_PREFETCH, self._pace.prefetch())
        room = len(self.slots) + prefetch - self._waiting_or_running
        if room < max(1, prefetch // 2):
            return 0
        return room if self._left is None else min(room, self._left)

    @property
    def has_waiting(self) -> bool:
        """Whether something waits for a thread, and no thread is about to take it."""
        return not self._work.empty() and self.unfinished > len(self.slots)

    def recall_stuck(self) -> list[Attempt]:
        """Take back what waits while every thread is at a long attempt: another worker may be free. As `recall`."""
        if not self._pace.is_stuck(anything_waits=self.has_waiting):
            return []
        return self._take_back(self._waiting(), lambda _: True)

    @property
    def is_spent(self) -> bool:
        """Whether it has taken as many attempts as it may, and all of them have started."""
        return self._left == 0 and self._work.empty() and not self._suspects

    @property
    def _waiting_or_running(self) -> int:
        """Suspects that wait for each other keep no thread from other work: as many as there are threads do not count."""
        return self._held - min(len(self._suspects), len(self.slots), MAX_PREFETCH)

    def startable(self) -> int:
        """How many more attempts could start at once; what is claimed ahead would keep a slot of a limit from others."""
        free = len(self.slots) - self._waiting_or_running
        return max(0, free if self._left is None else min(free, self._left))

    def wait_until(self, condition: Callable[[], bool], timeout_seconds: float) -> None:
        """Until it holds after something was settled, or for so long."""
        with self._changed:
            self._changed.wait_for(condition, timeout_seconds)

    @property
    def unfinished(self) -> int:
        """Attempts that wait for a thread, or that a thread has taken and not yet let go; `running` lacks those it is just
        taking.
        """
        return self._taken_in - sum(meter.finished + meter.dropped for meter in self._pace.meters)

    def take_unstarted(self) -> list[Attempt]:
        """Take back what no thread has begun; only at the end, nothing may be put in after it."""
        self._stopping = True
        taken = self._unstarted()
        self._taken_in -= len(taken)
        return taken

    def recall(self, is_unwanted: Callable[[Attempt], bool]) -> list[Attempt]:
        """Take back of what no thread has begun that which is not to run here; the rest stays, in its order.

        They are held until they are settled. For the thread that puts attempts in.
        """
        return self._take_back(self._unstarted(), is_unwanted)

    def _take_back(self, attempts: Sequence[Attempt], is_unwanted: Callable[[Attempt], bool]) -> list[Attempt]:
        taken: list[Attempt] = []
        for attempt in attempts:
            if is_unwanted(attempt):
                taken.append(attempt)
            else:
                self._work.put(attempt)
        with self._changed:
            self._taken_in -= len(taken)
            if self._left is not None:
                self._left += len(taken)
        return taken

    def _unstarted(self) -> list[Attempt]:
        taken: list[Attempt] = []
        while self._suspects:
            with suppress(IndexError):  # a thread was quicker
                taken.append(self._suspects.popleft())
        return [*taken, *self._waiting()]

    def _waiting(self) -> list[Attempt]:
        taken: list[Attempt] = []
        while True:
            try:
                attempt = self._work.get_nowait()
            except Empty:
                return taken
            if attempt is not None:
                taken.append(attempt)

    def running(self) -> list[tuple[RunningSlot, Attempt]]:
        """What runs now."""
        return [(slot, attempt) for slot in self.slots if (attempt := slot.attempt) is not None]

    def wait_until_settled(self, timeout_seconds: float, *, but_for: int = 0) -> bool:
        """Whether everything in hand, but for so many attempts, was settled in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._held <= but_for, timeout_seconds)

    def stop(self) -> None:
        """Let idle threads end."""
        for _ in self._threads:
            self._work.put(None)

    def _run(self, slot: RunningSlot, meter: Meter) -> None:
        while (attempt := self._work.get()) is not None:
            if attempt.job.rescues:
                self._suspects.append(attempt)
                self._run_suspects(slot, meter)
            else:
                self._run_one(attempt, slot, meter)

    def _run_suspects(self, slot: RunningSlot, meter: Meter) -> None:
        """Attempts whose job died with its process before: one at a time in this child.

        Side by side, a poison job would take an innocent one, rescued with it, down again and again until both count as
        poison. Each is marked first, so that what takes the whole machine down is told from what only waited there; and
        the one before it is written, or it would run again with each death of its successor. A thread that finds another
        at it goes on with other work; whoever is at it looks again before it leaves.
        """
        while self._suspects and self._alone.acquire(blocking=False):
            try:
                while self._suspects:
                    try:
                        attempt = self._suspects.popleft()
                    except IndexError:  # taken back, for a stop
                        break
                    marked = self._is_marked(attempt)
                    if marked:
                        self._run_one(attempt, slot, meter)
                        self._wait_until_written(attempt)
                    elif marked is None:
                        self._suspects.append(attempt)
                    else:
                        meter.dropped += 1
            finally:
                self._alone.release()

    def _is_marked(self, attempt: Attempt) -> bool | None:
        """Waits for PostgreSQL; None: somebody holds the row, try another first; False: stopping, or not ours any more."""
        while not self._stopping:
            try:
                marked = self._mark_alone(attempt)
            except StoreUnavailable as error:
                log.warning("suspect_waits", job_id=attempt.job.id, reason=str(error))
                if sqlstate(error) == LOCK_TIMEOUT:
                    return None
                time.sleep(_MARK_AGAIN_SECONDS)
                continue
            if not marked:  # its release changes nothing, and lets go of it here
                self._deliver(attempt, Outcome(id=attempt.job.id, attempt=attempt.job.attempt, event=JobEvent.RELEASE))
            return marked
        return False  # still noted as claimed: the parent gives it back

    def _wait_until_written(self, attempt: Attempt) -> None:
        with self._changed:
            while not attempt.is_settled and not self._stopping:
                self._changed.wait(_LOOK_SECONDS)

    def _run_one(self, attempt: Attempt, slot: RunningSlot, meter: Meter) -> None:
        while not self._may_start():
            if self._stopping:
                meter.dropped += 1
                return  # still noted as claimed: the parent gives it back
            time.sleep(0.05)  # past its lease nothing starts; the parent's next heartbeat, or our end, decides
        began = meter.began_at = time.perf_counter()
        self._table.start(attempt.record)
        RUNNING.set(attempt.job)
        outcome = self._executor.run(attempt, slot)
        attempt.ran_seconds = time.perf_counter() - began
        self._table.finish(attempt.record)
        _report(attempt, outcome)
        RUNNING.set(None)
        self._deliver(attempt, outcome)
        meter.began_at = 0.0
        meter.busy_seconds += time.perf_counter() - began
        meter.finished += 1


def _report(attempt: Attempt, outcome: Outcome) -> None:
    """A line for each attempt that went wrong; its traceback is in the job's attempt log."""
    if outcome.event not in (JobEvent.RETRY_LATER, JobEvent.FAIL):
        return
    job = attempt.job
    fields = {"job_id": job.id, "type": job.type, "attempt": job.attempt, "error": outcome.error}
    if outcome.event is JobEvent.FAIL:
        log.warning("job_failed", reason=outcome.failure_reason, **fields)
    else:
        log.warning("attempt_failed", retry_in=round(outcome.delay_seconds or 0.0, 3), **fields)
