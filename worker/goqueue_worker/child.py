"""A child process: claims, runs and acknowledges under a worker id of its own; its parent beats for it.

Started by the parent with a pipe and a slot table. The main thread polls; the others run handlers, acknowledge, watch, and
listen to the parent, whose death ends this process at once.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from goqueue_common.background.runner import Runner, Stepper, stop_all
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.clock import SystemClock
from goqueue_common.dispatch_view_store import DispatchViewStore
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.job import Outcome
from goqueue_common.job_log_store import JobLogStore
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from goqueue_common.limited_dispatch_store import LimitedDispatchStore
from goqueue_common.live_events import Topic, tell
from goqueue_common.progress_store import ProgressStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.redaction import Redactor
from goqueue_common.submitter import Submitter
from goqueue_common.telemetry.telemetry import OFF, Telemetry
from goqueue_common.version import version
from goqueue_common.worker_store import WorkerInfo, WorkerStore
from goqueue_worker import observers
from goqueue_worker.acknowledger import Acknowledger
from goqueue_worker.attempt import Attempt
from goqueue_worker.attempt_services import ChildServices
from goqueue_worker.cancel_listener import CancelListener
from goqueue_worker.child_database import child_database
from goqueue_worker.dispatch_watch import DispatchWatch
from goqueue_worker.ending import Ending, EndReason
from goqueue_worker.event_loop import EventLoop
from goqueue_worker.executor import Executor
from goqueue_worker.isolation import IsolatedPool
from goqueue_worker.job_counts import JobCounts
from goqueue_worker.job_logs import JobLogs
from goqueue_worker.memory_watch import MemoryWatch, resident_bytes
from goqueue_worker.message_pipe import MessagePipe
from goqueue_worker.outcomes import AttemptEnd
from goqueue_worker.poller import Poller
from goqueue_worker.pool import Pool
from goqueue_worker.proof_of_life import ProvingDuty
from goqueue_worker.registry import Registry
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.shutdown import Shutdown
from goqueue_worker.sign_off import sign_off
from goqueue_worker.slot_table import Claiming, Loop, SlotTable
from goqueue_worker.strays import Strays
from goqueue_worker.watchdog import Watchdog

log = structlog.get_logger(__name__)

RECORD_ANSWER_SECONDS: Final = 0.2
"""A Redis slower than this is not waited for when outcomes are recorded: PostgreSQL is the truth."""


class Child:
    """Everything one child consists of, wired together."""

    def __init__(
        self,
        settings: WorkerSettings,
        slots: int,
        table: SlotTable,
        pipe: MessagePipe,
        registry: Registry,
        telemetry: Telemetry = OFF,
        counts: JobCounts | None = None,
    ) -> None:
        """counts: None, nobody asks for them."""
        self.worker_id = str(uuid.uuid4())
        self._settings, self._slots, self._table, self._pipe, self._registry = settings, slots, table, pipe, registry
        self._clock = SystemClock()
        self._ending = Ending(lambda reason: pipe.send({"ending": reason}))
        self._stuck: dict[int, Attempt] = {}
        self._database = child_database(settings, slots)
        self._workers = WorkerStore(self._database)
        keys = Keys(settings.stores.prefix)
        self._broker = RedisBroker(settings.stores.redis_url, keys)
        self._recorder = RedisBroker(settings.stores.redis_url, keys, answer_seconds=RECORD_ANSWER_SECONDS)
        self._store = JobStore(self._database)
        self._recovery = RecoveryStore(self._database)
        submitter = Submitter(self._store, self._broker, None if counts is None else counts.count_submitted)
        logs = JobLogs(
            self.worker_id,
            JobLogStore(self._database),
            self._clock,
            limit_bytes=settings.job_log_bytes,
            redactor=Redactor(settings.stores.redact),
            may_write=self._lease_lives,
        )
        progress = ProgressStore(self._database)
        self._services = ChildServices(self.worker_id, registry, submitter, progress, logs, telemetry)
        self._event_loop = EventLoop() if any(handler.is_async for handler in registry.handlers) else None
        self._isolated = IsolatedPool(settings, self.worker_id, self._services, self._clock)
        executor = Executor(
            self.worker_id,
            self._services,
            self._clock,
            event_loop=self._event_loop,
            isolated=self._isolated,
            observer=observers.of_child(telemetry, self.worker_id),
        )
        self._acknowledger = Acknowledger(
            self.worker_id,
            self._store,
            self._recorder,
            may_write=self._lease_lives,
            on_settled=self._release_records,
            on_lost=lambda: self._ending.want(EndReason.LOST),
            count=None if counts is None else counts.count_written,
        )
        deliver, max_jobs = self._acknowledger.put, settings.max_jobs or None
        self._pool = Pool(slots, executor, table, deliver, self._lease_lives, self._mark_alone, max_jobs=max_jobs)
        self._watchdog = Watchdog(
            self._pool,
            self._clock,
            cancel_grace=settings.cancel_grace,
            interrupt_grace=settings.interrupt_grace,
            on_stuck=self._on_stuck,
        )
        types = [handler.type for handler in registry.handlers]
        self._watch = DispatchWatch(self.worker_id, settings.wanted_queues, types, DispatchViewStore(self._database))
        self._poller = Poller(
            self.worker_id,
            settings.wanted_queues,
            watch=self._watch,
            store=self._store,
            limited=LimitedDispatchStore(self._database),
            broker=self._broker,
            registry=registry,
            pool=self._pool,
            table=table,
            may_claim=self._may_claim,
            release=self._release_unstarted,
            give_up_seconds=settings.unknown_type_after,
        )
        self._runners: list[Runner] = []

    def run(self) -> int:
        """Until told to stop; the exit code."""
        self._registry.run_start_hooks()
        self._register()
        self._pool.start()
        cancels = CancelListener(self.worker_id, self._store, self._pool, self._watchdog)
        duties: list[tuple[str, Stepper]] = [
            ("watchdog", ProvingDuty(self._watchdog, self._table, Loop.WATCHDOG)),
            ("progress", self._services),
            ("cancels", cancels),
            ("dispatch-watch", self._watch),
        ]
        if self._settings.max_memory:
            exceeded = partial(self._ending.want, EndReason.MAX_MEMORY)
            duties.append(("memory", MemoryWatch(self._settings.max_memory, resident_bytes, exceeded)))
        self._runners = [Runner(duty, name).start() for name, duty in duties]
        writing = ProvingDuty(self._acknowledger, self._table, Loop.ACKNOWLEDGER)
        acknowledging = Runner(writing, "acknowledger").start()
        threading.Thread(target=self._listen, name="parent", daemon=True).start()
        self._pipe.send({"ready": self.worker_id, "types": [handler.type for handler in self._registry.handlers]})
        while not self._ending.is_wanted:
            pause = self._poll()
            if pause:
                self._ending.wait(pause)
        return self._finish(acknowledging)

    def _poll(self) -> float:
        self._table.tick(Loop.POLLER)
        try:
            pause = self._poller.step()
        except Exception:
            log.exception("claiming_failed")
            self._table.claiming = Claiming.FAILING
            return 1.0
        self._table.claiming = self._claiming()
        if self._settings.burst and self._poller.found_nothing and self._pool.held == 0 and self._is_drained():
            self._ending.want(EndReason.DRAINED)
        if self._pool.is_spent and not self._poller.is_draining:  # a fresh child in its place would claim
            self._ending.want(EndReason.MAX_JOBS)
        return pause

    def _claiming(self) -> Claiming:
        if self._acknowledger.is_full:
            return Claiming.BACKLOG
        if self._poller.is_draining:
            return Claiming.DRAINED
        return Claiming.YES if self._poller.trouble is None else Claiming.POSTGRES

    def _is_drained(self) -> bool:
        try:
            return self._poller.is_draining or not self._store.any_queued(
                self._settings.wanted_queues, self._watch.current().paused
            )
        except StoreUnavailable:
            return False

    def _register(self) -> None:
        self._workers.publish(self._registry.published())
        sent_at = self._clock.boottime()
        self._workers.register(
            WorkerInfo(
                id=self.worker_id,
                host=socket.gethostname(),
                pid=os.getpid(),
                version=version(),
                queues=self._settings.wanted_queues,
                types=self._registry.fingerprints(),
                slots=self._slots,
                lease_seconds=self._settings.lease,
            )
        )
        self._table.lease_deadline = sent_at + self._settings.lease
        tell(self._broker, Topic.WORKER, id=self.worker_id, state="alive", host=socket.gethostname(), pid=os.getpid())

    def _listen(self) -> None:
        for message in self._pipe.messages():
            if "stop" in message:
                self._ending.want(EndReason.STOPPED)
        os._exit(1)  # the parent is gone: whoever holds the maintenance lease takes over what we had

    def _lease_lives(self) -> bool:
        return self._clock.boottime() < self._table.lease_deadline

    def _mark_alone(self, attempt: Attempt) -> bool:
        return self._recovery.mark_alone(self.worker_id, attempt.job.id, attempt.job.attempt)

    def _may_claim(self) -> bool:
        return not self._ending.is_wanted and self._lease_lives() and not self._acknowledger.is_full

    def _release_records(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            self._table.settle(attempt.record)
        self._poller.full.freed(attempt.job for attempt in attempts)
        self._pool.settled(attempts)

    def _release_unstarted(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            end = AttemptEnd(attempt.job, attempt.handler.backoff, self.worker_id, self._clock)
            self._acknowledger.put(attempt, end.released())

    def _on_stuck(self, attempt: Attempt) -> None:
        if id(attempt) not in self._stuck:
            self._stuck[id(attempt)] = attempt
            job = attempt.job
            log.error("attempt_ignores_interruption", job_id=job.id, type=job.type, attempt=job.attempt)
            self._ending.want(EndReason.STUCK)

    def _finish(self, acknowledging: Runner) -> int:
        if self._ending.reason is EndReason.LOST:
            log.error("worker_lost", worker_id=self.worker_id)
            return 1
        log.info("child_stopping", why=self._ending.reason, held=self._pool.held)
        shutdown = Shutdown(
            self.worker_id, self._pool, self._acknowledger, self._clock, interrupt_grace=self._settings.interrupt_grace
        )
        unwritten = shutdown.finish(self._settings.shutdown_timeout, ignore=self._stuck.values())
        acknowledging.stop()
        leftovers = self._acknowledger.leftovers()
        self._record(leftovers)
        unwritten += leftovers
        self._pipe.send({"unwritten": [outcome.encoded().decode() for outcome in unwritten]})
        if unwritten or self._pool.held > 0:
            self._services.write_rest()
            return 1
        return self._leave_in_order()

    def _record(self, outcomes: Sequence[Outcome]) -> None:
        """PostgreSQL may be away for longer than the parent can wait: what has run must not run again for that."""
        ended = {item.field: item.encoded() for item in outcomes if item.event is not JobEvent.RELEASE}
        with suppress(BrokerUnavailable):
            if ended:
                self._recorder.record(self.worker_id, ended)

    def _leave_in_order(self) -> int:
        stop_all(self._runners)
        self._services.write_rest()
        self._isolated.close()
        self._registry.run_stop_hooks()
        strays = Strays(self.worker_id, self._store, self._broker, self._table)
        signed_off = sign_off(self.worker_id, self._workers, strays)
        tell(self._broker, Topic.WORKER, id=self.worker_id, state="stopped")
        self._database.close()
        return 0 if signed_off else 1
