"""What breaks: processes, leases, replies and Redis; and what puts it right again."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from goqueue_common.dispatch_store import JobAttempt
from goqueue_common.job import Outcome, Priority
from goqueue_common.lifecycle import JobEvent
from tests.integration.model.ledger import Ledger
from tests.integration.model.people_rules import PICK
from tests.integration.model.system import QUEUES
from tests.integration.model.worker_process import WorkerProcess
from tests.integration.model.worker_rules import any_worker, something_waits

_LATE_EVENTS: Final = st.sampled_from([JobEvent.COMPLETE, JobEvent.FAIL, JobEvent.RELEASE])
_WRITERS: Final = st.sampled_from(["runner", "holder", "stranger"])
"""Who ran the attempt, who runs the job now, and anybody."""


class FaultRules(Ledger):
    """Rules of what nobody wants."""

    @precondition(any_worker(lambda worker: worker.hand or worker.popped))
    @rule(pick=PICK)
    def process_dies(self, pick: int) -> None:
        self.picked_worker(lambda worker: worker.hand or worker.popped, pick).end()
        self.staff()

    @precondition(any_worker(lambda worker: worker.outcomes))
    @rule(pick=PICK)
    def process_dies_before_its_write_is_forgotten(self, pick: int) -> None:
        """Between the UPDATE and the HDEL: what it wrote stays in the acks."""
        worker = self.picked_worker(lambda worker: worker.outcomes, pick)
        outcomes = list(worker.outcomes.values())
        self.system.jobs.acknowledge(worker.id, outcomes)
        self.written(worker, outcomes)
        worker.end()
        self.staff()

    @precondition(lambda self: any(self._may_be_settled(worker) for worker in self.workers.values()))
    @rule(pick=PICK)
    def parent_settles(self, pick: int) -> None:
        worker = self.picked(filter(self._may_be_settled, self.workers.values()), pick)
        remains = worker.remains()
        self.system.settler.add(remains)
        self.system.settler.step()
        self.taken_back(worker.id, [(item.id, item.attempt) for item in remains.held if item.started])
        self.ended_lease(worker.id, "lost")
        worker.has_parent = False

    @precondition(lambda self: any(self._may_be_settled(worker) for worker in self.workers.values()))
    @rule(pick=PICK)
    def parent_dies_settling(self, pick: int) -> None:
        """It had declared its child lost, and came no further."""
        worker = self.picked(filter(self._may_be_settled, self.workers.values()), pick)
        self.system.workers.declare_lost(worker.id)
        self.ended_lease(worker.id, "lost")
        worker.has_parent = False

    @precondition(lambda self: self._beating())
    @rule(pick=PICK, judged=st.booleans())
    def lease_runs_out(self, pick: int, judged: bool) -> None:
        """Its parent is dead, paused or cut off; the process itself may go on. judged: before it can beat again."""
        worker_id = self.picked(self._beating(), pick)
        self.system.let_lease_run_out(worker_id)
        self.stale.add(worker_id)
        if judged:
            self.rescue()

    @precondition(lambda self: any(worker.runs and self._is_in_doubt(worker) for worker in self.workers.values()))
    @rule(pick=PICK)
    def beat(self, pick: int) -> None:
        worker = self.picked_worker(self._is_in_doubt, pick)
        alive = self.system.beat(worker.id)
        assert alive is (self.leases[worker.id] == "alive"), "a lost worker came back"
        if alive:
            self.stale.discard(worker.id)
        else:
            worker.end()
            self.staff()

    @precondition(lambda self: self._ended_with_rows())
    @rule(pick=PICK, pruned=st.booleans())
    def grace_passes(self, pick: int, pruned: bool) -> None:
        """In which its parent would have settled it; pruned: its row is gone, too."""
        worker_id = self.picked(self._ended_with_rows(), pick)
        self.system.end_grace(worker_id)
        self.past_grace.add(worker_id)
        if pruned:
            self.system.forget_worker(worker_id)
            self.leases[worker_id] = "missing"

    @precondition(lambda self: self.stale or any(map(self.held_by, self.past_grace)))
    @rule()
    def rescue(self) -> None:
        self.system.rescue()
        for worker_id in [*self.stale, *self.past_grace]:
            held = self.held_by(worker_id)
            if held:
                counting = [(job.id, job.attempts) for job in held if job.counts_when_its_worker_is_lost]
                self.taken_back(worker_id, counting)
        for worker_id in list(self.stale):
            self.ended_lease(worker_id, "lost")

    @precondition(lambda self: self.handed_out)
    @rule(pick=st.integers(0, 63), writer=_WRITERS, event=_LATE_EVENTS)
    def late_write(self, pick: int, writer: str, event: JobEvent) -> None:
        """An outcome from somebody who does not hold that attempt, or no longer."""
        job_id, attempt = self.picked(self._over_while_another_runs() or self.handed_out, pick)
        holder = self.jobs[job_id].holder if writer == "holder" else None
        worker = self.workers[holder or self.handed_out[job_id, attempt]]
        if writer == "stranger":
            worker = self.picked(self.workers.values(), pick)
        if not self.is_held(worker, (job_id, attempt)):
            reason = "exhausted" if event is JobEvent.FAIL else None
            outcome = Outcome(id=job_id, attempt=attempt, event=event, failure_reason=reason)
            assert self.system.jobs.acknowledge(worker.id, [outcome]) == []

    @precondition(lambda self: self.recorded or self.fences or any(worker.popped for worker in self.workers.values()))
    @rule()
    def flush_redis(self) -> None:
        self.system.flush()
        self.recorded.clear()
        self.fences.clear()

    @precondition(something_waits)
    @rule()
    def relay(self) -> None:
        self.system.relay()
        for queue in QUEUES:
            for priority in Priority:
                self._lacks_nothing_at_its_tail(queue, priority)

    def _lacks_nothing_at_its_tail(self, queue: str, priority: int) -> None:
        """A queued job is in its list, or is found when those before it have been popped."""
        waiting, listed = self.in_order(queue, priority), self.system.listed(queue, priority)
        if waiting:
            assert listed, "an empty list, though a job is queued"
            tail = self.jobs[listed[0]]
            assert tail.status == "queued"
            assert self.place(tail) <= self.place(waiting[0]), "a job before the tail of its list is missing there"

    def _over_while_another_runs(self) -> list[JobAttempt]:
        """Where a write that asks for too little does the most harm."""
        return [key for key in self.handed_out if (job := self.jobs[key[0]]).holder and job.attempts != key[1]]

    def _may_be_settled(self, worker: WorkerProcess) -> bool:
        """Its process has ended, its parent lives: whoever is declared lost by others is killed and settled, too."""
        return not worker.runs and worker.has_parent and self.leases[worker.id] in ("alive", "lost")

    def _beating(self) -> list[str]:
        """Alive by their rows, with something to lose."""
        return [i for i, lease in self.leases.items() if lease == "alive" and i not in self.stale and self.held_by(i)]

    def _is_in_doubt(self, worker: WorkerProcess) -> bool:
        return worker.id in self.stale or self.leases[worker.id] != "alive"

    def _ended_with_rows(self) -> list[str]:
        return [i for i, lease in self.leases.items() if lease in ("lost", "stopped") and self.held_by(i)]
