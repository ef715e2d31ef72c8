"""Rules 19 and 21 of the protocol: plans, and the order of locks.

What each test is named for is what would happen without its rule. Rule 22, group commit, has no feature yet.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import LOCK_TIMEOUT, Database, connect, run_on, sqlstate
from goqueue_common.errors import StoreUnavailable
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.worker_store import WorkerStore
from tests.factories import eventually, register_worker, submission, submit
from tests.integration.protocol.conftest import LedWorker
from tests.scratch_database import scratch_database

# Rule 19: batches go from their ids to the primary key, whatever the statistics say.

FINISHED = """
INSERT INTO jobs (id, queue, type, status, payload, finished_at)
SELECT gen_random_uuid(), 'default', 'demo', 'completed', '{}', now() FROM generate_series(1, 10000)
"""
QUEUED = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at)
SELECT gen_random_uuid(), 'default', 'demo', 'queued', '{}', now() FROM generate_series(1, 3000) RETURNING id::text
"""
NAIVE = "UPDATE jobs SET updated_at = now() WHERE id = ANY(%(ids)s::uuid[]) AND status = 'queued'"


class StaleStatistics:
    """3,000 jobs are queued, and by the statistics none is: they were taken while the queue was empty."""

    def __init__(self, database: Database, url: str) -> None:
        self.database = database
        self.url = url
        self.jobs = JobStore(database)
        self.worker_id = register_worker(database)
        database.run("ALTER TABLE jobs SET (autovacuum_enabled = off)")
        database.run(FINISHED)
        database.run("VACUUM ANALYZE jobs")
        self.ids = [row[0] for row in database.run(QUEUED)]

    def indexes_read_by(self, work: Callable[[], Any]) -> set[str]:
        """Those of the table jobs that were really scanned, not those of a plan."""
        before = self._scans()
        work()
        after = self._scans()
        return {name for name in after if after[name] > before[name]}

    def _scans(self) -> dict[str, int]:
        self.database.run("SELECT pg_stat_force_next_flush()")
        counted = "SELECT indexrelname::text, idx_scan FROM pg_stat_user_indexes WHERE relname = 'jobs'"
        return dict(self.database.run(counted))


@pytest.fixture(scope="module")
def stale(server_url: str, template: str) -> Iterator[StaleStatistics]:
    with scratch_database(server_url, template=template) as url:
        database = connect(url, pool_size=1, statement_timeout_seconds=60.0, application_name="tests")
        yield StaleStatistics(database, url)
        database.close()


def test_a_batch_does_not_read_the_whole_queue_because_the_statistics_are_stale(stale: StaleStatistics) -> None:
    naive = stale.indexes_read_by(lambda: stale.database.run(NAIVE, {"ids": stale.ids[:16]}))
    assert naive == {"jobs_queued"}, "the trap is not set: the statement written naively does not fall into it"
    batch = stale.ids[:16]
    assert stale.indexes_read_by(lambda: stale.jobs.claim(stale.worker_id, batch, None)) == {"jobs_pkey"}
    outcomes = [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE) for job_id in batch]
    assert stale.indexes_read_by(lambda: stale.jobs.acknowledge(stale.worker_id, outcomes)) == {"jobs_pkey"}


@pytest.mark.parametrize("size", [1, 500])
def test_an_acknowledgement_reads_no_job_but_its_own_however_few_there_are(
    database: Database, jobs: JobStore, size: int
) -> None:
    """A scan of a few thousand rows looks cheap to the planner; joined to the outcomes row by row it took 115 ms."""
    ids = [row[0] for row in database.run(QUEUED)]
    database.run("VACUUM ANALYZE jobs")
    worker_id = register_worker(database)
    for start in (0, 500):
        jobs.claim(worker_id, ids[start : start + 500], None)
    outcomes = [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE) for job_id in ids[:size]]
    before = scans_of_jobs(database)
    assert len(jobs.acknowledge_free(worker_id, outcomes)) == size
    assert scans_of_jobs(database) == before


def scans_of_jobs(database: Database) -> int:
    database.run("SELECT pg_stat_force_next_flush()")
    ((count,),) = database.run("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'jobs'")
    return int(count)


# Rule 21: all lock by id ascending; only an acknowledgement waits for a lock, and not for ever.

BATCH = 100
ROUNDS = 10


HOLD = """
UPDATE jobs SET status = 'processing', worker_id = %(worker)s, attempts = 1, rescues = 0, attempt_log = NULL
WHERE id = ANY(%(ids)s::uuid[])
"""


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Contended:
    """Jobs that one worker holds, for two who write them at the same moment and name them in opposite order."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.jobs = JobStore(database)
        self.recovery = RecoveryStore(database)
        self.worker_id = register_worker(database)
        self.ids = [answer.id for answer in self.jobs.create_jobs([submission() for _ in range(BATCH)])]

    def hold(self) -> None:
        self.database.run(HOLD, {"worker": self.worker_id, "ids": self.ids})

    def let_go(self) -> None:
        self.database.run("UPDATE jobs SET status = 'queued', worker_id = NULL")

    def acknowledge(self, ids: list[str]) -> None:
        released = [Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE) for job_id in ids]
        self.jobs.acknowledge(self.worker_id, released)

    def rescue(self, ids: list[str]) -> None:
        self.recovery.rescue(self.worker_id, [(job_id, 1) for job_id in ids], error="died")

    def claim(self, ids: list[str]) -> list[str]:
        return [job.id for job in self.jobs.claim(self.worker_id, ids, None)]

    def release_all(self, _ids: list[str]) -> None:
        self.recovery.release_all(self.worker_id)


@pytest.fixture
def large(stale: StaleStatistics) -> Iterator[Database]:
    """As in a large table, plans go to the primary key row by row, in the order given."""
    ((name,),) = stale.database.run("SELECT current_database()")
    stale.database.run(f"ALTER DATABASE {name} SET enable_seqscan = off")
    opened = connect(stale.url, pool_size=4, statement_timeout_seconds=20.0, application_name="tests")
    yield opened
    opened.close()
    stale.database.run(f"ALTER DATABASE {name} RESET enable_seqscan")


@pytest.mark.parametrize("taker", ["rescue", "release_all"])
def test_what_takes_back_waits_for_no_row_and_so_for_no_deadlock(large: Database, taker: str) -> None:
    contended = Contended(large)
    contended.hold()
    held = contended.ids[BATCH // 2]
    with large.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held})
        getattr(contended, taker)(contended.ids)
    mine = "SELECT id::text FROM jobs WHERE status = 'processing' AND id = ANY(%(ids)s::uuid[])"
    assert [row[0] for row in large.run(mine, {"ids": contended.ids})] == [held]


def test_two_acknowledgements_that_overlap_do_not_deadlock(large: Database) -> None:
    """Both are stopped half-way: should each hold what the other comes to next, neither can go on."""
    contended = Contended(large)
    contended.hold()
    write = contended.acknowledge
    with ThreadPoolExecutor(2) as pool:
        with large.transaction() as connection:
            run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": contended.ids[BATCH // 2]})
            calls = [pool.submit(write, contended.ids), pool.submit(write, contended.ids[::-1])]
            eventually(lambda: large.run(WAITING) == [(2,)])
        for each in calls:
            each.result(20)


def test_an_acknowledgement_that_waited_obeys_what_it_waited_for(database: Database) -> None:
    contended = Contended(database)
    contended.hold()
    cancelled, taken, left = contended.ids[:3]
    failing = [
        Outcome(id=job_id, attempt=1, event=JobEvent.RETRY_LATER, delay_seconds=1.0, error="x")
        for job_id in (cancelled, taken, left)
    ]
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as connection:
            run_on(connection, "UPDATE jobs SET cancel_requested_at = now() WHERE id = %(id)s", {"id": cancelled})
            run_on(connection, "UPDATE jobs SET attempts = 2 WHERE id = %(id)s", {"id": taken})
            call = pool.submit(contended.jobs.acknowledge, contended.worker_id, failing)
            eventually(lambda: database.run(WAITING) == [(1,)])
        settled = {item.id: item.status for item in call.result(20)}
    assert settled == {cancelled: JobStatus.CANCELLED, left: JobStatus.RETRYING}


def test_two_claims_of_the_same_ids_in_opposite_orders_do_not_deadlock(database: Database) -> None:
    contended = Contended(database)
    for _ in range(ROUNDS):
        contended.let_go()
        claimed = both_ways(contended.claim, contended.claim, contended.ids)
        assert sorted(job_id for ids in claimed for job_id in ids) == contended.ids


def test_two_heartbeats_for_the_same_children_do_not_deadlock(database: Database) -> None:
    workers = [register_worker(database) for _ in range(BATCH)]
    beat = WorkerStore(database).beat
    for _ in range(ROUNDS):
        assert {len(beaten.alive) for beaten in both_ways(beat, beat, workers)} == {BATCH}


def both_ways(first: Callable[[list[str]], Any], second: Callable[[list[str]], Any], ids: list[str]) -> list[Any]:
    """What both answer, which begin at the same moment, one with the ids in order and one from the end."""
    barrier = threading.Barrier(2, timeout=10)

    def call(write: Callable[[list[str]], Any], ordered: list[str]) -> Any:
        barrier.wait()
        return write(ordered)

    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(call, first, ids), pool.submit(call, second, ids[::-1])]
        return [each.result(20) for each in calls]


def test_an_acknowledgement_neither_skips_a_locked_row_nor_waits_for_ever(
    database: Database, jobs: JobStore, broker: RedisBroker, impatient: Database
) -> None:
    worker = LedWorker(database, broker, writes_to=impatient)
    locked, free = worker.claim(submit(jobs)), worker.claim(submit(jobs))
    worker.finish(locked)
    worker.finish(free)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": locked.id})
        began = time.monotonic()
        with pytest.raises(StoreUnavailable) as refused:
            JobStore(impatient).save_result(worker.id, Outcome(id=locked.id, attempt=1, event=JobEvent.COMPLETE))
        assert time.monotonic() - began < 1.0
        assert sqlstate(refused.value) == LOCK_TIMEOUT
        for _ in range(3):
            worker.write()
        assert worker.settled == [free.id], "one locked row holds up the others"
    for _ in range(2):
        worker.write()
    assert worker.settled == [free.id, locked.id], "an outcome was skipped as if it were stale"
    assert jobs.get_job_by_id(locked.id).status == JobStatus.COMPLETED
