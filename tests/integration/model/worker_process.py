"""A worker process whose threads are the rules of the machine; slot table, acknowledger and search for strays are real."""

from __future__ import annotations

import os
from collections.abc import Sequence

from goqueue_common.dispatch_store import JobAttempt
from goqueue_common.job import ClaimedJob, JobRef, Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.acknowledger import Acknowledger
from goqueue_worker.attempt import Attempt
from goqueue_worker.handler import Handler
from goqueue_worker.settler import DeadChild
from goqueue_worker.sign_off import sign_off
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.strays import Strays
from tests.integration.model.system import System

_HANDLER = Handler(type="demo", function=print)
_CAPACITY = 256


class WorkerProcess:
    """runs: the process lives, whatever its lease does. popped: ids not claimed yet. hand: attempts not settled yet.

    started: those of them whose handler was called. outcomes: how those ended that have. has_parent: who would settle it.
    """

    def __init__(self, system: System, name: str) -> None:
        self.name = name
        self.id = system.register_worker()
        self.runs = self.has_parent = True
        self.popped: list[JobRef] = []
        self.hand: dict[JobAttempt, Attempt] = {}
        self.started: set[JobAttempt] = set()
        self.outcomes: dict[JobAttempt, Outcome] = {}
        self._system = system
        self._table, descriptor = SlotTable.create(_CAPACITY)
        os.close(descriptor)
        self._strays = Strays(self.id, system.jobs, system.broker, self._table)
        self._acknowledger = Acknowledger(
            self.id, system.jobs, system.broker, may_write=lambda: True, on_settled=self._settled, on_lost=self.end
        )

    @property
    def unstarted(self) -> list[JobAttempt]:
        return [key for key in self.hand if key not in self.started]

    @property
    def is_at_a_suspect(self) -> bool:
        """Jobs that died with a process before run one at a time, each until its outcome is written."""
        return any(self.hand[key].job.rescues for key in self.started)

    def hold(self, job: ClaimedJob) -> None:
        self.hand[job.id, job.attempt] = Attempt(job, _HANDLER, self._table.hold(job.id, job.attempt))

    def start(self, key: JobAttempt) -> None:
        self.started.add(key)
        self._table.start(self.hand[key].record)

    def finish(self, key: JobAttempt, outcome: Outcome) -> Outcome:
        """The handler has ended, and this came of it; said once for each attempt."""
        self._table.finish(self.hand[key].record)
        return self.outcomes.setdefault(key, outcome)

    def record(self, outcomes: Sequence[Outcome]) -> bool:
        """The first half of an acknowledgement."""
        return self._system.broker.record(self.id, {outcome.field: outcome.encoded() for outcome in outcomes})

    def acknowledge(self, outcomes: Sequence[Outcome]) -> None:
        """The whole of it."""
        for outcome in outcomes:
            self._acknowledger.put(self.hand[outcome.id, outcome.attempt], outcome)
        self._acknowledger.step()

    def give_back_strays(self) -> None:
        self._strays.suspect()
        self._strays.give_back_when_due()

    def sign_off(self) -> None:
        """Its last words, when nothing is in hand any more."""
        sign_off(self.id, self._system.workers, self._strays)
        self.end()

    def released(self, keys: Sequence[JobAttempt]) -> list[Outcome]:
        return [Outcome(id=job_id, attempt=attempt, event=JobEvent.RELEASE) for job_id, attempt in keys]

    def end(self) -> None:
        """The process is gone; its slot table outlives it."""
        self.runs = False

    def remains(self) -> DeadChild:
        """What its parent finds."""
        return DeadChild(worker_id=self.id, held=self._table.held(), unwritten=[], how="signal 9")

    def let_go(self, keys: Sequence[JobAttempt]) -> None:
        """These are settled, or were never its own."""
        self._settled([self.hand[key] for key in keys])

    def _settled(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            key = (attempt.job.id, attempt.job.attempt)
            del self.hand[key]
            self.started.discard(key)
            self.outcomes.pop(key, None)
            self._table.settle(attempt.record)
