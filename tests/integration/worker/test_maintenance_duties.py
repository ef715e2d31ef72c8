"""All duties together, as a worker has them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from goqueue_common.background.lease import LeasedDuty
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.retention_store import Retention
from goqueue_worker.maintenance.duties import leased_duties
from goqueue_worker.recovery import Recovery
from goqueue_worker.steadiness import Steadiness
from tests.factories import FrozenClock

DUTIES = {"promoter", "relay", "rescuer", "expirer", "job-pruner", "record-pruner", "sweep", "indexer", "reconciler"}
WEEK = timedelta(days=7)


@pytest.fixture
def duties(database: Database, broker: RedisBroker, jobs: JobStore) -> dict[str, LeasedDuty]:
    recovery = Recovery(jobs, RecoveryStore(database), broker)
    retention = Retention(completed=WEEK, failed=WEEK, cancelled=WEEK)
    return leased_duties(database, broker, recovery, Steadiness(FrozenClock(), 5.0), retention)


def test_one_worker_does_every_duty_each_under_a_lease_of_its_own(
    duties: dict[str, LeasedDuty], database: Database
) -> None:
    assert set(duties) == DUTIES
    for duty in duties.values():
        assert 0.0 <= duty.step() <= 1.0
    rows = database.run("SELECT duty, holder FROM maintenance_leases")
    assert {duty for duty, _ in rows} == DUTIES
    assert len({holder for _, holder in rows}) == 1


def test_a_worker_that_ends_gives_every_duty_up(duties: dict[str, LeasedDuty], database: Database) -> None:
    for duty in duties.values():
        duty.step()
        duty.give_up()
    assert database.run("SELECT duty FROM maintenance_leases") == []
