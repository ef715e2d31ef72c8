"""What workers do while all is well: pop, claim, start, record, write, give back, stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from goqueue_common.dispatch_store import JobAttempt
from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.poller import poll_order
from tests.factories import LONG_SECONDS
from tests.integration.model.ledger import Ledger
from tests.integration.model.people_rules import PICK
from tests.integration.model.system import QUEUES
from tests.integration.model.worker_process import WorkerProcess

ENDINGS: Final = st.sampled_from(["returned", "returned", "raised", "raised", "snoozed", "cancelled", "interrupted"])
_COUNT: Final = st.integers(1, 4)


def any_worker(wanted: Callable[[WorkerProcess], object]) -> Callable[[Ledger], bool]:
    """For preconditions: of those whose process lives."""
    return lambda ledger: any(map(wanted, ledger.living()))


def something_waits(ledger: Ledger) -> bool:
    """For preconditions."""
    return any(job.may_start for job in ledger.jobs.values())


class WorkerRules(Ledger):
    """Rules of processes that live, be they alive or lost by PostgreSQL: they do not know."""

    @precondition(something_waits)
    @rule(pick=PICK, limit=_COUNT, poll=st.integers(0, 15))
    def pop(self, pick: int, limit: int, poll: int) -> None:
        worker = self.picked_worker(lambda worker: True, pick)
        worker.popped += self.system.broker.dequeue_many(poll_order(QUEUES, poll), limit, 0)
        note(f"{worker.name} has popped {[ref.id[-4:] for ref in worker.popped]}")

    @precondition(any_worker(lambda worker: worker.popped))
    @rule(pick=PICK, end=st.sampled_from(["claimed", "claimed", "reply lost", "away", "both away"]))
    def claim(self, pick: int, end: str) -> None:
        """What was popped, unless PostgreSQL is away: then the ids go back, unless Redis is away, too."""
        worker = self.picked_worker(lambda worker: worker.popped, pick)
        refs, worker.popped = worker.popped, []
        if end == "away":
            self.system.broker.give_back(refs)
        elif end != "both away":
            self._claim(worker, list(dict.fromkeys(ref.id for ref in refs)), reply_comes=end == "claimed")

    def _claim(self, worker: WorkerProcess, ids: list[str], *, reply_comes: bool) -> None:
        expected = [job_id for job_id in ids if self.may_claim(worker) and self.jobs[job_id].may_start]
        claimed = self.system.jobs.claim(worker.id, ids, None)
        self.claimed(worker, claimed, expected)
        for job in claimed if reply_comes else ():
            worker.hold(job)

    @precondition(something_waits)
    @rule(pick=PICK, limit=_COUNT, poll=st.integers(0, 15))
    def claim_waiting(self, pick: int, limit: int, poll: int) -> None:
        worker = self.picked_worker(lambda worker: True, pick)
        lists = poll_order(QUEUES, poll)
        waiting = next((jobs for where in lists if (jobs := self.in_order(*where))), [])
        expected = [job.id for job in waiting[:limit]] if self.may_claim(worker) else []
        claimed = self.system.jobs.claim_waiting(worker.id, lists, limit)
        self.claimed(worker, claimed, expected)
        for job in claimed:
            worker.hold(job)

    @precondition(any_worker(lambda worker: worker.unstarted))
    @rule(pick=PICK, count=_COUNT)
    def start(self, pick: int, count: int) -> None:
        worker = self.picked_worker(lambda worker: worker.unstarted, pick)
        self._start(worker, worker.unstarted[:count])

    def _start(self, worker: WorkerProcess, keys: Sequence[JobAttempt]) -> None:
        for key in keys:
            if worker.hand[key].job.rescues == 0 or (not worker.is_at_a_suspect and self._is_marked(worker, key)):
                worker.start(key)

    def _is_marked(self, worker: WorkerProcess, key: JobAttempt) -> bool:
        """Before it runs alone; what is no longer the worker's is let go of."""
        job = self.jobs[key[0]]
        held = self.is_held(worker, key)
        assert self.system.recoveries.mark_alone(worker.id, *key) is held
        if held:
            job.alone_attempt = job.attempts
        else:
            worker.acknowledge(worker.released([key]))
        return held

    @precondition(any_worker(lambda worker: worker.hand))
    @rule(pick=PICK, count=_COUNT, ending=ENDINGS)
    def record(self, pick: int, count: int, ending: str) -> None:
        """The first half of an acknowledgement: PostgreSQL is away, or about to be told."""
        worker = self.picked_worker(lambda worker: worker.hand, pick)
        ended = self._ended(worker, count, ending)
        outcomes = [outcome for outcome in ended if outcome.event is not JobEvent.RELEASE]
        recorded = worker.record(outcomes)
        assert recorded is (worker.id not in self.fences) or not outcomes
        for outcome in outcomes:
            if recorded and self.is_held(worker, (outcome.id, outcome.attempt)):
                self.recorded[outcome.field] = outcome

    @precondition(any_worker(lambda worker: worker.hand))
    @rule(pick=PICK, count=_COUNT, ending=ENDINGS, redis_answers=st.sampled_from([True, True, False]))
    def acknowledge(self, pick: int, count: int, ending: str, redis_answers: bool) -> None:
        worker = self.picked_worker(lambda worker: worker.hand, pick)
        outcomes = self._ended(worker, count, ending)
        if redis_answers:
            self._acknowledge(worker, outcomes)
        else:
            self.system.jobs.acknowledge(worker.id, outcomes)
            self.written(worker, outcomes)
            worker.let_go([(outcome.id, outcome.attempt) for outcome in outcomes])

    def _acknowledge(self, worker: WorkerProcess, outcomes: Sequence[Outcome]) -> None:
        worker.acknowledge(outcomes)
        if worker.id in self.fences and any(outcome.event is not JobEvent.RELEASE for outcome in outcomes):
            assert not worker.runs, "a fenced worker wrote, and does not know that it is lost"
            self.staff()
            return
        self.written(worker, outcomes)
        assert not self.system.broker.recorded([outcome.field for outcome in outcomes])

    @precondition(any_worker(lambda worker: worker.unstarted))
    @rule(pick=PICK)
    def meet_unknown_type(self, pick: int) -> None:
        worker = self.picked_worker(lambda worker: worker.unstarted, pick)
        key = worker.unstarted[0]
        self.system.jobs.return_unknown(worker.id, [worker.hand[key].job], give_up_seconds=600.0)
        self.system.let_run_at_wait(key[0])
        self.written(worker, [Outcome(id=key[0], attempt=key[1], event=JobEvent.SNOOZE)])
        worker.let_go([key])

    @precondition(lambda self: any(map(self.holds_rows, self.living())))
    @rule(pick=PICK)
    def look_for_strays(self, pick: int) -> None:
        worker = self.picked_worker(self.holds_rows, pick)
        worker.give_back_strays()
        for job in self.held_by(worker.id):
            if (job.id, job.attempts) not in worker.hand:
                job.happens("release")

    @precondition(any_worker(lambda worker: worker.hand or worker.popped))
    @rule(pick=PICK)
    def stop_in_order(self, pick: int) -> None:
        worker = self.picked_worker(lambda worker: worker.hand or worker.popped, pick)
        self.system.broker.give_back(worker.popped)
        outcomes = [worker.outcomes.get(key) or worker.released([key])[0] for key in worker.hand]
        self.system.jobs.acknowledge(worker.id, outcomes)
        self.written(worker, outcomes)
        worker.let_go(list(worker.hand))
        worker.sign_off()
        for job in self.held_by(worker.id):  # of claims whose reply was lost
            job.happens("release")
        self.ended_lease(worker.id, "stopped")
        self.staff()

    def _ended(self, worker: WorkerProcess, count: int, ending: str) -> list[Outcome]:
        """How some attempts end that it holds; those that can are started for it."""
        keys = list(worker.hand)[:count]
        self._start(worker, [key for key in keys if key not in worker.started])
        return [worker.finish(key, _outcome(worker, key, ending)) for key in keys if key in worker.started]


def _outcome(worker: WorkerProcess, key: JobAttempt, ending: str) -> Outcome:
    job = worker.hand[key].job
    name = {"id": job.id, "attempt": job.attempt}
    match ending:
        case "returned":
            return Outcome(**name, event=JobEvent.COMPLETE, result=b"1")
        case "raised" if job.failures + 1 <= job.max_retries:
            return Outcome(**name, event=JobEvent.RETRY_LATER, error="broken", delay_seconds=LONG_SECONDS)
        case "raised":
            return Outcome(**name, event=JobEvent.FAIL, error="broken", failure_reason="exhausted")
        case "snoozed":
            return Outcome(**name, event=JobEvent.SNOOZE, delay_seconds=LONG_SECONDS)
        case "cancelled":
            return Outcome(**name, event=JobEvent.CONFIRM_CANCEL)
    return Outcome(**name, event=JobEvent.RELEASE)
