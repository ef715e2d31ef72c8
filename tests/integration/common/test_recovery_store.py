from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goqueue_common.database import Database, run_on
from goqueue_common.job import JobRef, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.recovery_store import QueuedRow, RecoveryStore
from tests.factories import job_in, ref, row, submit

PAST = datetime.now(UTC) - timedelta(hours=1)
HOLDER, OTHER = str(uuid4()), str(uuid4())


@pytest.fixture
def recovery(database: Database) -> RecoveryStore:
    return RecoveryStore(database)


def make_due(database: Database, job_id: str, seconds_ago: float) -> None:
    database.run(
        "UPDATE jobs SET run_at = now() - %(ago)s * interval '1 s' WHERE id = %(id)s", {"ago": seconds_ago, "id": job_id}
    )


def waited(database: Database, job_id: str, seconds: float) -> None:
    """As if the job had been queued so long ago."""
    database.run(
        "UPDATE jobs SET queued_at = now() - %(ago)s * interval '1 s' WHERE id = %(id)s", {"ago": seconds, "id": job_id}
    )


@pytest.mark.parametrize("status", [JobStatus.SCHEDULED, JobStatus.RETRYING])
def test_a_due_job_is_queued_and_named_for_the_push(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id, queue="mail", priority=Priority.LOW)
    make_due(database, job_id, 1)
    assert recovery.promote(10) == [JobRef(job_id, "mail", Priority.LOW)]
    job = store.get_job_by_id(job_id)
    assert (job.status, job.queued_at, job.waiting_reason) == (JobStatus.QUEUED, job.updated_at, None)
    assert recovery.promote(10) == []


@pytest.mark.parametrize("status", list(JobStatus))
def test_a_job_that_is_not_due_is_left_alone(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    before = row(database, job_id)
    assert recovery.promote(10) == []
    assert row(database, job_id) == before


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.COMPLETED, JobStatus.FAILED])
def test_a_past_run_at_promotes_no_job_that_does_not_wait_for_it(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    make_due(database, job_in(status, store, worker_id), 60)
    assert recovery.promote(10) == []


def test_the_most_overdue_are_promoted_first_and_no_more_than_the_limit(
    store: JobStore, recovery: RecoveryStore, database: Database
) -> None:
    ids = [submit(store, delay_seconds=60) for _ in range(6)]
    for number, job_id in enumerate(ids):
        make_due(database, job_id, 10 + number)
    batches = [recovery.promote(4), recovery.promote(4), recovery.promote(4)]
    assert [[job.id for job in jobs] for jobs in batches] == [ids[:1:-1], ids[1::-1], []]


def test_a_due_row_that_somebody_holds_is_skipped_until_the_next_round(
    store: JobStore, recovery: RecoveryStore, database: Database, impatient: Database
) -> None:
    held, free = (submit(store, delay_seconds=60) for _ in range(2))
    for job_id in (held, free):
        make_due(database, job_id, 1)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held})
        assert RecoveryStore(impatient).promote(10) == [ref(free)]
    assert recovery.promote(10) == [ref(held)]


def test_a_lease_is_refused_to_a_second_holder_and_renewed_by_the_first(recovery: RecoveryStore) -> None:
    held = [recovery.hold_lease("relay", holder, 60) for holder in (HOLDER, OTHER, HOLDER, OTHER)]
    assert held == [True, False, True, False]


def test_leases_of_two_duties_are_two_leases(recovery: RecoveryStore) -> None:
    assert [recovery.hold_lease("relay", HOLDER, 60), recovery.hold_lease("promote", OTHER, 60)] == [True, True]


def test_an_expired_lease_is_taken_over_and_lost_to_its_first_holder(recovery: RecoveryStore, database: Database) -> None:
    recovery.hold_lease("relay", HOLDER, 60)
    database.run("UPDATE maintenance_leases SET expires_at = now() - interval '1 s'")
    assert [recovery.hold_lease("relay", holder, 60) for holder in (OTHER, HOLDER)] == [True, False]


def test_a_lease_given_up_is_free_but_only_its_holder_can_give_it_up(recovery: RecoveryStore) -> None:
    recovery.hold_lease("relay", HOLDER, 60)
    recovery.give_up_lease("relay", OTHER)
    assert recovery.hold_lease("relay", OTHER, 60) is False
    recovery.give_up_lease("relay", HOLDER)
    assert recovery.hold_lease("relay", OTHER, 60) is True


def test_waiting_lists_are_those_that_should_hold_a_job(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str
) -> None:
    for queue, priority in (("a", Priority.HIGH), ("a", Priority.LOW), ("b", Priority.NORMAL)):
        for _ in range(2):
            waited(database, submit(store, queue=queue, priority=priority), 10)
    submit(store, queue="just-submitted")
    for status in JobStatus:
        if status != JobStatus.QUEUED:
            job_in(status, store, worker_id, queue="elsewhere")
    assert sorted(recovery.waiting_lists(2.0)) == [("a", Priority.HIGH), ("a", Priority.LOW), ("b", Priority.NORMAL)]


def test_missing_jobs_are_the_queued_ones_of_a_list_oldest_first(
    store: JobStore, recovery: RecoveryStore, database: Database, worker_id: str
) -> None:
    ids = [submit(store) for _ in range(4)]
    for seconds, job_id in zip((10, 40, 30, 20), ids, strict=True):
        waited(database, job_id, seconds)
    expired = submit(store, expires_at=PAST)
    for other in (expired, submit(store, queue="other"), submit(store, priority=Priority.HIGH)):
        waited(database, other, 50)
    submit(store)
    job_in(JobStatus.PROCESSING, store, worker_id)
    missing = recovery.missing("default", Priority.NORMAL, before=None, grace_seconds=2.0, limit=10)
    assert missing == [ref(ids[number]) for number in (1, 2, 3, 0)]
    limited = recovery.missing("default", Priority.NORMAL, before=None, grace_seconds=2.0, limit=3)
    assert limited == missing[:3]


def test_missing_jobs_are_those_before_the_one_at_the_tail(
    store: JobStore, recovery: RecoveryStore, database: Database
) -> None:
    ids = [submit(store) for _ in range(3)]
    database.run("UPDATE jobs SET queued_at = now() - interval '10 s'")
    tail = recovery.queued_row(ids[1])
    assert tail is not None
    before = (tail.queued_at, ids[1])
    missing = recovery.missing("default", Priority.NORMAL, before=before, grace_seconds=2.0, limit=10)
    assert [job.id for job in missing] == ids[:1]


@pytest.mark.parametrize("status", list(JobStatus))
def test_only_a_queued_row_has_business_in_a_list(
    store: JobStore, recovery: RecoveryStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id, queue="mail", priority=Priority.HIGH)
    queued_at = store.get_job_by_id(job_id).queued_at
    assert queued_at is not None or status != JobStatus.QUEUED
    expected = QueuedRow("mail", Priority.HIGH, queued_at) if queued_at and status == JobStatus.QUEUED else None
    assert recovery.queued_row(job_id) == expected
