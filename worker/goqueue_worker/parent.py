"""The parent of a worker: starts children, beats for them, replaces what dies, settles what it left, stops in order.

It runs no handlers and imports none of the user's code, so that nothing a job does can take it down.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import Final

import structlog
from setproctitle import setproctitle

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.clock import SystemClock
from goqueue_common.database import connect
from goqueue_common.job_store import JobStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.server_store import ServerStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.child_process import ChildProcess
from goqueue_worker.heartbeat import Heartbeat
from goqueue_worker.maintenance.duties import leased_duties
from goqueue_worker.recovery import Recovery
from goqueue_worker.reloader import Reloader, handler_folders
from goqueue_worker.runner import Runner, Stepper
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.settler import Settler
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.steadiness import Steadiness
from goqueue_worker.store_check import StoreCheck

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 0.5
_RESTART_SECONDS: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS: Final = 30.0
_SETTLE_AT_EXIT_SECONDS: Final = 10.0
MISCONFIGURED: Final = 2


class Parent:
    """`run` returns the exit code: 0 stopped in order, 2 a child said that the settings or handlers make no sense."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._clock = SystemClock()
        self._wake, self._signalled = os.pipe()
        os.set_blocking(self._signalled, False)
        os.set_blocking(self._wake, False)
        self._signals = 0
        self._children: dict[int, ChildProcess] = {}
        self._reloader = Reloader(handler_folders(settings), self._nudge) if settings.reload else None
        self._changes = 0
        self._told_of: tuple[int, str] | None = None
        self._seats = {number: _Seat() for number in range(settings.processes)}
        self._proofs: dict[int, tuple[int, int]] = {}
        self._lost: set[str] = set()
        self._lock = threading.Lock()
        self._failure: str | None = None
        self._database = connect(
            settings.stores.database_url, pool_size=8, statement_timeout_seconds=10.0, application_name="goqueue-worker"
        )
        self._broker = RedisBroker(settings.stores.redis_url, Keys(settings.stores.prefix))
        recovery = Recovery(JobStore(self._database), RecoveryStore(self._database), self._broker)
        self._settler = Settler(WorkerStore(self._database), recovery)
        # A connection of its own that gives up soon: a beat that hangs would cost the lease it is to renew.
        self._beating = connect(
            settings.stores.database_url,
            pool_size=1,
            statement_timeout_seconds=max(1.0, settings.heartbeat),
            application_name="goqueue-heartbeat",
        )
        steadiness = Steadiness(self._clock, settings.heartbeat)
        self._heartbeat = Heartbeat(
            WorkerStore(self._beating),
            self._clock,
            steadiness=steadiness,
            interval=settings.heartbeat,
            lease=settings.lease,
            children=self._leases,
            on_lost=self._on_lost,
        )
        self._maintenance = leased_duties(self._database, self._broker, recovery, steadiness, settings.retention)

    def run(self) -> int:
        """Until a signal, the end of a burst, or a misconfiguration."""
        setproctitle("goqueue-worker")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(self._signalled, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        check = StoreCheck(ServerStore(self._database), self._broker)
        duties: dict[str, Stepper] = {
            "heartbeat": self._heartbeat,
            "settler": self._settler,
            "store-check": check,
            **self._maintenance,
        }
        runners = [Runner(duty, name).start() for name, duty in duties.items()]
        if self._reloader is not None:
            self._reloader.start()
        log.info(
            "worker_starting",
            queues=list(self._settings.queues) or "all",
            processes=self._settings.processes,
            concurrency=self._settings.concurrency,
        )
        while not self._signals and self._failure is None and self._look():
            self._wait(_LOOK_SECONDS)
        if self._reloader is not None:
            self._reloader.stop()
        self._stop_children()
        self._settle_before_exit()
        for runner in runners:
            runner.stop()
        for duty in self._maintenance.values():
            duty.give_up()
        self._database.close()
        self._beating.close()
        if self._failure is not None:
            return MISCONFIGURED
        log.info("worker_stopped")
        return 0

    @property
    def failure(self) -> str | None:
        """Why a child could not work: settings or handlers that make no sense."""
        return self._failure

    def _look(self) -> bool:
        """Take in what ended, start what is missing, see that all live. False: the burst is over."""
        self._reload_if_changed()
        for number, seat in self._seats.items():
            child = self._children.get(number)
            if child is not None and child.exit_code() is not None:
                self._bury(child, seat)
                child = None
            if child is None and not seat.is_done and time.monotonic() >= seat.next_start_at:
                self._start(number, seat)
        self._kill_lost_and_stalled()
        return any(not seat.is_done for seat in self._seats.values())

    def _reload_if_changed(self) -> None:
        """The children load the handlers, so new ones bring the new code; what runs may end first."""
        if self._reloader is None:
            return
        self._failure = self._failure or self._reloader.failure
        if self._reloader.changes == self._changes:
            return
        self._changes = self._reloader.changes
        log.info("handlers_changed")
        for seat in self._seats.values():
            seat.next_start_at = 0.0
        for child in self._children.values():
            child.stop_or_kill()

    def _start(self, number: int, seat: _Seat) -> None:
        seat.started(self._changes)
        try:
            child = ChildProcess(self._settings, number, self._nudge)
        except OSError as error:  # no process, memory or disk to be had now; the other children work on
            seat.ended(steadily=False)
            log.error("child_not_started", child=number, reason=str(error))  # noqa: TRY400 - the reason says it all
            return
        with self._lock:
            self._children[number] = child

    def _bury(self, child: ChildProcess, seat: _Seat) -> None:
        with self._lock:
            del self._children[child.number]
        self._proofs.pop(child.number, None)
        code = child.exit_code()
        remains = child.remains(shutting_down=False)
        if remains is not None:
            self._settler.add(remains)
        if child.failure is not None and code == MISCONFIGURED and self._reloader is None:
            self._failure = child.failure
        elif child.failure is not None and code == MISCONFIGURED and seat.changes == self._changes:
            seat.next_start_at = float("inf")
            if self._told_of != (self._changes, child.failure):  # once, not by each child
                log.error("handlers_not_loaded", reason=child.failure, then="waiting for a change")
            self._told_of = (self._changes, child.failure)
        elif code == 0 and self._settings.burst:
            seat.is_done = True
        elif seat.changes != self._changes:
            seat.ended(steadily=True)
        else:
            seat.ended(steadily=code == 0)
            log.warning("child_ended", child=child.number, exit_code=code, reason=child.failure)

    def _kill_lost_and_stalled(self) -> None:
        for child in self._children.values():
            if child.worker_id in self._lost and not child.is_stopping:
                log.error("child_declared_lost", child=child.number, worker_id=child.worker_id)
                child.kill()
                continue
            # Counted in looks of ours, not in time: when both were paused together, the child is not to blame.
            # Not before it is ready: importing a model may take longer than a lease.
            ticks = child.table.ticks
            seen, looks = self._proofs.get(child.number, (-1, 0))
            looks = looks + 1 if child.worker_id is not None and ticks == seen else 0
            self._proofs[child.number] = (ticks, looks)
            if looks * _LOOK_SECONDS > self._settings.lease:
                log.error("child_stands_still", child=child.number, seconds=looks * _LOOK_SECONDS)
                child.kill()

    def _leases(self) -> Mapping[str, SlotTable]:
        with self._lock:
            return {
                child.worker_id: child.table
                for child in self._children.values()
                if child.worker_id is not None and child.worker_id not in self._lost
            }

    def _on_lost(self, worker_id: str) -> None:
        self._lost.add(worker_id)
        self._nudge()

    def _stop_children(self) -> None:
        """In order; at a second signal at once."""
        children = list(self._children.values())
        for child in children:
            child.stop_or_kill()
        patience = self._settings.shutdown_timeout + self._settings.interrupt_grace + 10.0
        deadline = time.monotonic() + patience
        while any(child.exit_code() is None for child in children):
            if self._signals > 1 or time.monotonic() > deadline:
                log.warning("children_killed", children=[child.number for child in children if child.exit_code() is None])
                for child in children:
                    child.kill()
                deadline = float("inf")
            self._wait(0.1)
        with self._lock:
            self._children.clear()
        for child in children:
            remains = child.remains(shutting_down=True)
            if remains is not None:
                self._settler.add(remains)

    def _settle_before_exit(self) -> None:
        """Not for ever: what is left names a worker that beats no more, and is rescued."""
        deadline = time.monotonic() + _SETTLE_AT_EXIT_SECONDS
        while not self._settler.is_done and time.monotonic() < deadline:
            self._wait(0.05)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _nudge(self) -> None:
        with suppress(BlockingIOError):  # full: the main loop has reason enough to wake
            os.write(self._signalled, b"n")

    def _wait(self, seconds: float) -> None:
        select.select([self._wake], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)


class _Seat:
    """The place of one child: when its next one may start. changes: how often the handlers had changed when it did."""

    def __init__(self) -> None:
        self.is_done = False
        self.changes = 0
        self.next_start_at = 0.0
        self._started_at = 0.0
        self._ends = 0

    def started(self, changes: int) -> None:
        self.changes = changes
        self._started_at = time.monotonic()

    def ended(self, *, steadily: bool) -> None:
        now = time.monotonic()
        self._ends = 0 if steadily or now - self._started_at > _STEADY_SECONDS else self._ends + 1
        self.next_start_at = now + _RESTART_SECONDS[min(max(self._ends - 1, 0), len(_RESTART_SECONDS) - 1)]
