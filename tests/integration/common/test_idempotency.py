from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.database import LOCK_TIMEOUT, Database, run_on, sqlstate
from goqueue_common.errors import IdempotencyKeyInUse, IdempotencyKeyReused, StoreUnavailable
from goqueue_common.idempotency import IdempotencyKey
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.new_job import NewJob, Submission
from tests.factories import idempotency_key, start, submission

KEY = idempotency_key()
AHEAD = datetime.now(UTC) + timedelta(hours=1)
PAST = datetime.now(UTC) - timedelta(hours=1)
DAY = timedelta(hours=24)
TAKEN = "INSERT INTO idempotency_keys (scope, key, fingerprint) VALUES (%(scope)s, %(key)s, %(fingerprint)s)"


def count(database: Database, table: str = "jobs") -> int:
    return int(database.run(f"SELECT count(*) FROM {table}")[0][0])


def age_key(database: Database, key: IdempotencyKey, age: timedelta) -> None:
    database.run(
        "UPDATE idempotency_keys SET created_at = now() - %(age)s WHERE key = %(key)s", {"age": age, "key": key.key}
    )


@pytest.mark.parametrize(
    "options",
    [{}, {"delay_seconds": 0}, {"delay_seconds": 60.125}, {"run_at": AHEAD}, {"run_at": PAST}, {"max_retries": 7}],
    ids=["bare", "delay 0", "delay", "run_at ahead", "run_at past", "max_retries"],
)
def test_a_replay_is_answered_as_the_first_time(store: JobStore, database: Database, options: dict[str, Any]) -> None:
    first = store.create_job(NewJob.checked("demo", **options), KEY)
    again = store.create_job(NewJob.checked("demo", **options), KEY)
    assert (first.replayed, again) == (False, replace(first, replayed=True))
    assert count(database) == 1


def test_a_replay_is_answered_as_the_first_time_even_after_the_job_ran(store: JobStore, worker_id: str) -> None:
    first = store.create_job(NewJob.checked("demo", max_retries=0), KEY)
    attempt = start(store, worker_id, first.id).attempt
    failure = Outcome(id=first.id, attempt=attempt, event=JobEvent.FAIL, failure_reason="exhausted")
    store.save_result(worker_id, failure)
    store.update_status(first.id, JobEvent.RETRY)
    assert store.create_job(NewJob.checked("demo", max_retries=0), KEY) == replace(first, replayed=True)


def test_a_replay_is_answered_even_after_the_job_was_pruned(store: JobStore, database: Database) -> None:
    first = store.create_job(NewJob.checked("demo"), KEY)
    database.run("DELETE FROM jobs")
    assert store.create_job(NewJob.checked("demo"), KEY) == replace(first, replayed=True)


def test_a_key_used_with_another_request_is_refused(store: JobStore, database: Database) -> None:
    store.create_job(NewJob.checked("demo"), KEY)
    with pytest.raises(IdempotencyKeyReused, match="'once'"):
        store.create_job(NewJob.checked("demo"), idempotency_key(request="other"))
    assert count(database) == 1


def test_the_same_key_in_another_scope_is_another_key(store: JobStore, database: Database) -> None:
    store.create_job(NewJob.checked("demo"), KEY)
    assert not store.create_job(NewJob.checked("demo"), idempotency_key(scope="somebody else")).replayed
    assert count(database) == 2


def test_a_key_whose_first_request_still_runs_is_in_use(store: JobStore, database: Database, impatient: Database) -> None:
    values = {"scope": KEY.scope, "key": KEY.key, "fingerprint": KEY.fingerprint}
    with database.transaction() as connection:
        run_on(connection, TAKEN, values)
        for attempt in (
            lambda: JobStore(impatient).create_job(NewJob.checked("demo"), KEY),
            lambda: JobStore(impatient).create_jobs([submission(), submission(key=KEY)]),
            lambda: JobStore(impatient).create_batch([submission()], KEY),
        ):
            with pytest.raises(IdempotencyKeyInUse):
                attempt()
        assert count(impatient) == 0
        run_on(connection, "DELETE FROM idempotency_keys")
    assert not store.create_job(NewJob.checked("demo"), KEY).replayed


def test_a_request_that_meets_a_running_one_of_its_key_waits_and_is_replayed(store: JobStore, database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: store.create_job(NewJob.checked("demo"), KEY), range(8)))
    assert len({answer.id for answer in answers}) == count(database) == 1
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 7


def test_batches_with_the_same_keys_in_another_order_do_not_deadlock(store: JobStore, database: Database) -> None:
    keys = [idempotency_key(f"k{number}") for number in range(50)]
    orders = [keys, keys[::-1]] * 2
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda order: store.create_jobs([submission(key=key) for key in order]), orders))
    assert count(database) == 50


@pytest.mark.parametrize(("age", "replayed"), [(DAY - timedelta(minutes=1), True), (DAY + timedelta(minutes=1), False)])
def test_a_key_is_kept_for_a_day(store: JobStore, database: Database, age: timedelta, replayed: bool) -> None:
    first = store.create_job(NewJob.checked("demo"), KEY)
    age_key(database, KEY, age)
    again = store.create_job(NewJob.checked("demo"), KEY)
    assert (again.replayed, again.id == first.id, count(database)) == (replayed, replayed, 1 if replayed else 2)


def test_an_expired_key_may_be_used_with_another_request_and_is_kept_for_a_day_again(
    store: JobStore, database: Database
) -> None:
    store.create_job(NewJob.checked("demo"), KEY)
    age_key(database, KEY, DAY + timedelta(minutes=1))
    other = idempotency_key(request="other")
    second = store.create_job(NewJob.checked("demo"), other)
    assert store.create_job(NewJob.checked("demo"), other) == replace(second, replayed=True)


def test_a_reused_key_takes_the_whole_batch_back_and_is_named_by_its_index(store: JobStore, database: Database) -> None:
    store.create_job(NewJob.checked("demo"), KEY)
    batch = [
        submission(key=idempotency_key("new")),
        submission(),
        submission(key=idempotency_key(request="other")),
    ]
    with pytest.raises(IdempotencyKeyReused) as caught:
        store.create_jobs(batch)
    assert caught.value.index == 2
    assert (count(database), count(database, "idempotency_keys")) == (1, 1)


def test_a_replayed_item_of_a_batch_is_answered_with_the_first_job(store: JobStore, database: Database) -> None:
    first = store.create_job(NewJob.checked("demo"), KEY)
    before, replayed, after = store.create_jobs([submission(), submission(key=KEY), submission()])
    assert replayed == replace(first, replayed=True)
    assert (before.replayed, after.replayed, count(database)) == (False, False, 3)


def test_a_key_twice_in_one_batch_makes_one_job(store: JobStore, database: Database) -> None:
    first, between, second = store.create_jobs([submission(key=KEY), submission(), submission(key=KEY)])
    assert second == replace(first, replayed=True)
    assert (between.replayed, count(database)) == (False, 2)


def test_a_key_twice_in_one_batch_for_two_requests_is_refused(store: JobStore, database: Database) -> None:
    with pytest.raises(IdempotencyKeyReused) as caught:
        store.create_jobs([submission(key=KEY), submission(key=idempotency_key(request="other"))])
    assert (caught.value.index, count(database)) == (1, 0)


def test_of_several_callers_only_the_one_who_reuses_a_key_is_refused(store: JobStore, database: Database) -> None:
    first = store.create_job(NewJob.checked("demo"), KEY)
    new, reused, replayed, twice, plain = store.create_each(
        [
            submission(key=idempotency_key("new")),
            submission(key=idempotency_key(request="other")),
            submission(key=KEY),
            submission(key=idempotency_key("new")),
            submission(),
        ]
    )
    assert isinstance(reused, IdempotencyKeyReused)
    assert (reused.index, replayed) == (None, replace(first, replayed=True))
    made = [answer for answer in (new, twice, plain) if not isinstance(answer, IdempotencyKeyReused)]
    assert [answer.replayed for answer in made] == [False, True, False]
    assert made[0].id == made[1].id
    assert (count(database), count(database, "idempotency_keys")) == (3, 2)


def test_of_several_callers_none_is_stored_while_the_key_of_one_is_in_use(database: Database, impatient: Database) -> None:
    store = JobStore(impatient)
    with database.transaction() as connection:
        run_on(connection, TAKEN, {"scope": KEY.scope, "key": KEY.key, "fingerprint": KEY.fingerprint})
        with pytest.raises(StoreUnavailable) as caught:
            store.create_each([submission(), submission(key=KEY)])
        assert sqlstate(caught.value) == LOCK_TIMEOUT
        with pytest.raises(IdempotencyKeyInUse):
            store.create_each([submission(key=KEY)])
        assert len(store.create_each([submission()])) == count(impatient) == 1


BATCH_KEY = idempotency_key("batch")


def test_a_batch_under_one_key_is_replayed_with_its_first_answers(
    store: JobStore, database: Database, worker_id: str
) -> None:
    first, was_replayed = store.create_batch([submission(), submission(delay_seconds=60)], BATCH_KEY)
    assert [(item.status, item.replayed) for item in first] == [("queued", False), ("scheduled", False)]
    start(store, worker_id, first[0].id)
    assert not was_replayed
    assert store.create_batch([submission(), submission(delay_seconds=60)], BATCH_KEY) == (first, True)
    assert count(database) == 2


def test_a_batch_key_used_with_another_request_is_refused(store: JobStore, database: Database) -> None:
    store.create_batch([submission()], BATCH_KEY)
    with pytest.raises(IdempotencyKeyReused, match="'batch'"):
        store.create_batch([submission(), submission()], idempotency_key("batch", request="other"))
    assert count(database) == 1


def test_a_key_of_a_batch_is_no_key_of_a_job_and_the_other_way_round(store: JobStore) -> None:
    store.create_batch([submission()], BATCH_KEY)
    with pytest.raises(IdempotencyKeyReused):
        store.create_job(NewJob.checked("demo"), BATCH_KEY)
    store.create_job(NewJob.checked("demo"), KEY)
    with pytest.raises(IdempotencyKeyReused):
        store.create_batch([submission()], KEY)


def test_a_batch_key_is_kept_for_a_day(store: JobStore, database: Database) -> None:
    store.create_batch([submission()], BATCH_KEY)
    age_key(database, BATCH_KEY, DAY + timedelta(minutes=1))
    assert store.create_batch([submission()], BATCH_KEY)[1] is False
    assert count(database) == 2


def test_a_batch_key_is_free_again_when_its_batch_was_taken_back(store: JobStore, database: Database) -> None:
    store.create_job(NewJob.checked("demo"), KEY)
    with pytest.raises(IdempotencyKeyReused):
        store.create_batch([submission(), submission(key=idempotency_key(request="other"))], BATCH_KEY)
    assert store.create_batch([submission()], BATCH_KEY)[1] is False
    assert count(database) == 2


@pytest.mark.parametrize(
    "submissions",
    [
        pytest.param([submission()], id="one job"),
        pytest.param([submission(), submission(delay_seconds=60)], id="several"),
        pytest.param([submission(key=idempotency_key("a"))], id="one with a key"),
        pytest.param(
            [submission(key=idempotency_key("a")), submission(), submission(key=idempotency_key("b"))], id="mixed"
        ),
    ],
)
def test_submissions_repeated_after_an_unknown_commit_are_answered_as_created(
    store: JobStore, database: Database, submissions: list[Submission]
) -> None:
    first = store.create_jobs(submissions)
    assert store.create_jobs(submissions) == first
    assert {answer.replayed for answer in first} == {False}
    assert count(database) == len(submissions)
    assert {JobStatus(status) for (status,) in database.run("SELECT status FROM jobs")} <= {"queued", "scheduled"}
