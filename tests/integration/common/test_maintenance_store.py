from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from goqueue_common.database import Database, run_on
from goqueue_common.job import JobRef, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import WAITING, JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from tests.factories import eventually, job_in, ref, row, submit

HOLDER, OTHER = str(uuid4()), str(uuid4())


@pytest.fixture
def maintenance(database: Database) -> MaintenanceStore:
    return MaintenanceStore(database)


def make_due(database: Database, job_id: str, seconds_ago: float) -> None:
    database.run(
        "UPDATE jobs SET run_at = now() - %(ago)s * interval '1 s' WHERE id = %(id)s", {"ago": seconds_ago, "id": job_id}
    )


@pytest.mark.parametrize("status", [JobStatus.SCHEDULED, JobStatus.RETRYING])
def test_a_due_job_is_queued_and_named_for_the_push(
    store: JobStore, maintenance: MaintenanceStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id, queue="mail", priority=Priority.LOW)
    make_due(database, job_id, 1)
    assert maintenance.promote(10) == [JobRef(job_id, "mail", Priority.LOW)]
    job = store.get_job_by_id(job_id)
    assert (job.status, job.queued_at, job.waiting_reason) == (JobStatus.QUEUED, job.updated_at, None)
    assert maintenance.promote(10) == []


@pytest.mark.parametrize("status", list(JobStatus))
def test_a_job_that_is_not_due_is_left_alone(
    store: JobStore, maintenance: MaintenanceStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    before = row(database, job_id)
    assert maintenance.promote(10) == []
    assert row(database, job_id) == before


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.COMPLETED, JobStatus.FAILED])
def test_a_past_run_at_promotes_no_job_that_does_not_wait_for_it(
    store: JobStore, maintenance: MaintenanceStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    make_due(database, job_in(status, store, worker_id), 60)
    assert maintenance.promote(10) == []


def test_the_most_overdue_are_promoted_first_and_no_more_than_the_limit(
    store: JobStore, maintenance: MaintenanceStore, database: Database
) -> None:
    ids = [submit(store, delay_seconds=60) for _ in range(6)]
    for number, job_id in enumerate(ids):
        make_due(database, job_id, 10 + number)
    batches = [maintenance.promote(4), maintenance.promote(4), maintenance.promote(4)]
    assert [[job.id for job in jobs] for jobs in batches] == [ids[:1:-1], ids[1::-1], []]


def test_a_due_row_that_somebody_holds_is_skipped_until_the_next_round(
    store: JobStore, maintenance: MaintenanceStore, database: Database, impatient: Database
) -> None:
    held, free = (submit(store, delay_seconds=60) for _ in range(2))
    for job_id in (held, free):
        make_due(database, job_id, 1)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held})
        assert MaintenanceStore(impatient).promote(10) == [ref(free)]
    assert maintenance.promote(10) == [ref(held)]


def test_a_lease_is_refused_to_a_second_holder_and_renewed_by_the_first(maintenance: MaintenanceStore) -> None:
    held = [maintenance.hold_lease("relay", holder, 60) for holder in (HOLDER, OTHER, HOLDER, OTHER)]
    assert held == [True, False, True, False]


def test_leases_of_two_duties_are_two_leases(maintenance: MaintenanceStore) -> None:
    assert [maintenance.hold_lease("relay", HOLDER, 60), maintenance.hold_lease("promote", OTHER, 60)] == [True, True]


def test_an_expired_lease_is_taken_over_and_lost_to_its_first_holder(
    maintenance: MaintenanceStore, database: Database
) -> None:
    maintenance.hold_lease("relay", HOLDER, 60)
    database.run("UPDATE maintenance_leases SET expires_at = now() - interval '1 s'")
    assert [maintenance.hold_lease("relay", holder, 60) for holder in (OTHER, HOLDER)] == [True, False]


def test_a_lease_given_up_is_free_but_only_its_holder_can_give_it_up(maintenance: MaintenanceStore) -> None:
    maintenance.hold_lease("relay", HOLDER, 60)
    maintenance.give_up_lease("relay", OTHER)
    assert maintenance.hold_lease("relay", OTHER, 60) is False
    maintenance.give_up_lease("relay", HOLDER)
    assert maintenance.hold_lease("relay", OTHER, 60) is True


def test_a_look_at_a_lease_that_is_held_waits_for_no_lock_and_writes_nothing(
    maintenance: MaintenanceStore, database: Database, impatient: Database
) -> None:
    maintenance.hold_lease("relay", HOLDER, 60)
    before = database.run("SELECT xmin::text, xmax::text, ctid::text FROM maintenance_leases")
    assert maintenance.hold_lease("relay", OTHER, 60) is False
    assert database.run("SELECT xmin::text, xmax::text, ctid::text FROM maintenance_leases") == before
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM maintenance_leases FOR UPDATE")
        assert MaintenanceStore(impatient).hold_lease("relay", OTHER, 60) is False


def test_a_lease_that_somebody_is_just_taking_is_waited_for_and_then_refused(
    maintenance: MaintenanceStore, database: Database
) -> None:
    taking = "INSERT INTO maintenance_leases VALUES ('relay', %(holder)s, now() + interval '60 s')"
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as connection:
            run_on(connection, taking, {"holder": HOLDER})
            late = pool.submit(maintenance.hold_lease, "relay", OTHER, 60)
            eventually(lambda: database.run("SELECT FROM pg_stat_activity WHERE wait_event = 'transactionid'"))
        assert late.result(timeout=5) is False


def expire(database: Database, job_id: str, seconds_ago: float) -> None:
    database.run(
        "UPDATE jobs SET expires_at = now() - %(ago)s * interval '1 s' WHERE id = %(id)s",
        {"ago": seconds_ago, "id": job_id},
    )


@pytest.mark.parametrize("status", sorted(WAITING))
def test_an_expired_job_that_still_waits_fails_as_by_hand(
    store: JobStore, maintenance: MaintenanceStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    expired, by_hand = (job_in(status, store, worker_id) for _ in range(2))
    expire(database, expired, 1)
    assert [change.id for change in maintenance.expire(10)] == [expired]
    store.update_status(by_hand, JobEvent.EXPIRE)
    job, other = store.get_job_by_id(expired), store.get_job_by_id(by_hand)
    assert (job.status, job.failure_reason, job.finished_at) == (JobStatus.FAILED, "expired", job.updated_at)
    assert (job.status, job.failure_reason, job.error) == (other.status, other.failure_reason, other.error)
    assert maintenance.expire(10) == []


@pytest.mark.parametrize("status", sorted(set(JobStatus) - WAITING))
def test_a_job_that_has_started_or_ended_does_not_expire(
    store: JobStore, maintenance: MaintenanceStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    expire(database, job_id, 60)
    before = row(database, job_id)
    assert maintenance.expire(10) == []
    assert row(database, job_id) == before


@pytest.mark.parametrize("status", sorted(WAITING))
def test_a_job_does_not_expire_before_its_time_nor_without_one(
    store: JobStore, maintenance: MaintenanceStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    expire(database, job_in(status, store, worker_id), -60)
    job_in(status, store, worker_id)
    assert maintenance.expire(10) == []


def test_the_longest_expired_fail_first_and_no_more_than_the_limit(
    store: JobStore, maintenance: MaintenanceStore, database: Database
) -> None:
    ids = [submit(store) for _ in range(5)]
    for number, job_id in enumerate(ids):
        expire(database, job_id, 10 + number)
    assert [{change.id for change in maintenance.expire(3)} for _ in range(3)] == [set(ids[2:]), set(ids[:2]), set()]


def test_an_expired_row_that_somebody_holds_is_skipped_until_the_next_round(
    store: JobStore, maintenance: MaintenanceStore, database: Database, impatient: Database
) -> None:
    held, free = (submit(store) for _ in range(2))
    for job_id in (held, free):
        expire(database, job_id, 1)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held})
        assert [change.id for change in MaintenanceStore(impatient).expire(10)] == [free]
    assert [change.id for change in maintenance.expire(10)] == [held]


def test_an_attempt_is_unsettled_while_its_own_number_is_in_processing(
    store: JobStore, maintenance: MaintenanceStore, worker_id: str
) -> None:
    running, done = (job_in(status, store, worker_id) for status in (JobStatus.PROCESSING, JobStatus.COMPLETED))
    assert maintenance.unsettled([(running, 1), (done, 1), (str(uuid4()), 1)]) == {(running, 1)}
    assert maintenance.unsettled([(running, 2)]) == maintenance.unsettled([]) == set()
