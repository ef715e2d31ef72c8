from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.errors import IdempotencyKeyReused
from goqueue_common.job import JobRef, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import Submission
from goqueue_common.submitter import Submitter
from tests.factories import idempotency_key, submission

LISTS = [("default", Priority.NORMAL), ("mail", Priority.HIGH)]
THREADS = 8
PAST = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def submitter(store: JobStore, broker: RedisBroker) -> Submitter:
    return Submitter(store, broker)


@pytest.fixture
def cut_off(store: JobStore) -> Iterator[Submitter]:
    """A submitter whose Redis is not there."""
    broker = RedisBroker("redis://127.0.0.1:1/0", Keys())
    yield Submitter(store, broker)
    broker.close()


def pushed(broker: RedisBroker) -> list[JobRef]:
    jobs: list[JobRef] = []
    while more := broker.dequeue_many(LISTS, 100, 0):
        jobs += more
    return jobs


def test_due_jobs_are_stored_and_pushed_in_their_order(submitter: Submitter, broker: RedisBroker) -> None:
    answers = submitter.submit([submission(), submission(queue="mail", priority=Priority.HIGH), submission(run_at=PAST)])
    assert [answer.status for answer in answers] == [JobStatus.QUEUED] * 3
    assert pushed(broker) == [
        JobRef(answers[0].id, "default", Priority.NORMAL),
        JobRef(answers[2].id, "default", Priority.NORMAL),
        JobRef(answers[1].id, "mail", Priority.HIGH),
    ]


def test_a_job_that_is_not_due_is_stored_and_not_pushed(submitter: Submitter, broker: RedisBroker) -> None:
    (answer,) = submitter.submit([submission(delay_seconds=60)])
    assert (answer.status, pushed(broker)) == (JobStatus.SCHEDULED, [])


def test_a_replayed_job_is_not_pushed_again(submitter: Submitter, broker: RedisBroker) -> None:
    first, second = (submitter.submit([submission(key=idempotency_key())])[0] for _ in range(2))
    assert (second.replayed, [job.id for job in pushed(broker)]) == (True, [first.id])


def test_a_batch_under_one_key_is_pushed_once(submitter: Submitter, broker: RedisBroker) -> None:
    submitter.submit([submission(key=idempotency_key())])
    pushed(broker)
    for replayed in (False, True):
        batch = [submission(), submission(delay_seconds=60), submission(key=idempotency_key())]
        answers, was_replayed = submitter.submit_batch(batch, idempotency_key("batch"))
        assert was_replayed is replayed
        assert [job.id for job in pushed(broker)] == ([] if replayed else [answers[0].id])


def test_a_batch_that_is_refused_pushes_nothing(submitter: Submitter, broker: RedisBroker) -> None:
    submitter.submit([submission(key=idempotency_key())])
    pushed(broker)
    with pytest.raises(IdempotencyKeyReused):
        submitter.submit([submission(), submission(key=idempotency_key(request="other"))])
    assert pushed(broker) == []


def test_without_redis_a_job_is_stored_all_the_same(cut_off: Submitter, store: JobStore, database: Database) -> None:
    (answer,) = cut_off.submit([submission()])
    answers, _ = cut_off.submit_batch([submission()], idempotency_key("batch"))
    assert {store.get_job_by_id(job_id).status for job_id in (answer.id, answers[0].id)} == {JobStatus.QUEUED}


def test_single_jobs_of_many_threads_are_stored_together_and_each_is_pushed_once(
    submitter: Submitter, broker: RedisBroker, database: Database
) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(lambda _: submitter.submit([submission()])[0], range(THREADS * 20)))
    assert sorted(job.id for job in pushed(broker)) == sorted({answer.id for answer in answers})
    ((jobs, transactions),) = database.run("SELECT count(*), count(DISTINCT xmin::text) FROM jobs")
    assert jobs == THREADS * 20
    assert transactions < jobs


def test_a_job_that_postgresql_refuses_spoils_none_that_is_stored_beside_it(submitter: Submitter, store: JobStore) -> None:
    bad = Submission(submission().job._replace(priority=99_999))  # type: ignore[arg-type]  # no smallint, the point
    mixed = [bad if number % THREADS == 0 else submission() for number in range(THREADS * 5)]
    with ThreadPoolExecutor(THREADS) as threads:
        futures = [threads.submit(submitter.submit, [one]) for one in mixed]
    failed = {number for number, future in enumerate(futures) if isinstance(future.exception(), DBAPIError)}
    assert failed == set(range(0, THREADS * 5, THREADS))
    assert all(store.get_job_by_id(future.result()[0].id) for future in futures if future.exception() is None)
