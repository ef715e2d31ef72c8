from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goqueue_common.database import Database, run_on
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.worker_store import WorkerStore
from tests.factories import job_in, register_worker, row, submission, submit

PAST = datetime.now(UTC) - timedelta(hours=1)


def test_a_claim_hands_over_what_a_handler_needs(store: JobStore, worker_id: str) -> None:
    parent = str(uuid4())
    job_id = submit(
        store, "email.send", queue="mail", payload={"to": "ü"}, priority=Priority.HIGH, max_retries=5, timeout_seconds=2.5,
        tags=["x"], parent_id=parent, traceparent="00-1"
    )  # fmt: skip
    (claimed,) = store.claim(worker_id, [job_id], None)
    job = store.get_job_by_id(job_id)
    assert (claimed.id, claimed.queue, claimed.type, claimed.payload) == (job_id, "mail", "email.send", '{"to": "ü"}')
    assert (claimed.attempt, claimed.failures, claimed.max_retries, claimed.rescues) == (1, 0, 5, 0)
    assert (claimed.timeout_seconds, claimed.priority, claimed.tags, claimed.cancel_requested) == (2.5, 0, ["x"], False)
    assert (claimed.started_at, claimed.queued_at, claimed.created_at) == (job.started_at, job.queued_at, job.created_at)
    assert (claimed.parent_id, claimed.traceparent) == (parent, "00-1")


def test_a_claimed_job_is_processing_under_the_worker_that_claimed_it(store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    store.claim(worker_id, [job_id], None)
    job = store.get_job_by_id(job_id)
    assert (job.status, job.worker_id, job.attempts) == (JobStatus.PROCESSING, worker_id, 1)
    assert job.started_at is not None
    assert job.started_at >= job.created_at


def test_claimed_jobs_come_in_the_order_asked_for_each_once(store: JobStore, worker_id: str) -> None:
    ids = [answer.id for answer in store.create_jobs([submission() for _ in range(50)])]
    wanted = ids[::-1]
    assert [job.id for job in store.claim(worker_id, wanted + wanted, None)] == wanted


@pytest.mark.parametrize("status", list(JobStatus))
def test_only_a_queued_job_is_claimed(store: JobStore, database: Database, worker_id: str, status: JobStatus) -> None:
    job_id = job_in(status, store, worker_id)
    before = row(database, job_id)
    claimed = store.claim(register_worker(database), [job_id], None)
    assert bool(claimed) is (status == JobStatus.QUEUED)
    assert (row(database, job_id) == before) is (status != JobStatus.QUEUED)


@pytest.mark.parametrize(
    ("queues", "expected"),
    [(None, {"a", "b", "c"}), (["a"], {"a"}), (["a", "c", "nowhere"], {"a", "c"}), (["nowhere"], set()), ([], set())],
)
def test_only_jobs_of_my_queues_are_claimed(
    store: JobStore, worker_id: str, queues: list[str] | None, expected: set[str]
) -> None:
    ids = [submit(store, queue=name) for name in ("a", "b", "c")]
    assert {job.queue for job in store.claim(worker_id, ids, queues)} == expected


def test_an_expired_job_is_not_claimed(store: JobStore, worker_id: str) -> None:
    expired = submit(store, expires_at=PAST)
    fresh = submit(store, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert [job.id for job in store.claim(worker_id, [expired, fresh], None)] == [fresh]
    assert store.get_job_by_id(expired).status == JobStatus.QUEUED


@pytest.mark.parametrize("ending", ["stop", "declare_lost", "unknown"])
def test_a_worker_that_is_not_alive_gets_none(store: JobStore, database: Database, worker_id: str, ending: str) -> None:
    job_id = submit(store)
    if ending == "unknown":
        worker_id = str(uuid4())
    else:
        getattr(WorkerStore(database), ending)(worker_id)
    assert store.claim(worker_id, [job_id], None) == []
    assert store.get_job_by_id(job_id).status == JobStatus.QUEUED


def test_ids_that_do_not_exist_are_left_out(store: JobStore, worker_id: str) -> None:
    job_id = submit(store)
    assert [job.id for job in store.claim(worker_id, [str(uuid4()), job_id], None)] == [job_id]
    assert store.claim(worker_id, [], None) == []
    assert store.increment_attempts(str(uuid4()), worker_id) is None


def test_concurrent_claims_of_the_same_ids_give_each_job_to_one_worker(store: JobStore, database: Database) -> None:
    ids = [answer.id for answer in store.create_jobs([submission() for _ in range(400)])]
    workers = [register_worker(database) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda worker: store.claim(worker, ids, None), workers))
    assert sorted(job.id for jobs in taken for job in jobs) == sorted(ids)
    holders = {job.id: worker for worker, jobs in zip(workers, taken, strict=True) for job in jobs}
    rows = database.run("SELECT id::text, worker_id::text, attempts FROM jobs")
    assert {job_id: (worker, attempts) for job_id, worker, attempts in rows} == {
        job_id: (worker, 1) for job_id, worker in holders.items()
    }


def test_a_row_that_somebody_holds_is_skipped_without_waiting(
    store: JobStore, database: Database, impatient: Database, worker_id: str
) -> None:
    held, free = submit(store), submit(store)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": held})
        assert [job.id for job in JobStore(impatient).claim(worker_id, [held, free], None)] == [free]
    assert [job.id for job in store.claim(worker_id, [held, free], None)] == [held]


def test_a_row_beside_which_somebody_writes_hides_no_job(
    store: JobStore, database: Database, impatient: Database, worker_id: str
) -> None:
    job_id = submit(store)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR KEY SHARE", {"id": job_id})
        assert [job.id for job in JobStore(impatient).claim(worker_id, [job_id], None)] == [job_id]


def test_any_queued_looks_only_into_my_queues(store: JobStore, worker_id: str) -> None:
    job_in(JobStatus.QUEUED, store, worker_id, queue="a")
    job_in(JobStatus.SCHEDULED, store, worker_id, queue="b")
    asked = [None, ["a"], ["a", "b"], ["b"], []]
    assert [store.any_queued(queues) for queues in asked] == [True, True, True, False, False]
