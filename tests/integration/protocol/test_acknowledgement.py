"""Rules 10 to 12 of the protocol: outcomes are recorded in Redis, written by a guarded UPDATE, and forgotten again.

What each test is named for is what would happen without its rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from redis import Redis
from structlog.testing import capture_logs

from goqueue_cli.local import LocalStores
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.clock import SystemClock
from goqueue_common.database import Database
from goqueue_common.job import ClaimedJob
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker import acknowledger
from goqueue_worker.acknowledger import MAX_BACKLOG_BYTES
from goqueue_worker.child import Child
from goqueue_worker.maintenance.sweep import Sweep
from goqueue_worker.recovery import TakenBack
from goqueue_worker.registry import Registry
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.slot_table import SlotTable
from tests.factories import row, submit
from tests.integration.protocol.conftest import DEFAULT, NOWHERE, LedWorker, take_back
from tests.stalled import stalled

# Rule 10: one field an attempt, only one's own is deleted, and a fenced worker records nothing.


@pytest.fixture
def outrun(
    database: Database, jobs: JobStore, broker: RedisBroker, worker: LedWorker, other_worker: LedWorker, redis_client: Redis
) -> ClaimedJob:
    """A first attempt that was taken from a worker that still runs it; the second one has been recorded as ended."""
    first = worker.claim(submit(jobs))
    take_back(database, broker, worker, (first.id, 1))
    redis_client.delete(broker.keys.fence(worker.id))  # as a flush does, and time
    current = other_worker.finish(other_worker.claim(first.id), result=b'"current"')
    assert broker.record(other_worker.id, {current.field: current.encoded()})
    return first


def test_the_record_of_a_stale_attempt_overwrites_nobodys_outcome(
    outrun: ClaimedJob, database: Database, jobs: JobStore, broker: RedisBroker, worker: LedWorker, other_worker: LedWorker
) -> None:
    stale = worker.finish(outrun, result=b'"stale"')
    assert broker.record(worker.id, {stale.field: stale.encoded()})
    assert take_back(database, broker, other_worker, (outrun.id, 2)).applied == 1
    assert jobs.get_job_by_id(outrun.id).result == "current"


def test_a_stale_attempt_that_forgets_its_record_takes_nobody_elses_along(
    outrun: ClaimedJob, broker: RedisBroker, worker: LedWorker, redis_client: Redis
) -> None:
    stale = worker.finish(outrun)
    broker.record(worker.id, {stale.field: stale.encoded()})
    broker.ack(stale.field, stale.id)
    assert redis_client.hkeys(broker.keys.acks) == [f"{outrun.id}:2"]


def test_a_worker_that_was_declared_lost_records_and_writes_nothing_and_knows_it(
    database: Database, jobs: JobStore, broker: RedisBroker, worker: LedWorker, redis_client: Redis
) -> None:
    job_id = submit(jobs)
    claimed = worker.claim(job_id)
    take_back(database, broker, worker, (job_id, 1))
    before = row(database, job_id)
    worker.finish(claimed)
    worker.write()
    assert worker.is_lost
    assert worker.settled == []
    assert row(database, job_id) == before
    assert not redis_client.exists(broker.keys.acks)


class LateRecord(RedisBroker):
    """The real broker, on whose way a worker that lives on gets its record in at the worst moment: after each step."""

    def __init__(self, url: str, keys: Keys, worker_id: str, outcome: Mapping[str, bytes]) -> None:
        super().__init__(url, keys)
        self._worker_id = worker_id
        self._outcome = outcome
        self.accepted_after: list[str] = []

    def fence(self, worker_id: str, seconds: float) -> None:
        super().fence(worker_id, seconds)
        self._try("fence")

    def recorded(self, fields: Sequence[str]) -> dict[str, bytes]:
        found = super().recorded(fields)
        self._try("recorded")
        return found

    def _try(self, step: str) -> None:
        if super().record(self._worker_id, self._outcome):
            self.accepted_after.append(step)


def test_no_outcome_is_accepted_after_its_rescuer_has_looked_for_it(
    database: Database, jobs: JobStore, redis_url: str, prefix: str, worker: LedWorker
) -> None:
    job_id = submit(jobs)
    outcome = worker.finish(worker.claim(job_id))
    broker = LateRecord(redis_url, Keys(prefix), worker.id, {outcome.field: outcome.encoded()})
    take_back(database, broker, worker, (job_id, 1))
    broker.close()
    assert broker.accepted_after == []
    assert jobs.get_job_by_id(job_id).status == JobStatus.QUEUED


def test_an_outcome_recorded_before_its_worker_died_is_applied_and_does_not_run_again(
    database: Database, jobs: JobStore, broker: RedisBroker, worker: LedWorker
) -> None:
    job_id = submit(jobs)
    outcome = worker.finish(worker.claim(job_id), result=b"1")
    broker.record(worker.id, {outcome.field: outcome.encoded()})
    assert take_back(database, broker, worker, (job_id, 1)) == TakenBack(applied=1, rescued=0, released=0, left=0)
    job = jobs.get_job_by_id(job_id)
    assert (job.status, job.result, broker.tails(*DEFAULT, 10)) == (JobStatus.COMPLETED, 1, [])


def test_a_record_that_a_flush_took_costs_a_second_run_and_never_the_job(
    database: Database, jobs: JobStore, broker: RedisBroker, worker: LedWorker, redis_client: Redis
) -> None:
    job_id = submit(jobs)
    outcome = worker.finish(worker.claim(job_id))
    broker.record(worker.id, {outcome.field: outcome.encoded()})
    redis_client.delete(broker.keys.acks)
    assert take_back(database, broker, worker, (job_id, 1)).rescued == 1
    assert (jobs.get_job_by_id(job_id).status, broker.tails(*DEFAULT, 10)) == (JobStatus.QUEUED, [job_id])


# Rule 11: the hash does not leak, Redis holds up no outcome, and what waits for PostgreSQL is bounded.


class ForgetsNothing(RedisBroker):
    """The real broker for a worker that dies, each time, between its UPDATE and its HDEL."""

    def ack_many(self, fields: Sequence[str], job_ids: object, news: str | None = None) -> None:
        """It is dead by now."""


def test_records_of_workers_that_died_after_their_update_do_not_pile_up(
    database: Database, jobs: JobStore, broker: RedisBroker, redis_url: str, prefix: str, redis_client: Redis
) -> None:
    dying = ForgetsNothing(redis_url, Keys(prefix))
    for event in (JobEvent.COMPLETE, JobEvent.CONFIRM_CANCEL):
        dead = LedWorker(database, dying)
        dead.finish(dead.claim(submit(jobs)), event=event)
        dead.write()
        WorkerStore(database).declare_lost(dead.id)
    dying.close()
    assert redis_client.hlen(broker.keys.acks) == 2
    Sweep(MaintenanceStore(database), broker).step()
    assert redis_client.hlen(broker.keys.acks) == 0


def test_a_record_whose_update_is_still_to_come_survives_the_sweep_and_goes_with_its_rescue(
    database: Database, jobs: JobStore, broker: RedisBroker, worker: LedWorker, redis_client: Redis
) -> None:
    job_id = submit(jobs)
    outcome = worker.finish(worker.claim(job_id))
    broker.record(worker.id, {outcome.field: outcome.encoded()})
    WorkerStore(database).declare_lost(worker.id)
    Sweep(MaintenanceStore(database), broker).step()
    assert take_back(database, broker, worker, (job_id, 1)).applied == 1
    assert redis_client.hlen(broker.keys.acks) == 0


@contextmanager
def full(client: Redis) -> Iterator[None]:
    """The server has all the memory it may have: it refuses what needs more."""
    client.config_set("maxmemory", 1)
    try:
        yield
    finally:
        client.config_set("maxmemory", 0)


def test_a_redis_without_memory_keeps_no_outcome_from_postgresql(
    jobs: JobStore, worker: LedWorker, redis_client: Redis
) -> None:
    claimed = worker.claim(submit(jobs))
    worker.finish(claimed)
    with full(redis_client):
        worker.write()
    assert jobs.get_job_by_id(claimed.id).status == JobStatus.COMPLETED
    assert worker.settled == [claimed.id]


def test_a_redis_that_does_not_answer_keeps_no_outcome_from_postgresql(
    jobs: JobStore, worker: LedWorker, stores: LocalStores
) -> None:
    claimed = worker.claim(submit(jobs))
    worker.finish(claimed)
    with stalled(stores.valkey):
        worker.write()
        assert jobs.get_job_by_id(claimed.id).status == JobStatus.COMPLETED
    assert worker.settled == [claimed.id]


def test_a_redis_that_is_away_keeps_no_outcome_from_postgresql(
    database: Database, jobs: JobStore, no_redis: RedisBroker
) -> None:
    worker = LedWorker(database, no_redis)
    claimed = worker.claim(submit(jobs))
    worker.finish(claimed)
    worker.write()
    assert jobs.get_job_by_id(claimed.id).status == JobStatus.COMPLETED


@pytest.fixture
def cut_off(database: Database, broker: RedisBroker, no_database: Database) -> LedWorker:
    """A worker for which PostgreSQL is away when it writes."""
    return LedWorker(database, broker, writes_to=no_database)


def fill(worker: LedWorker, claimed_id: str) -> int:
    """Finish large results until the worker says that too much waits; how many bytes of results that took."""
    claimed = worker.claim(claimed_id)
    result = b'"' + b"x" * 1_000_000 + b'"'
    worker.finish(claimed, result=result)
    worker.write()
    finished = 0
    while not worker.acknowledger.is_full:
        assert finished < 2 * MAX_BACKLOG_BYTES, "it takes more and more"
        worker.finish(claimed, result=result)
        finished += len(result)
        worker.acknowledger._gather()
    return finished


def test_what_waits_for_an_absent_postgresql_does_not_grow_without_bound(jobs: JobStore, cut_off: LedWorker) -> None:
    assert fill(cut_off, submit(jobs)) <= MAX_BACKLOG_BYTES + 2_000_000


def test_what_first_finds_postgresql_away_counts_for_the_bound_like_what_comes_later(
    jobs: JobStore, cut_off: LedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledger, "MAX_BACKLOG_BYTES", 10_000)
    for _ in range(3):
        cut_off.finish(cut_off.claim(submit(jobs)), result=b'"' + b"x" * 6_000 + b'"')
    for _ in range(2):
        cut_off.write()
    assert cut_off.acknowledger.is_full


def test_a_worker_whose_backlog_is_full_claims_no_more(
    jobs: JobStore, worker: LedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@{NOWHERE}/none")
    table, _ = SlotTable.create(100)
    table.lease_deadline = SystemClock().boottime() + 60.0
    child = Child(WorkerSettings.read(), 4, table, None, Registry())  # type: ignore[arg-type]  # no parent is told anything
    assert child._may_claim()
    worker.acknowledger = child._acknowledger
    fill(worker, submit(jobs))
    assert not child._may_claim()


# Rule 12: zero rows is a definite answer.


def test_a_stale_outcome_is_dropped_once_and_neither_written_over_nor_tried_for_ever(
    outrun: ClaimedJob, database: Database, broker: RedisBroker, worker: LedWorker, redis_client: Redis
) -> None:
    before = row(database, outrun.id)
    worker.finish(outrun, result=b'"stale"')
    with capture_logs() as logs:
        worker.write()
    assert row(database, outrun.id) == before
    assert redis_client.hkeys(broker.keys.acks) == [f"{outrun.id}:2"]
    assert (worker.settled, worker.acknowledger.leftovers()) == ([outrun.id], [])
    dropped = [(entry["count"], entry["attempts"]) for entry in logs if entry["event"] == "stale_outcomes_dropped"]
    assert dropped == [(1, [f"{outrun.id}:1"])]
