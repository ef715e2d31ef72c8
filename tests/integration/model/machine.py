"""The state machine, and what must hold at the end of every story: whatever broke, every job comes to an end."""

from __future__ import annotations

import sys

from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.poller import poll_order
from tests.integration.model.fault_rules import FaultRules
from tests.integration.model.people_rules import PeopleRules
from tests.integration.model.system import QUEUES
from tests.integration.model.worker_process import WorkerProcess
from tests.integration.model.worker_rules import WorkerRules


class QueueMachine(PeopleRules, WorkerRules, FaultRules):
    """Everything that can happen to a queue, in any order."""

    def teardown(self) -> None:
        """The end of a story that went well so far."""
        if sys.exc_info()[0] is None:
            self._lose_every_worker()
            self.every_row_is_as_expected()
            self._work_off()
        super().teardown()

    def _lose_every_worker(self) -> None:
        """Nothing runs any more: what was held waits again, or has ended."""
        for worker_id, lease in self.leases.items():
            self.workers[worker_id].end()
            if lease == "alive":
                self.system.let_lease_run_out(worker_id)
                self.stale.add(worker_id)
        for worker_id in self._ended_with_rows():
            self.system.end_grace(worker_id)
            self.past_grace.add(worker_id)
        self.rescue()
        assert not [job for job in self.jobs.values() if job.holder is not None]

    def _work_off(self) -> None:
        """By Redis alone, so that what is not in its list must be found by the relay."""
        self.staff()
        worker = next(reversed(self.workers.values()))
        self._let_time_pass()
        for _ in range(2 * len(self.jobs) + 1):
            if all(job.is_final for job in self.jobs.values()):
                return
            self.relay()
            self._take_one_batch(worker)
            self.every_row_is_as_expected()
        raise AssertionError("a job that nothing will ever happen to")

    def _let_time_pass(self) -> None:
        for job in self.jobs.values():
            if job.is_expired and job.happens("expire", reason="expired") is not None:
                self.system.jobs.update_status(job.id, JobEvent.EXPIRE)
            elif job.status in ("scheduled", "retrying"):
                job.is_due = True
                self.system.let_run_at_come(job.id)
        self.promote(pushed=True)
        self.every_row_is_as_expected()

    def _take_one_batch(self, worker: WorkerProcess) -> None:
        refs = self.system.broker.dequeue_many(poll_order(QUEUES, 0), 100, 0)
        ids = list(dict.fromkeys(ref.id for ref in refs))
        claimed = self.system.jobs.claim(worker.id, ids, None)
        self.claimed(worker, claimed, [job_id for job_id in ids if self.jobs[job_id].may_start])
        outcomes = [Outcome(id=job.id, attempt=job.attempt, event=JobEvent.COMPLETE) for job in claimed]
        self.system.jobs.acknowledge(worker.id, outcomes)
        self.written(worker, outcomes)
