"""The parts of a child process, wired as goqueue_worker.child wires them; the test turns its loops."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.clock import SystemClock
from goqueue_common.database import Database
from goqueue_common.dispatch_view_store import DispatchViewStore
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from goqueue_common.limited_dispatch_store import LimitedDispatchStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_worker.acknowledger import Acknowledger
from goqueue_worker.attempt import Attempt
from goqueue_worker.dispatch_watch import DispatchWatch
from goqueue_worker.executor import Executor
from goqueue_worker.handler import Handler
from goqueue_worker.poller import Poller
from goqueue_worker.pool import Pool
from goqueue_worker.recorded import Recorded, Recorder
from goqueue_worker.registry import Registry
from goqueue_worker.shutdown import Shutdown
from goqueue_worker.slot_table import SlotTable
from tests.factories import JOB_TYPE, eventually, register_worker

_CAPACITY = 100


class LoneChild:
    """Runs jobs of the type `demo`. lease_lives: what its local deadline says; asked: how often its parts wanted to know.

    is_lost: it was told that it is fenced. ended: how many attempts have ended, be they written or not.
    """

    def __init__(
        self,
        database: Database,
        broker: RedisBroker,
        handler: Callable[..., Any],
        *,
        slots: int = 1,
        store: JobStore | None = None,
        queues: Sequence[str] | None = None,
    ) -> None:
        self.worker_id = register_worker(database, queues=queues)
        self.handler = Handler(type=JOB_TYPE, function=handler)
        self.lease_lives = True
        self.asked = 0
        self.is_lost = False
        self._ended: list[str] = []
        self.table, descriptor = SlotTable.create(_CAPACITY)
        os.close(descriptor)
        self.store = store or JobStore(database)
        recoveries = RecoveryStore(database)
        self.acknowledger = Acknowledger(
            self.worker_id,
            self.store,
            broker,
            may_write=self._may,
            on_settled=self._settled,
            on_lost=self._lose,
        )
        self.pool = Pool(
            slots,
            Executor(self.worker_id, Recorder(Recorded()), SystemClock()),
            self.table,
            self._deliver,
            self._may,
            lambda attempt: recoveries.mark_alone(self.worker_id, attempt.job.id, attempt.job.attempt),
        )
        self.watch = DispatchWatch(self.worker_id, queues, [JOB_TYPE], DispatchViewStore(database))
        self.poller = Poller(
            self.worker_id,
            queues,
            watch=self.watch,
            store=self.store,
            limited=LimitedDispatchStore(database),
            broker=broker,
            registry=Registry([self.handler]),
            pool=self.pool,
            table=self.table,
            may_claim=lambda: self._may() and not self.acknowledger.is_full,
            release=self._release,
            give_up_seconds=600.0,
        )

    @property
    def ended(self) -> int:
        return len(self._ended)

    def poll(self) -> None:
        """One turn of the loop that claims, by what people have decided by now."""
        self.watch.step()
        self.poller.step()

    def acknowledge(self) -> None:
        """One turn of the loop that writes."""
        self.acknowledger.step()

    def hold(self, job_ids: Sequence[str]) -> list[Attempt]:
        """Claim these jobs without the poller, and have them run once the pool has started."""
        claimed = self.store.claim(self.worker_id, job_ids, None)
        attempts = [Attempt(job, self.handler, self.table.hold(job.id, job.attempt)) for job in claimed]
        self.pool.put(attempts)
        return attempts

    def release_all(self) -> None:
        """Give back what has not started, as a stop does."""
        self._release(self.pool.take_unstarted())
        self.acknowledger.step()

    def finish(self) -> None:
        """Run and write what it holds."""
        self.pool.start()
        self.finish_writing()

    def finish_writing(self) -> None:
        """Wait for what runs, and write it."""
        eventually(self._is_done)
        self.pool.stop()

    def shutdown(self, interrupt_grace: float) -> Shutdown:
        """How it would end."""
        return Shutdown(self.worker_id, self.pool, self.acknowledger, SystemClock(), interrupt_grace=interrupt_grace)

    def _deliver(self, attempt: Attempt, outcome: Outcome) -> None:
        self.acknowledger.put(attempt, outcome)
        self._ended.append(outcome.id)

    def _release(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            outcome = Outcome(id=attempt.job.id, attempt=attempt.job.attempt, event=JobEvent.RELEASE)
            self.acknowledger.put(attempt, outcome)

    def _may(self) -> bool:
        self.asked += 1
        return self.lease_lives

    def _is_done(self) -> bool:
        self.acknowledger.step()
        return self.pool.held == 0

    def _settled(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            self.table.settle(attempt.record)
        self.poller.full.freed(attempt.job for attempt in attempts)
        self.pool.settled(attempts)

    def _lose(self) -> None:
        self.is_lost = True
