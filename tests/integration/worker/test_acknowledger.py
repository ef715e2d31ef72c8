"""The acknowledger on a real PostgreSQL: what one bad outcome, or one locked row, may not do to the others."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import psycopg2
import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.worker_store import WorkerInfo, WorkerStore
from goqueue_worker.acknowledger import Acknowledger
from goqueue_worker.attempt import Attempt
from goqueue_worker.handler import Handler


class Bench:
    """Some claimed jobs and the acknowledger of their worker."""

    def __init__(self, database: Database, broker: RedisBroker, jobs: int) -> None:
        worker_id = str(uuid4())
        info = WorkerInfo(id=worker_id, host="h", pid=1, version="0", queues=None, types={}, slots=1, lease_seconds=30.0)
        WorkerStore(database).register(info)
        self.store = JobStore(database)
        new = [NewJob.checked("t") for _ in range(jobs)]
        self.store.create_jobs([Submission(job) for job in new])
        self.jobs = self.store.claim(worker_id, [job.id for job in new], None)
        self.settled: list[str] = []
        self.acknowledger = Acknowledger(
            worker_id,
            self.store,
            broker,
            may_write=lambda: True,
            on_settled=self._note,
            on_lost=lambda: pytest.fail("declared lost"),
        )

    def put(self, job: ClaimedJob, **fields: object) -> None:
        outcome = Outcome(id=job.id, attempt=job.attempt, **{"event": JobEvent.COMPLETE, **fields})  # type: ignore[arg-type]
        self.acknowledger.put(Attempt(job, Handler(type="t", function=print), 0), outcome)

    def status(self, job: ClaimedJob) -> str:
        return self.store.get_job_by_id(job.id).status

    def _note(self, attempts: Sequence[Attempt]) -> None:
        self.settled += [attempt.job.id for attempt in attempts]


def test_one_outcome_that_is_refused_fails_its_own_job_and_each_is_settled_once(
    database: Database, broker: RedisBroker
) -> None:
    bench = Bench(database, broker, 3)
    first, bad, last = bench.jobs
    bench.put(first)
    bench.put(bad, event=JobEvent.RETRY_LATER, error="nul \x00 inside", delay_seconds=0.0)
    bench.put(last)
    for _ in range(8):
        bench.acknowledger.step()
    assert [bench.status(job) for job in bench.jobs] == ["completed", "failed", "completed"]
    assert "could not be written" in (bench.store.get_job_by_id(bad.id).error or "")
    assert sorted(bench.settled) == sorted(job.id for job in bench.jobs)


def test_a_row_that_somebody_locks_holds_up_no_other(database_url: str, broker: RedisBroker) -> None:
    database = connect(
        database_url, pool_size=2, statement_timeout_seconds=5.0, application_name="t", lock_timeout_seconds=0.1
    )
    bench = Bench(database, broker, 3)
    locked = bench.jobs[0]
    holder = psycopg2.connect(database_url.replace("postgresql+psycopg2", "postgresql"))
    holder.cursor().execute("SELECT 1 FROM jobs WHERE id = %s FOR UPDATE", [locked.id])
    for job in bench.jobs:
        bench.put(job)
    assert bench.acknowledger.step() == 0.0
    assert [bench.status(job) for job in bench.jobs] == ["processing", "completed", "completed"]
    assert list(broker.recorded([f"{job.id}:1" for job in bench.jobs])) == [f"{locked.id}:1"]
    assert bench.acknowledger.step() > 0.0, "nothing else to write: no hot loop"
    assert [outcome.id for outcome in bench.acknowledger.leftovers()] == [locked.id]
    holder.close()
    bench.acknowledger.step()
    assert bench.status(locked) == "completed"
    assert broker.recorded([f"{locked.id}:1"]) == {}
    assert sorted(bench.settled) == sorted(job.id for job in bench.jobs)
    database.close()
