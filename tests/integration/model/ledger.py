"""What the machine knows: the jobs as they must be, the workers as they are, and what it checks after every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, invariant

from goqueue_common.dispatch_store import JobAttempt
from goqueue_common.job import ClaimedJob, Outcome
from tests.integration.model.even_choice import with_every_rule
from tests.integration.model.expected_jobs import ExpectedJob
from tests.integration.model.system import System
from tests.integration.model.worker_process import WorkerProcess

T = TypeVar("T")
_STAFF: Final = 2


class Ledger(RuleBasedStateMachine):
    """The base of all rules.

    leases: worker id -> alive, lost, stopped or missing, as its row must be. stale: those whose heartbeat is too old.
    past_grace: those not alive for so long that their parent no longer settles them. fences: those that may record nothing.
    recorded: outcomes in Redis of attempts that PostgreSQL still shows as running. handed_out: every attempt ever claimed.
    """

    def __init__(self, system: System) -> None:
        super().__init__()
        with_every_rule(self)
        self.system = system
        self.jobs: dict[str, ExpectedJob] = {}
        self.workers: dict[str, WorkerProcess] = {}
        self.leases: dict[str, str] = {}
        self.stale: set[str] = set()
        self.past_grace: set[str] = set()
        self.fences: set[str] = set()
        self.recorded: dict[str, Outcome] = {}
        self.handed_out: dict[JobAttempt, str] = {}
        self._attempts: dict[str, int] = {}
        self._places: dict[str, datetime | None] = {}
        self.staff()

    def staff(self) -> None:
        """Processes that ended are replaced."""
        for _ in range(_STAFF - sum(worker.runs for worker in self.workers.values())):
            worker = WorkerProcess(self.system, f"worker {len(self.workers)}")
            self.workers[worker.id] = worker
            self.leases[worker.id] = "alive"

    @invariant()
    def every_row_is_as_expected(self) -> None:
        """No job is lost or made up, no write was illegal or stale, nothing is counted wrongly."""
        rows = self.system.rows()
        assert rows.keys() == self.jobs.keys()
        found = {job_id: (row.seen, self.jobs[job_id].seen()) for job_id, row in rows.items()}
        wrong = {job_id: f"{is_}, not {ought}" for job_id, (is_, ought) in found.items() if is_ != ought}
        assert not wrong, wrong
        for job_id, row in rows.items():
            self._keeps_its_fence(job_id, int(row.seen[1]))
            self._keeps_its_place(job_id, row.queued_at)

    def _keeps_its_fence(self, job_id: str, attempts: int) -> None:
        assert attempts >= self._attempts.get(job_id, 0), f"the fence of {job_id} went back"
        self._attempts[job_id] = attempts

    def _keeps_its_place(self, job_id: str, queued_at: datetime | None) -> None:
        """Released and rescued jobs keep their place; those that have just become due get one at the end."""
        job, before = self.jobs[job_id], self._places.get(job_id)
        if job.goes_to_the_end:
            assert queued_at is not None
            assert before is None or queued_at > before
        else:
            assert queued_at == before
        job.goes_to_the_end = False
        self._places[job_id] = queued_at

    def in_order(self, queue: str, priority: int) -> list[ExpectedJob]:
        """The jobs of one list that may start, in the order of dispatch."""
        waiting = [job for job in self.jobs.values() if (job.queue, job.priority) == (queue, priority) and job.may_start]
        return sorted(waiting, key=self.place)

    def place(self, job: ExpectedJob) -> tuple[datetime | None, str]:
        """In the order of dispatch."""
        return self._places[job.id], job.id

    def picked(self, candidates: Iterable[T], pick: int) -> T:
        """One of them; which, counted round."""
        found = list(candidates)
        return found[pick % len(found)]

    def picked_worker(self, wanted: Callable[[WorkerProcess], object], pick: int) -> WorkerProcess:
        """One of those whose process lives."""
        return self.picked([worker for worker in self.workers.values() if worker.runs and wanted(worker)], pick)

    def is_held(self, worker: WorkerProcess, key: JobAttempt) -> bool:
        """Whether PostgreSQL must take a write of this attempt from this worker."""
        job = self.jobs[key[0]]
        return job.status == "processing" and (job.holder, job.attempts) == (worker.id, key[1])

    def holds_rows(self, worker: WorkerProcess) -> bool:
        """Whether it lives and some row names it."""
        return worker.runs and bool(self.held_by(worker.id))

    def held_by(self, worker_id: str) -> list[ExpectedJob]:
        return [job for job in self.jobs.values() if job.holder == worker_id]

    def may_claim(self, worker: WorkerProcess) -> bool:
        return self.leases[worker.id] == "alive"

    def claimed(self, worker: WorkerProcess, claimed: Sequence[ClaimedJob], expected: Iterable[str]) -> None:
        """A claim was committed: it took exactly what it had to, and nothing that another holds or that had ended."""
        expected = list(expected)
        note(f"{worker.name} claims {[job.id[-4:] for job in claimed]}")
        assert [job.id for job in claimed] == expected
        for claimed_job in claimed:
            job = self.jobs[claimed_job.id]
            assert job.field not in self.recorded, "an attempt whose outcome had reached the acks runs again"
            job.happens("claim", holder=worker.id)
            key = (claimed_job.id, claimed_job.attempt)
            assert key not in self.handed_out, "one attempt in two leases"
            self.handed_out[key] = worker.id
            counted = (claimed_job.attempt, claimed_job.failures, claimed_job.rescues, claimed_job.max_retries)
            assert counted == (job.attempts, job.failures, job.rescues, job.max_retries)

    def written(self, worker: WorkerProcess, outcomes: Iterable[Outcome]) -> None:
        """PostgreSQL was told of these: what the worker held is settled, the rest is stale and changes nothing."""
        for outcome in outcomes:
            if self.is_held(worker, (outcome.id, outcome.attempt)):
                job = self.jobs[outcome.id]
                self.recorded.pop(job.field, None)
                job.happens(outcome.event, reason=outcome.failure_reason)

    def ended_lease(self, worker_id: str, state: str) -> None:
        """Its row was ended, by itself or by others; the first ending counts."""
        self.stale.discard(worker_id)
        if self.leases[worker_id] == "alive":
            self.leases[worker_id] = state
            self.system.hold_grace(worker_id)

    def taken_back(self, worker_id: str, started: Iterable[JobAttempt]) -> None:
        """What becomes of everything that a dead or lost worker held."""
        began = set(started)
        self.fences.add(worker_id)
        for job in self.held_by(worker_id):
            outcome = self.recorded.pop(job.field, None)
            if outcome is not None:
                job.happens(outcome.event, reason=outcome.failure_reason)
            elif (job.id, job.attempts) in began:
                job.dies()
            else:
                job.happens("release")
