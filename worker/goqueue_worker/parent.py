"""The parent of a worker: starts children, beats for them, replaces what dies, settles what it left, stops in order.

It runs no handlers and imports none of the user's code, so that nothing a job does can take it down.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Final

import structlog
from setproctitle import setproctitle

from goqueue_common.background.runner import Pulse, Runner, Stepper, stop_all
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.clock import SystemClock
from goqueue_common.database import connect
from goqueue_common.job_store import JobStore
from goqueue_common.probes.server import Pages, ProbeServer
from goqueue_common.probes.store_ping import StorePing
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.server_store import ServerStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.children import LOOK_SECONDS, MISCONFIGURED, Children
from goqueue_worker.health import Health, Vitals
from goqueue_worker.heartbeat import Heartbeat
from goqueue_worker.maintenance.duties import leased_duties
from goqueue_worker.recovery import Recovery
from goqueue_worker.reloader import Reloader, handler_folders
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.settler import Settler
from goqueue_worker.steadiness import Steadiness
from goqueue_worker.store_check import StoreCheck
from goqueue_worker.worker_metrics import WorkerMetrics, WorkerPage

log = structlog.get_logger(__name__)

_SETTLE_AT_EXIT_SECONDS: Final = 10.0
_SETTLE_AT_ONCE_SECONDS: Final = 2.0
_GIVE_UP_SECONDS: Final = 3.0


class Parent:
    """`run` returns the exit code: 0 stopped in order, 2 a child said that the settings or handlers make no sense."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._clock = SystemClock()
        self._wake, self._signalled = os.pipe()
        os.set_blocking(self._signalled, False)
        os.set_blocking(self._wake, False)
        self._signals = 0
        self._reloader = Reloader(handler_folders(settings), self._nudge) if settings.reload else None
        self._changes = 0
        self._is_stopping = False
        self._pulse = Pulse()
        self._database = connect(
            settings.stores.database_url, pool_size=8, statement_timeout_seconds=10.0, application_name="goqueue-worker"
        )
        self._broker = RedisBroker(settings.stores.redis_url, Keys(settings.stores.prefix))
        address = settings.health_address
        self._metrics = None if address is None else WorkerMetrics(settings.processes)
        recovery = Recovery(
            JobStore(self._database),
            RecoveryStore(self._database),
            self._broker,
            None if self._metrics is None else self._metrics.jobs.count_taken_back,
        )
        self._settler = Settler(WorkerStore(self._database), recovery)
        # A connection of its own that gives up soon: a beat that hangs would cost the lease it is to renew.
        self._beating = connect(
            settings.stores.database_url,
            pool_size=1,
            statement_timeout_seconds=max(1.0, settings.heartbeat),
            application_name="goqueue-heartbeat",
        )
        steadiness = Steadiness(self._clock, settings.heartbeat)
        self._children = Children(settings, self._settler, self._nudge, self._metrics)
        self._heartbeat = Heartbeat(
            WorkerStore(self._beating),
            self._clock,
            steadiness=steadiness,
            interval=settings.heartbeat,
            lease=settings.lease,
            children=self._children.leases,
            memory=self._children.memory,
            on_lost=self._children.declared_lost,
        )
        self._maintenance = leased_duties(self._database, self._broker, recovery, steadiness, settings.retention)
        server = ServerStore(self._database)
        duties: dict[str, Stepper] = {
            "heartbeat": self._heartbeat,
            "settler": self._settler,
            "store-check": StoreCheck(server, self._broker),
            **self._maintenance,
        }
        self._runners = {name: Runner(duty, name) for name, duty in duties.items()}
        self._probes = None
        if address is not None and self._metrics is not None:
            self._probes = self._listen(*address, StorePing(server.ping), self._metrics)

    def run(self) -> int:
        """Until a signal, the end of a burst, or a misconfiguration."""
        setproctitle("goqueue-worker")
        self._take_signals()
        self._begin()
        while not self._signals and self.failure is None and self._look():
            self._wait(LOOK_SECONDS)
        self._is_stopping = True
        self._stop_children()
        self._settle_before_exit()
        self._end()
        if self.failure is not None:
            return MISCONFIGURED
        log.info("worker_stopped")
        return 0

    def _take_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(self._signalled, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _begin(self) -> None:
        for runner in self._runners.values():
            runner.start()
        if self._probes is not None:
            self._probes.start()
        if self._reloader is not None:
            self._reloader.start()
        log.info(
            "worker_starting",
            queues=list(self._settings.queues) or "all",
            processes=self._settings.processes,
            concurrency=self._settings.concurrency,
        )

    def _end(self) -> None:
        if self._reloader is not None:
            self._reloader.stop()
        stop_all(self._runners.values())
        self._settler.leave()
        giving_up = threading.Thread(target=self._give_up_duties, name="give-up", daemon=True)
        giving_up.start()
        giving_up.join(_GIVE_UP_SECONDS)
        self._database.close()
        self._beating.close()
        if self._probes is not None:
            self._probes.close()
        if self._metrics is not None:
            self._metrics.folder.remove()

    def _give_up_duties(self) -> None:
        for duty in self._maintenance.values():
            duty.give_up()

    @property
    def failure(self) -> str | None:
        """Why a child could not work: settings or handlers that make no sense."""
        return self._children.failure

    def _listen(self, host: str, port: int, postgres: StorePing, metrics: WorkerMetrics) -> ProbeServer:
        redis = StorePing(self._broker.ping)
        self._runners["postgres-ping"] = Runner(postgres, "postgres-ping")
        self._runners["redis-ping"] = Runner(redis, "redis-ping")
        vitals = Vitals(
            children=lambda: self._children.running,
            main_loop=self._pulse,
            heartbeat=self._runners["heartbeat"].pulse,
            heartbeat_seconds=self._settings.lease,
            postgres=postgres,
            redis=redis,
            is_stopping=lambda: self._signals > 0 or self._is_stopping,
        )
        health = Health(vitals, self._clock)
        shown = WorkerPage(self._settings, metrics, vitals, health, self._maintenance, self._clock)
        pages: Pages = {"/healthz": health.alive, "/readyz": health.ready, "/metrics": shown.answer}
        return ProbeServer(host, port, pages, setting="GOQUEUE_WORKER_BIND", name="goqueue-worker")

    def _look(self) -> bool:
        if self._reloader is not None:
            self._reload_if_changed(self._reloader)
        return self._children.look()

    def _reload_if_changed(self, reloader: Reloader) -> None:
        self._children.failure = self._children.failure or reloader.failure
        if reloader.changes != self._changes:
            self._changes = reloader.changes
            log.info("handlers_changed")
            self._children.reload(self._changes)

    def _stop_children(self) -> None:
        """In order; at a second signal at once."""
        self._children.stop()
        deadline = time.monotonic() + self._settings.end_seconds
        while left := [child.number for child in self._children.running if child.exit_code() is None]:
            if self._signals > 1 or time.monotonic() > deadline:
                log.warning("children_killed", children=left)
                self._children.kill()
                deadline = float("inf")
            self._wait(0.1)
        self._children.settle_stopped()

    def _settle_before_exit(self) -> None:
        """Not for ever: what is left names a worker that beats no more, and is rescued."""
        began = time.monotonic()
        while not self._settler.is_done:
            patience = _SETTLE_AT_EXIT_SECONDS if self._signals < 2 else _SETTLE_AT_ONCE_SECONDS
            if time.monotonic() - began > patience:
                log.warning("left_to_others", reason="PostgreSQL is away: jobs of this worker go back after its lease")
                return
            self._wait(0.05)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _nudge(self) -> None:
        with suppress(BlockingIOError):  # full: the main loop has reason enough to wake
            os.write(self._signalled, b"n")

    def _wait(self, seconds: float) -> None:
        self._pulse.turn()
        select.select([self._wake], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)
