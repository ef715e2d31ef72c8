"""What a parent does with its dead children when rows are held by others, or PostgreSQL is away at its own end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect, run_on
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.recovery import Recovery
from goqueue_worker.settler import DeadChild, Settler
from goqueue_worker.slot_table import HeldAttempt
from tests.factories import register_worker, start, submit


@pytest.fixture
def recovery(database: Database, jobs: JobStore, broker: RedisBroker) -> Recovery:
    return Recovery(jobs, RecoveryStore(database), broker)


@pytest.fixture
def settler(database: Database, recovery: Recovery) -> Settler:
    return Settler(WorkerStore(database), recovery)


@pytest.fixture
def away() -> Iterator[Database]:
    opened = connect(
        "postgresql+psycopg2://x@127.0.0.1:1/x", pool_size=1, statement_timeout_seconds=1.0, application_name="t"
    )
    yield opened
    opened.close()


def dead(worker_id: str, *held: ClaimedJob, running: bool = True, **fields: object) -> DeadChild:
    attempts = [HeldAttempt(job.id, job.attempt, running) for job in held]
    return DeadChild(worker_id=worker_id, held=attempts, how="signal 9", **{"unwritten": (), **fields})  # type: ignore[arg-type]


def timeout_of(job: ClaimedJob) -> Outcome:
    """What only the parent knows: the thread ignored it."""
    return Outcome(id=job.id, attempt=job.attempt, event=JobEvent.FAIL, error="timeout", failure_reason="timeout")


def remains(worker_id: str, deaf: ClaimedJob, prefetched: ClaimedJob, *, shutting_down: bool = False) -> DeadChild:
    held = [HeldAttempt(deaf.id, 1, running=True), HeldAttempt(prefetched.id, 1, running=False)]
    return DeadChild(
        worker_id=worker_id, held=held, unwritten=[timeout_of(deaf)], how="exit code 1", shutting_down=shutting_down
    )


def rescued_by_others(database: Database, recovery: Recovery, worker_id: str) -> None:
    """As the rescuer of another worker does it, which sees only rows."""
    WorkerStore(database).declare_lost(worker_id)
    held = [HeldAttempt(row.id, row.attempt, row.counts) for row in RecoveryStore(database).held(worker_id)]
    recovery.take_back(worker_id, held, error="lost")


def state(jobs: JobStore, job: ClaimedJob) -> tuple[str, int]:
    found = jobs.get_job_by_id(job.id)
    return found.status, found.rescues


def test_a_row_that_somebody_holds_is_rescued_later_and_keeps_nothing_else(
    database: Database, jobs: JobStore, settler: Settler
) -> None:
    first, second = (register_worker(database) for _ in range(2))
    held, beside = (start(jobs, first, submit(jobs)) for _ in range(2))
    other = start(jobs, second, submit(jobs))
    settler.add(dead(first, held, beside))
    settler.add(dead(second, other))
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held.id})
        settler.step()
        settler.step()
        assert [state(jobs, job) for job in (held, beside, other)] == [("processing", 0), ("queued", 1), ("queued", 1)]
        assert not settler.is_done
    settler.step()
    assert (state(jobs, held), settler.is_done) == (("queued", 1), True)


def test_an_outcome_of_a_row_that_somebody_holds_is_written_later_and_not_run_again(
    database: Database, jobs: JobStore, settler: Settler, broker: RedisBroker
) -> None:
    worker_id = register_worker(database)
    job = start(jobs, worker_id, submit(jobs))
    outcome = Outcome(id=job.id, attempt=job.attempt, event=JobEvent.COMPLETE)
    broker.record(worker_id, {outcome.field: outcome.encoded()})
    settler.add(dead(worker_id, job))
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": job.id})
        settler.step()
        assert state(jobs, job) == ("processing", 0)
    settler.step()
    assert (state(jobs, job), broker.recorded([outcome.field])) == (("completed", 0), {})


def test_a_worker_that_stops_while_postgresql_is_away_leaves_word_and_nothing_is_counted(
    database: Database, jobs: JobStore, recovery: Recovery, broker: RedisBroker, away: Database
) -> None:
    worker_id = register_worker(database)
    interrupted, ended = (start(jobs, worker_id, submit(jobs)) for _ in range(2))
    outcome = Outcome(id=ended.id, attempt=ended.attempt, event=JobEvent.COMPLETE)
    broker.record(worker_id, {outcome.field: outcome.encoded()})
    stopping = Settler(WorkerStore(away), Recovery(JobStore(away), RecoveryStore(away), broker))
    stopping.add(dead(worker_id, interrupted, ended, shutting_down=True))
    stopping.step()
    stopping.leave()
    assert stopping.is_done
    rescued_by_others(database, recovery, worker_id)
    assert [state(jobs, job) for job in (interrupted, ended)] == [("queued", 0), ("completed", 0)]


@pytest.mark.parametrize("stops", [True, False])
@pytest.mark.parametrize("shutting_down", [True, False])
def test_others_who_are_quicker_than_the_parent_learn_what_it_knows(
    database: Database, jobs: JobStore, settler: Settler, recovery: Recovery, stops: bool, shutting_down: bool
) -> None:
    worker_id = register_worker(database)
    deaf, prefetched = (start(jobs, worker_id, submit(jobs)) for _ in range(2))
    settler.add(remains(worker_id, deaf, prefetched, shutting_down=shutting_down))
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs FOR UPDATE", {})
        settler.step()
        if stops:
            settler.leave()
    rescued_by_others(database, recovery, worker_id)
    settler.step()
    assert [state(jobs, job) for job in (deaf, prefetched)] == [("failed", 0), ("queued", 0)]
    assert settler.is_done


def test_a_child_that_died_before_a_stop_without_postgresql_leaves_word_too(
    database: Database, jobs: JobStore, recovery: Recovery, broker: RedisBroker, away: Database
) -> None:
    worker_id = register_worker(database)
    deaf, prefetched = (start(jobs, worker_id, submit(jobs)) for _ in range(2))
    stopping = Settler(WorkerStore(away), Recovery(JobStore(away), RecoveryStore(away), broker))
    stopping.add(remains(worker_id, deaf, prefetched))
    stopping.leave()
    rescued_by_others(database, recovery, worker_id)
    assert [state(jobs, job) for job in (deaf, prefetched)] == [("failed", 0), ("queued", 0)]


@pytest.mark.parametrize("running", [True, False])
def test_what_is_known_of_an_attempt_hides_no_later_one_of_the_same_job(
    database: Database, jobs: JobStore, settler: Settler, running: bool
) -> None:
    worker_id = register_worker(database)
    first = start(jobs, worker_id, submit(jobs))
    given_back = Outcome(id=first.id, attempt=first.attempt, event=JobEvent.RELEASE)
    jobs.acknowledge(worker_id, [given_back])  # its reply was lost: the child still holds it
    second = start(jobs, worker_id, first.id)
    held = [HeldAttempt(first.id, 1, running=running), HeldAttempt(second.id, 2, running=False)]
    settler.add(DeadChild(worker_id=worker_id, held=held, unwritten=[] if running else [given_back], how="signal 9"))
    settler.step()
    assert (state(jobs, second), settler.is_done) == (("queued", 0), True)
