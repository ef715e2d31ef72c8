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
    WorkerStore(database).declare_lost(worker_id)
    others = [HeldAttempt(row.id, row.attempt, row.counts) for row in RecoveryStore(database).held(worker_id)]
    recovery.take_back(worker_id, others, error="lost")
    assert [state(jobs, job) for job in (interrupted, ended)] == [("queued", 0), ("completed", 0)]
