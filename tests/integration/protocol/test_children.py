"""Rules 2, 5, 7 and 9: what a child holds, how its attempts end, and what is known of them afterwards.

With whole processes: tests/acceptance/test_interruption.py (7: a thread that ignores its interruption; 9: isolated
handlers). Rule 9 at any moment: tests/unit/worker/test_executor.py. Suspects that run one at a time (2):
tests/unit/worker/test_pool.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.clock import SystemClock
from goqueue_common.database import Database, run_on
from goqueue_common.errors import StoreUnavailable
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.recovery_store import RecoveryStore
from goqueue_worker.attempt import Attempt, InterruptReason
from goqueue_worker.settler import DeadChild, Settler
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.strays import Strays
from goqueue_worker.watchdog import Watchdog
from tests.factories import eventually, ref, register_worker, start, submit
from tests.integration.protocol.judge import LEASE, Judge, fall_silent
from tests.integration.protocol.lone_child import LoneChild


@pytest.fixture
def let_go() -> Iterator[threading.Event]:
    """What a handler waits for; nobody is left waiting after the test."""
    event = threading.Event()
    yield event
    event.set()


# Rule 2


def test_rule_2_only_what_ran_when_a_child_died_is_counted_and_its_neighbours_are_given_back(
    settler: Settler, jobs: JobStore, worker_id: str
) -> None:
    table, _ = SlotTable.create(3)
    running, finished, prefetched = (start(jobs, worker_id, submit(jobs)) for _ in range(3))
    records = {job.id: table.hold(job.id, job.attempt) for job in (running, finished, prefetched)}
    table.start(records[running.id])
    table.start(records[finished.id])
    table.finish(records[finished.id])
    settler.add(DeadChild(worker_id=worker_id, held=table.held(), unwritten=[], how="signal 9"))
    settler.step()
    seen = [jobs.get_job_by_id(job.id) for job in (running, finished, prefetched)]
    assert [(job.status, job.rescues, job.failures) for job in seen] == [
        ("queued", 1, 0),
        ("queued", 0, 0),
        ("queued", 0, 0),
    ]


def test_rule_2_a_job_that_takes_whole_workers_down_is_poison_and_the_one_beside_it_is_not(
    judge: Judge, database: Database, jobs: JobStore, recoveries: RecoveryStore
) -> None:
    poison, neighbour = submit(jobs, max_retries=0), submit(jobs, max_retries=0)
    judge.beat_for(LEASE)
    for _ in range(4):
        doomed = register_worker(database)
        attempt = start(jobs, doomed, poison).attempt
        start(jobs, doomed, neighbour)
        if attempt > 1:
            recoveries.mark_alone(doomed, poison, attempt)
        fall_silent(database, doomed)
        judge.step()
    first, second = jobs.get_job_by_id(poison), jobs.get_job_by_id(neighbour)
    assert (first.status, first.failure_reason, first.rescues) == (JobStatus.FAILED, "poison", 4)
    assert (second.status, second.rescues) == (JobStatus.QUEUED, 1), "nobody knew, the first time"


def suspects(database: Database, number: int) -> list[str]:
    """Ids of jobs that died with a process before."""
    ids = [submit(JobStore(database)) for _ in range(number)]
    database.run("UPDATE jobs SET rescues = 1")
    return ids


def test_rule_2_jobs_that_run_alone_keep_no_thread_from_other_work(
    database: Database, broker: RedisBroker, let_go: threading.Event
) -> None:
    ran: list[str] = []

    def handler(_payload: Any, job: Any) -> None:
        ran.append(job.id)
        assert job.id != ids[0] or let_go.wait(10)

    child = LoneChild(database, broker, handler, slots=4)
    ids = suspects(database, 4)
    child.hold(ids)
    child.pool.start()
    eventually(lambda: len(ran) == 1 and child.pool.room() == 3)
    fresh = [submit(child.store) for _ in range(3)]
    broker.enqueue_many([ref(job_id) for job_id in fresh])
    child.poll()
    eventually(lambda: sorted(ran[1:]) == sorted(fresh))
    let_go.set()
    child.finish_writing()
    assert ran[4:] == ids[1:]


def test_rule_2_a_job_that_runs_alone_and_whose_row_is_held_keeps_no_other_from_running(
    database: Database, impatient: Database, broker: RedisBroker
) -> None:
    ran: list[str] = []
    child = LoneChild(impatient, broker, lambda _payload, job: ran.append(job.id), slots=2)
    held, *others = suspects(database, 3)
    child.hold([held, *others])
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held})
        child.pool.start()
        eventually(lambda: child.acknowledge() or len(ran) == 2)
    child.finish_writing()
    assert ran == [*others, held]


# Rule 5


def test_rule_5_a_stray_whose_row_is_held_keeps_no_worker_from_claiming(
    database: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    child = LoneChild(database, broker, lambda _payload, _job: None, slots=4)
    stray = start(jobs, child.worker_id, submit(jobs))
    others = [submit(jobs) for _ in range(4)]
    broker.enqueue_many([ref(job_id) for job_id in others])
    child.poller._strays.suspect()
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": stray.id})
        child.poll()
        assert child.pool.held == 4
    child.finish()


class LostReply(JobStore):
    """The reply of the first claim is lost on its way: PostgreSQL has committed it, and the worker does not know."""

    was_lost = False

    def claim(self, worker_id: str, job_ids: Sequence[str], queues: Sequence[str] | None) -> list[ClaimedJob]:
        claimed = super().claim(worker_id, job_ids, queues)
        if not self.was_lost:
            self.was_lost = True
            raise StoreUnavailable("the connection was lost")
        return claimed


def test_rule_5_a_claim_whose_reply_was_lost_is_given_back_uncounted_and_runs_once(
    database: Database, broker: RedisBroker
) -> None:
    ran: list[str] = []
    store = LostReply(database)
    child = LoneChild(database, broker, lambda _payload, job: ran.append(job.id), store=store)
    job_id = submit(store)
    broker.enqueue(ref(job_id))
    child.poll()
    assert store.get_job_by_id(job_id).worker_id == child.worker_id
    child.poll()
    child.finish()
    job = store.get_job_by_id(job_id)
    assert (ran, job.status, job.attempts, job.rescues, job.failures) == ([job_id], JobStatus.COMPLETED, 2, 0, 0)


class SlowReply(JobStore):
    """The reply of each claim is on its way until it is let go."""

    def __init__(self, database: Database, let_go: threading.Event) -> None:
        super().__init__(database)
        self._let_go = let_go

    def claim(self, worker_id: str, job_ids: Sequence[str], queues: Sequence[str] | None) -> list[ClaimedJob]:
        claimed = super().claim(worker_id, job_ids, queues)
        assert self._let_go.wait(10)
        return claimed


def test_rule_5_a_claim_whose_reply_is_on_its_way_is_not_given_back_and_runs_once(
    database: Database, broker: RedisBroker, jobs: JobStore, let_go: threading.Event
) -> None:
    ran: list[int] = []
    child = LoneChild(database, broker, lambda _payload, job: ran.append(job.attempt), store=SlowReply(database, let_go))
    job_id = submit(jobs)
    broker.enqueue(ref(job_id))
    polling = threading.Thread(target=child.poll)
    polling.start()
    eventually(lambda: jobs.get_job_by_id(job_id).status == JobStatus.PROCESSING)
    child.acknowledge()
    assert jobs.get_job_by_id(job_id).status == JobStatus.PROCESSING
    let_go.set()
    polling.join(10)
    child.finish()
    assert (ran, jobs.get_job_by_id(job_id).attempts) == ([1], 1)


def test_rule_5_what_has_finished_and_waits_to_be_written_is_held(
    database: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    child = LoneChild(database, broker, lambda _payload, _job: None)
    job_id = submit(jobs)
    broker.enqueue(ref(job_id))
    child.poll()
    child.pool.start()
    eventually(lambda: child.ended == 1)
    strays = Strays(child.worker_id, jobs, broker, child.table)
    strays.suspect()
    strays.give_back_when_due()
    assert jobs.get_job_by_id(job_id).status == JobStatus.PROCESSING
    child.finish_writing()
    assert jobs.get_job_by_id(job_id).status == JobStatus.COMPLETED


# Rule 7


def deaf_child(database: Database, broker: RedisBroker, jobs: JobStore, let_go: threading.Event, **job: Any) -> LoneChild:
    """It runs a job whose handler notices no interruption."""
    child = LoneChild(database, broker, lambda _payload, _job: let_go.wait(30))
    broker.enqueue(ref(submit(jobs, **job)))
    child.poll()
    child.pool.start()
    eventually(child.pool.running)
    return child


def settled_after_its_end(
    settler: Settler, jobs: JobStore, child: LoneChild, unwritten: Sequence[Outcome], let_go: threading.Event
) -> tuple[str, str]:
    """The job's status before and after its process is known to have ended. Its thread, which is ours, ends last."""
    (held,) = child.table.held()
    before = jobs.get_job_by_id(held.id).status
    settler.add(
        DeadChild(worker_id=child.worker_id, held=[held], unwritten=unwritten, how="exit code 1", shutting_down=True)
    )
    settler.step()
    let_go.set()
    eventually(lambda: child.ended == 1)
    child.pool.stop()
    return before, jobs.get_job_by_id(held.id).status


def test_rule_7_what_a_stop_interrupts_in_vain_is_released_only_after_its_process_has_ended(
    database: Database, broker: RedisBroker, jobs: JobStore, settler: Settler, let_go: threading.Event
) -> None:
    child = deaf_child(database, broker, jobs, let_go)
    unwritten = child.shutdown(interrupt_grace=0.1).finish(0.1, ignore=[])
    assert [outcome.event for outcome in unwritten] == [JobEvent.RELEASE]
    assert settled_after_its_end(settler, jobs, child, unwritten, let_go) == ("processing", "queued")


def test_rule_7_a_timeout_that_a_thread_ignores_is_written_only_after_its_process_has_ended(
    database: Database, broker: RedisBroker, jobs: JobStore, settler: Settler, let_go: threading.Event
) -> None:
    child = deaf_child(database, broker, jobs, let_go, timeout_seconds=0.05)
    stuck: list[Attempt] = []
    watchdog = Watchdog(child.pool, SystemClock(), cancel_grace=5.0, interrupt_grace=0.1, on_stuck=stuck.append)
    eventually(lambda: watchdog.step() and stuck)
    unwritten = child.shutdown(interrupt_grace=0.1).finish(0.0, ignore=stuck)
    assert [(outcome.event, outcome.log_entry["outcome"]) for outcome in unwritten if outcome.log_entry] == [
        (JobEvent.RETRY_LATER, "timeout")
    ]
    assert settled_after_its_end(settler, jobs, child, unwritten, let_go) == ("processing", "retrying")


# Rule 9


def test_rule_9_an_interruption_that_comes_after_its_attempt_has_ended_hits_nobody(
    database: Database, broker: RedisBroker, jobs: JobStore, let_go: threading.Event
) -> None:
    begun: list[str] = []

    def wait_as_second(_payload: Any, job: Any) -> None:
        begun.append(job.id)
        while len(begun) == 2 and not let_go.is_set():
            time.sleep(0.01)

    child = LoneChild(database, broker, wait_as_second)
    first, second = submit(jobs), submit(jobs)
    attempts = child.hold([first, second])
    child.pool.start()
    eventually(lambda: len(begun) == 2)
    (slot,) = child.pool.slots
    assert slot.interrupt(attempts[0], InterruptReason.TIMEOUT, 0.0) is False
    let_go.set()
    child.finish_writing()
    assert [jobs.get_job_by_id(job_id).attempt_log for job_id in (first, second)] == [[], []]
    assert {jobs.get_job_by_id(job_id).status for job_id in (first, second)} == {JobStatus.COMPLETED}
