from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, run_on
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.limit_store import LimitKind, LimitStore
from goqueue_common.limited_dispatch_store import LimitedClaim, LimitedDispatchStore
from goqueue_common.worker_store import WorkerStore
from tests.factories import job_in, register_worker, submission, submit

SOMEBODY = Actor("tests")
LISTS = [("default", 1)]


@pytest.fixture
def limited(database: Database) -> LimitedDispatchStore:
    return LimitedDispatchStore(database)


@pytest.fixture
def limits(database: Database) -> LimitStore:
    return LimitStore(database)


def ids(claim: LimitedClaim) -> list[str]:
    return [job.id for job in claim.jobs]


def test_the_first_given_are_claimed_and_the_others_wait_in_their_order(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.QUEUE, "default", 2, SOMEBODY)
    jobs = [submit(store) for _ in range(4)]
    asked = [jobs[3], jobs[1], jobs[0], jobs[2]]
    claim = limited.claim(worker_id, asked, None)
    assert (ids(claim), claim.over, claim.full) == ([jobs[3], jobs[1]], [jobs[0], jobs[2]], {("queue", "default")})
    again = limited.claim(worker_id, claim.over, None)
    assert (ids(again), again.over, again.full) == ([], claim.over, {("queue", "default")})


def test_what_ends_frees_its_slot_and_so_does_what_is_taken_back(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.TYPE, "demo", 2, SOMEBODY)
    jobs = [submit(store) for _ in range(4)]
    limited.claim(worker_id, jobs, None)
    store.save_result(worker_id, Outcome(id=jobs[0], attempt=1, event=JobEvent.COMPLETE))
    store.save_result(worker_id, Outcome(id=jobs[1], attempt=1, event=JobEvent.RELEASE))
    assert ids(limited.claim(worker_id, jobs, None)) == jobs[1:3]


def test_a_dead_worker_keeps_its_slots_until_its_jobs_are_taken_back(
    store: JobStore, database: Database, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.QUEUE, "default", 1, SOMEBODY)
    dead = register_worker(database)
    job_in(JobStatus.PROCESSING, store, dead)
    WorkerStore(database).declare_lost(dead)
    assert limited.claim(worker_id, [submit(store)], None).jobs == []


def test_both_limits_count_and_types_without_one_pass(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.QUEUE, "default", 3, SOMEBODY)
    limits.set(LimitKind.TYPE, "mail", 1, SOMEBODY)
    mails = [submit(store, "mail") for _ in range(3)]
    others = [submit(store, "other") for _ in range(3)]
    claim = limited.claim(worker_id, mails + others, None)
    assert ids(claim) == [mails[0], *others[:2]]
    assert claim.over == [*mails[1:], others[2]]
    assert claim.full == {("queue", "default"), ("type", "mail")}


def test_ids_that_wait_no_more_are_not_given_back(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str, database: Database
) -> None:
    limits.set(LimitKind.QUEUE, "default", 1, SOMEBODY)
    gone = [job_in(status, store, worker_id, queue="other") for status in (JobStatus.COMPLETED, JobStatus.SCHEDULED)]
    running = job_in(JobStatus.PROCESSING, store, worker_id)
    expired = submit(store)
    database.run("UPDATE jobs SET expires_at = now() - interval '1 s' WHERE id = %(id)s", {"id": expired})
    waiting = submit(store)
    claim = limited.claim(worker_id, [*gone, running, expired, waiting], None)
    assert (ids(claim), claim.over) == ([], [waiting])


def test_without_a_limit_that_concerns_them_all_are_claimed(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.QUEUE, "elsewhere", 1, SOMEBODY)
    jobs = [submit(store) for _ in range(3)]
    claim = limited.claim(worker_id, jobs, None)
    assert (ids(claim), claim.over, claim.full) == (jobs, [], frozenset())


def test_more_than_allowed_may_run_on_when_a_limit_is_lowered_and_nothing_is_added(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    for _ in range(3):
        job_in(JobStatus.PROCESSING, store, worker_id)
    limits.set(LimitKind.QUEUE, "default", 2, SOMEBODY)
    assert limited.claim(worker_id, [submit(store)], None).jobs == []
    assert (limits.limits()[0].running_count, limits.limits()[0].max_running) == (3, 2)


def test_only_an_alive_worker_and_only_its_queues(
    store: JobStore, database: Database, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.QUEUE, "default", 5, SOMEBODY)
    job_id = submit(store)
    assert limited.claim(worker_id, [job_id], ["other"]).jobs == []
    WorkerStore(database).declare_lost(worker_id)
    assert limited.claim(worker_id, [job_id], None).jobs == []
    assert limited.claim_waiting(worker_id, LISTS, 5, []).jobs == []


def test_many_claims_at_once_never_take_more_than_there_is(store: JobStore, database: Database, limits: LimitStore) -> None:
    limits.set(LimitKind.QUEUE, "default", 5, SOMEBODY)
    limits.set(LimitKind.TYPE, "demo", 7, SOMEBODY)
    limits.set(LimitKind.TYPE, "mail", 2, SOMEBODY)
    workers = [register_worker(database) for _ in range(4)]
    types = ["demo", "mail"]
    jobs = [item.id for item in store.create_jobs([submission(types[n % 2]) for n in range(60)])]

    def take(number: int) -> LimitedClaim:
        store = LimitedDispatchStore(database)
        if number % 2:
            return store.claim(workers[number % 4], jobs[number * 5 : number * 5 + 5], None)
        return store.claim_waiting(workers[number % 4], LISTS, 3, [])

    with ThreadPoolExecutor(4) as pool:
        taken = [job for claim in pool.map(take, range(12)) for job in claim.jobs]
    assert len(taken) == len({job.id for job in taken}) == 5
    assert sum(job.type == "mail" for job in taken) <= 2


def test_a_limit_that_is_full_is_not_waited_for(
    store: JobStore, database: Database, impatient: Database, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.QUEUE, "default", 1, SOMEBODY)
    waiting = submit(store)
    job_in(JobStatus.PROCESSING, store, worker_id)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM concurrency_limits FOR NO KEY UPDATE")
        assert LimitedDispatchStore(impatient).claim(worker_id, [waiting], None).over == [waiting]


def test_without_redis_a_full_type_stands_in_nobodys_way(
    store: JobStore, limited: LimitedDispatchStore, limits: LimitStore, worker_id: str
) -> None:
    limits.set(LimitKind.TYPE, "mail", 1, SOMEBODY)
    mails = [submit(store, "mail") for _ in range(5)]
    other = submit(store, "other")
    first = limited.claim_waiting(worker_id, LISTS, 3, [])
    assert (ids(first), first.full) == ([mails[0]], {("type", "mail")})
    assert ids(limited.claim_waiting(worker_id, LISTS, 3, ["mail"])) == [other]
    assert limited.claim_waiting(worker_id, LISTS, 3, ["mail"]).jobs == []


def test_without_redis_the_first_list_that_has_any_is_claimed_oldest_first(
    store: JobStore, limited: LimitedDispatchStore, worker_id: str
) -> None:
    jobs = [submit(store, queue="b") for _ in range(3)]
    submit(store, queue="c")
    assert ids(limited.claim_waiting(worker_id, [("a", 1), ("b", 1), ("c", 1)], 2, [])) == jobs[:2]
