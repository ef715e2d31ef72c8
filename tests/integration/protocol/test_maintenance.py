"""Rule 16: maintenance is done by whoever holds its lease in PostgreSQL, and is safe if two do it.

Leases given up, followed and renewed in pauses: tests/integration/worker/test_maintenance_lease.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.submitter import Submitter
from goqueue_worker.maintenance.expirer import Expirer
from goqueue_worker.maintenance.lease import LeasedDuty
from goqueue_worker.maintenance.promoter import Promoter
from goqueue_worker.recovery import Recovery
from tests.factories import eventually, register_worker, submission
from tests.integration.protocol.judge import LEASE, Judge, fall_silent

NORMAL = Priority.NORMAL
Round = Callable[[], object]
_JOBS = 120


def at_once(rounds: Sequence[Round]) -> None:
    """As if all these workers held the lease: three rounds each."""
    with ThreadPoolExecutor(len(rounds)) as pool:
        list(pool.map(lambda each: each(), [*rounds, *rounds, *rounds]))


def create(jobs: JobStore, **options: Any) -> list[str]:
    return [answer.id for answer in jobs.create_jobs([submission(**options) for _ in range(_JOBS)])]


def test_rule_16_promoters_at_once_queue_and_push_each_job_once(
    database: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    ids = create(jobs, delay_seconds=60)
    database.run("UPDATE jobs SET run_at = now()")
    at_once([Promoter(MaintenanceStore(database), Submitter(jobs, broker)).step for _ in range(4)])
    assert sorted(broker.tails("default", NORMAL, 999)) == sorted(ids)


def test_rule_16_rescuers_at_once_count_each_death_once(database: Database, broker: RedisBroker, jobs: JobStore) -> None:
    ids, lost = create(jobs), [register_worker(database) for _ in range(6)]
    for number, worker_id in enumerate(lost):
        jobs.claim(worker_id, ids[number::6], None)
        fall_silent(database, worker_id)
    judges = [Judge(database, Recovery(jobs, RecoveryStore(database), broker)) for _ in range(4)]
    for judge in judges:
        judge.beat_for(LEASE)
    at_once([judge.step for judge in judges])
    assert {(job.status, job.rescues) for job in map(jobs.get_job_by_id, ids)} == {(JobStatus.QUEUED, 1)}
    assert sorted(broker.tails("default", NORMAL, 999)) == sorted(ids)


def test_rule_16_expirers_at_once_fail_each_job_once(database: Database, broker: RedisBroker, jobs: JobStore) -> None:
    ids = create(jobs)
    database.run("UPDATE jobs SET expires_at = now()")
    at_once([Expirer(MaintenanceStore(database), broker).step for _ in range(4)])
    assert {jobs.get_job_by_id(job_id).failure_reason for job_id in ids} == {"expired"}


class HangingDuty:
    """A round that does not end until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def step(self) -> float:
        self.let_go.wait(10)
        return 0.0


def test_rule_16_a_holder_that_hangs_in_a_round_renews_nothing_and_the_next_one_takes_over(database: Database) -> None:
    store, next_one = MaintenanceStore(database), str(uuid4())
    hanging, done = HangingDuty(), HangingDuty()
    done.let_go.set()
    thread = threading.Thread(target=LeasedDuty(hanging, "relay", str(uuid4()), store).step)
    thread.start()
    eventually(lambda: database.run("SELECT FROM maintenance_leases"))
    database.run("UPDATE maintenance_leases SET expires_at = now() - interval '1 s'")
    LeasedDuty(done, "relay", next_one, store).step()
    ((holder,),) = database.run("SELECT holder::text FROM maintenance_leases")
    hanging.let_go.set()
    thread.join(10)
    assert holder == next_one
