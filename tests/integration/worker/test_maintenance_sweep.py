"""The sweep of recorded outcomes on real stores."""

from __future__ import annotations

import pytest
from redis import Redis
from structlog.testing import capture_logs

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_worker.maintenance import sweep as sweep_module
from goqueue_worker.maintenance.sweep import Sweep
from tests.factories import job_in, start

A_LONG_REST = 20.0


@pytest.fixture
def sweep(database: Database, broker: RedisBroker) -> Sweep:
    return Sweep(MaintenanceStore(database), broker)


def record(broker: RedisBroker, worker_id: str, *fields: str) -> None:
    broker.record(worker_id, dict.fromkeys(fields, b"{}"))


def recorded(broker: RedisBroker) -> set[str]:
    page = broker.acks_page("0", 100_000)
    assert page.cursor == "0"
    return set(page.fields)


def pass_over(sweep: Sweep) -> int:
    """One whole pass; of how many steps."""
    steps = 1
    while sweep.step() < A_LONG_REST:
        steps += 1
    return steps


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.RETRYING])
def test_an_outcome_that_postgresql_has_is_removed(
    sweep: Sweep, broker: RedisBroker, jobs: JobStore, worker_id: str, status: JobStatus
) -> None:
    record(broker, worker_id, f"{job_in(status, jobs, worker_id)}:1")
    pass_over(sweep)
    assert recorded(broker) == set()


def test_an_outcome_of_an_attempt_still_in_processing_is_left_to_who_writes_it(
    sweep: Sweep, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    field = f"{job_in(JobStatus.PROCESSING, jobs, worker_id)}:1"
    record(broker, worker_id, field)
    pass_over(sweep)
    assert recorded(broker) == {field}


def test_an_outcome_of_an_earlier_attempt_is_removed_and_the_present_one_left(
    sweep: Sweep, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, jobs, worker_id)
    jobs.save_result(worker_id, Outcome(id=job_id, attempt=1, event=JobEvent.RELEASE))
    assert start(jobs, worker_id, job_id).attempt == 2
    record(broker, worker_id, f"{job_id}:1", f"{job_id}:2")
    pass_over(sweep)
    assert recorded(broker) == {f"{job_id}:2"}


def test_an_outcome_of_a_job_that_is_gone_is_removed(
    sweep: Sweep, broker: RedisBroker, jobs: JobStore, database: Database, worker_id: str
) -> None:
    field = f"{job_in(JobStatus.COMPLETED, jobs, worker_id)}:1"
    record(broker, worker_id, field)
    database.run("DELETE FROM jobs")
    pass_over(sweep)
    assert recorded(broker) == set()


def test_a_field_that_cannot_be_read_is_removed_and_said(sweep: Sweep, broker: RedisBroker, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.hset(broker.keys.acks, "whatever", "1")
        with capture_logs() as logs:
            pass_over(sweep)
        assert client.hlen(broker.keys.acks) == 0
    assert logs == [{"event": "acks_unreadable", "log_level": "warning", "removed": 1}]


def test_thousands_of_outcomes_are_swept_page_by_page(
    sweep: Sweep, broker: RedisBroker, jobs: JobStore, worker_id: str
) -> None:
    live = {f"{job_in(JobStatus.PROCESSING, jobs, worker_id)}:1" for _ in range(5)}
    settled = job_in(JobStatus.COMPLETED, jobs, worker_id)
    record(broker, worker_id, *live, *(f"{settled}:{attempt}" for attempt in range(1, 3_001)))
    steps = pass_over(sweep)
    assert steps >= 3_000 / (3 * sweep_module._PAGE)
    assert recorded(broker) == live


def test_it_rests_after_a_pass_and_begins_anew(sweep: Sweep, broker: RedisBroker, jobs: JobStore, worker_id: str) -> None:
    for _ in range(2):
        record(broker, worker_id, f"{job_in(JobStatus.COMPLETED, jobs, worker_id)}:1")
        assert sweep.step() >= A_LONG_REST
        assert recorded(broker) == set()


def test_without_redis_it_waits(database: Database) -> None:
    unreachable = RedisBroker("redis://127.0.0.1:1/0", Keys())
    assert Sweep(MaintenanceStore(database), unreachable).step() >= A_LONG_REST
    unreachable.close()
