"""Rules 1, 3, 4 and 6: whose lease lives, who may say that it does not, and what a worker without one may do.

Rules 2, 5 and 7 to 9, of what happens inside a worker, are in test_children.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import MappingProxyType

import pytest
from sqlalchemy.exc import IntegrityError

from goqueue_cli.local import LocalStores
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect, run_on
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.worker_store import Beat, WorkerStore
from goqueue_worker.heartbeat import Heartbeat
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.steadiness import Steadiness
from tests.factories import FrozenClock, eventually, job_in, ref, register_worker, row, submit
from tests.integration.protocol.judge import BEAT, LEASE, Judge, ended_long_ago, fall_silent, state
from tests.integration.protocol.lone_child import LoneChild

Gap = Callable[[Judge, Beat], None]


def outage(judge: Judge, _beat: Beat) -> None:
    judge.clock.advance(BEAT)
    judge.steadiness.failed()


def suspended(judge: Judge, _beat: Beat) -> None:
    judge.clock.advance(LEASE)


def failover(judge: Judge, beat: Beat) -> None:
    judge.hears(beat._replace(server_started_at=beat.server_started_at + timedelta(seconds=1)))


def clock_set_back(judge: Judge, beat: Beat) -> None:
    judge.hears(beat._replace(at=beat.at - timedelta(hours=1)))


def clock_set_forward(judge: Judge, beat: Beat) -> None:
    judge.hears(beat._replace(at=beat.at + timedelta(hours=1)))


GAPS = [
    pytest.param(outage, id="PostgreSQL was away"),
    pytest.param(suspended, id="the machine was suspended"),
    pytest.param(failover, id="another server answers"),
    pytest.param(clock_set_back, id="the clock was set back"),
    pytest.param(clock_set_forward, id="the clock was set forward"),
]


@pytest.fixture
def away() -> Iterator[Database]:
    """A database that cannot be reached."""
    url = "postgresql+psycopg2://127.0.0.1:1/none"
    opened = connect(url, pool_size=1, statement_timeout_seconds=1.0, application_name="tests")
    yield opened
    opened.close()


# Rule 1


def test_rule_1_a_judge_that_has_beaten_for_a_lease_without_a_gap_declares_the_silent_lost(
    judge: Judge, database: Database, worker_id: str
) -> None:
    fall_silent(database, worker_id)
    judge.beat_for(LEASE - BEAT)
    judge.step()
    assert state(database, worker_id) == "alive"
    judge.clock.advance(BEAT)
    judge.beat()
    judge.step()
    assert state(database, worker_id) == "lost"


@pytest.mark.parametrize("gap", GAPS)
def test_rule_1_after_a_gap_nobody_is_lost_until_the_judge_has_beaten_for_a_lease_again(
    judge: Judge, database: Database, workers: WorkerStore, worker_id: str, gap: Gap
) -> None:
    judge.beat_for(10 * LEASE)
    gap(judge, workers.beat([]))
    fall_silent(database, worker_id)
    judge.step()
    judge.beat_for(LEASE - BEAT)
    judge.step()
    assert state(database, worker_id) == "alive", "what kept the judge from knowing may have kept the worker from beating"
    judge.beat_for(2 * BEAT)
    judge.step()
    assert state(database, worker_id) == "lost"


def test_rule_1_a_clock_set_forward_between_two_beats_of_the_judge_makes_nobody_lost(
    judge: Judge, database: Database, workers: WorkerStore, worker_id: str
) -> None:
    judge.beat_for(LEASE)
    standing = judge.steadiness.standing()
    assert standing is not None
    fall_silent(database, worker_id)
    assert workers.declare_stale_lost(standing.seconds, standing.until - timedelta(hours=1)) == []
    assert state(database, worker_id) == "alive"


def test_rule_1_a_patient_worker_is_not_judged_by_a_judge_of_shorter_standing(judge: Judge, database: Database) -> None:
    patient = register_worker(database, lease_seconds=10 * LEASE)
    fall_silent(database, patient, 20 * LEASE)
    judge.beat_for(LEASE)
    judge.step()
    assert state(database, patient) == "alive"


def test_rule_1_a_restart_of_postgresql_makes_nobody_lost(
    judge: Judge, database: Database, worker_id: str, stores: LocalStores
) -> None:
    judge.beat_for(2 * LEASE)
    fall_silent(database, worker_id)
    stores.postgres.stop()
    stores.postgres.start()
    for _ in range(2):  # the pooled connection is dead, and says so once
        judge.clock.advance(1.0)
        judge.beat()
    judge.step()
    assert state(database, worker_id) == "alive"


# Rule 3


def test_rule_3_a_beat_that_is_just_being_written_saves_its_worker(
    database: Database, workers: WorkerStore, worker_id: str
) -> None:
    fall_silent(database, worker_id)
    far = workers.beat([]).at + timedelta(hours=1)
    with database.transaction() as connection:
        run_on(connection, "UPDATE workers SET beat_at = now() WHERE id = %(id)s", {"id": worker_id})
        assert workers.declare_stale_lost(LEASE, far) == []
    assert workers.declare_stale_lost(LEASE, far) == []
    assert workers.beat([worker_id]).alive == {worker_id}


def test_rule_3_judges_that_agree_declare_each_worker_lost_once(database: Database, workers: WorkerStore) -> None:
    silent = [register_worker(database) for _ in range(40)]
    for worker_id in silent:
        fall_silent(database, worker_id)
    far = workers.beat([]).at + timedelta(hours=1)
    with ThreadPoolExecutor(4) as pool:
        declared = list(pool.map(lambda _: workers.declare_stale_lost(LEASE, far), range(4)))
    assert sorted(worker_id for each in declared for worker_id in each) == sorted(silent)


def test_rule_3_a_child_that_was_declared_lost_learns_it_and_its_deadline_stands_still(
    workers: WorkerStore, database: Database
) -> None:
    tables = {register_worker(database): SlotTable.create(1)[0] for _ in range(2)}
    lost_one, alive_one = tables
    told: list[str] = []
    clock = FrozenClock()
    steadiness = Steadiness(clock, BEAT)
    heartbeat = Heartbeat(
        workers,
        clock,
        interval=BEAT,
        lease=LEASE,
        steadiness=steadiness,
        children=lambda: tables,
        memory=dict,
        on_lost=told.append,
    )
    heartbeat.step()
    workers.declare_lost(lost_one)
    clock.advance(BEAT)
    heartbeat.step()
    assert told == [lost_one]
    assert tables[alive_one].lease_deadline - tables[lost_one].lease_deadline == BEAT


def test_rule_3_nobody_takes_up_the_id_of_a_worker_that_was_lost(
    workers: WorkerStore, database: Database, worker_id: str
) -> None:
    workers.declare_lost(worker_id)
    with pytest.raises(IntegrityError):
        register_worker(database, worker_id=worker_id)
    assert state(database, worker_id) == "lost"


def test_rule_3_a_lost_worker_whose_jobs_were_taken_back_claims_records_and_writes_nothing(
    judge: Judge, database: Database, jobs: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    job_id, other = job_in(JobStatus.PROCESSING, jobs, worker_id), submit(jobs)
    fall_silent(database, worker_id)
    judge.beat_for(LEASE)
    judge.step()
    before = row(database, job_id)
    late = Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE)
    assert jobs.claim(worker_id, [job_id, other], None) == []
    assert jobs.claim_waiting(worker_id, [("default", 1)], 10) == []
    assert broker.record(worker_id, {late.field: late.encoded()}) is False
    assert jobs.acknowledge(worker_id, [late]) == []
    assert (row(database, job_id), broker.recorded([late.field])) == (before, {})


# Rule 4


@pytest.mark.parametrize("ending", ["declare_lost", "stop", None], ids=["lost", "stopped", "no row at all"])
def test_rule_4_each_round_rescues_rows_of_workers_that_are_not_alive_whoever_judged_them(
    judge: Judge, database: Database, workers: WorkerStore, jobs: JobStore, worker_id: str, ending: str | None
) -> None:
    job_id = job_in(JobStatus.PROCESSING, jobs, worker_id)
    if ending is None:
        database.run("DELETE FROM workers")
    else:
        getattr(workers, ending)(worker_id)
        judge.step()
        assert jobs.get_job_by_id(job_id).status == JobStatus.PROCESSING, "its parent may still settle it, and knows more"
        ended_long_ago(database, worker_id)
    judge.step()
    assert (jobs.get_job_by_id(job_id).status, jobs.get_job_by_id(job_id).rescues) == (JobStatus.QUEUED, 1)


def test_rule_4_rows_of_the_living_are_left_alone_however_long_they_run(
    judge: Judge, database: Database, jobs: JobStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, jobs, worker_id)
    database.run("UPDATE jobs SET started_at = now() - interval '10 days'")
    judge.beat_for(LEASE)
    judge.step()
    assert jobs.get_job_by_id(job_id).status == JobStatus.PROCESSING


# Rule 6


def test_rule_6_past_its_local_deadline_a_child_starts_writes_and_claims_nothing(
    database: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    ran: list[str] = []
    child = LoneChild(database, broker, lambda _payload, job: ran.append(job.id))
    prefetched, waiting = submit(jobs), submit(jobs)
    broker.enqueue(ref(prefetched))
    child.poll()
    child.lease_lives = False
    broker.enqueue(ref(waiting))
    child.pool.start()
    child.poll()
    eventually(lambda: child.asked > 5)
    assert (ran, broker.tails("default", 1, 10)) == ([], [waiting])
    child.lease_lives = True
    eventually(lambda: child.ended == 1)
    assert ran == [prefetched]
    child.lease_lives = False
    child.acknowledge()
    assert jobs.get_job_by_id(prefetched).status == JobStatus.PROCESSING
    assert broker.recorded([f"{prefetched}:1"]) == {}
    child.lease_lives = True
    child.acknowledge()
    assert jobs.get_job_by_id(prefetched).status == JobStatus.COMPLETED
    child.pool.stop()


class SlowWorkers(WorkerStore):
    """Each heartbeat takes three seconds."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        super().__init__(database)
        self._clock = clock

    def beat(self, worker_ids: Sequence[str], memory: Mapping[str, int] = MappingProxyType({})) -> Beat:
        self._clock.advance(3.0)
        return super().beat(worker_ids, memory)


def test_rule_6_the_deadline_counts_from_before_the_beat_was_sent_and_a_failed_one_moves_it_not(
    database: Database, worker_id: str, away: Database
) -> None:
    table, _ = SlotTable.create(1)
    clock = FrozenClock(boottime=1_000.0)
    for store in (SlowWorkers(database, clock), WorkerStore(away)):
        Heartbeat(
            store,
            clock,
            interval=BEAT,
            lease=LEASE,
            steadiness=Steadiness(clock, BEAT),
            children=lambda: {worker_id: table},
            memory=dict,
            on_lost=pytest.fail,
        ).step()
    assert table.lease_deadline == 1_000.0 + LEASE
