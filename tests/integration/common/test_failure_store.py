"""Failure groups as they are folded from what the stores' own statements write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common import failure_store
from goqueue_common.database import Database
from goqueue_common.failure_store import FailureMove, sql_fingerprint
from goqueue_common.fingerprint import digest, fingerprint, normalised
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from tests.factories import JOB_TYPE, job_in, register_worker, row, start, submit
from tests.failures import begin, fail, fail_otherwise, fold

GROUPS = (
    "SELECT fingerprint, type, message, frame, attempts, sample_job_id::text, sample_attempt, traceback FROM failure_groups"
)


def groups(database: Database) -> list[dict[str, Any]]:
    names = ("fingerprint", "type", "message", "frame", "attempts", "sample_job_id", "sample_attempt", "traceback")
    return [dict(zip(names, values, strict=True)) for values in database.run(f"{GROUPS} ORDER BY first_seen_at, message")]


def test_the_same_error_of_different_jobs_is_one_group(database: Database, store: JobStore, worker_id: str) -> None:
    ids = [fail(store, worker_id, order=order, max_retries=order % 2, queue=f"q{order % 2}") for order in range(4)]
    fold(database)
    (group,) = groups(database)
    assert (group["type"], group["message"]) == (JOB_TYPE, "ValueError: order <number> has no lines")
    assert group["frame"] == "tests/failures.py:ship"
    assert (group["attempts"], group["sample_job_id"] in ids, group["sample_attempt"]) == (4, True, 1)
    assert "has no lines" in group["traceback"]
    assert {row(database, job_id)["fingerprint"] for job_id in ids} == {group["fingerprint"]}
    assert database.run("SELECT queue, attempts FROM failure_minutes ORDER BY queue") == [("q0", 2), ("q1", 2)]


def test_what_ends_without_a_worker_has_the_fingerprint_that_python_computes(
    database: Database, store: JobStore, worker_id: str
) -> None:
    recovery = RecoveryStore(database)
    poisoned = submit(store)
    attempt = start(store, worker_id, poisoned).attempt
    recovery.rescue(worker_id, [(poisoned, attempt)], error="its process died: signal 9", max_rescues=0)
    expired = submit(store, type_="slow")
    database.run("UPDATE jobs SET expires_at = now() WHERE id = %(id)s", {"id": expired})
    MaintenanceStore(database).expire(10)
    by_hand = submit(store, type_="slow")
    store.update_status(by_hand, JobEvent.EXPIRE)
    unknown = submit(store, type_="unheard.of")
    claimed = start(store, worker_id, unknown)
    database.run("UPDATE jobs SET no_handler_since = '2020-01-01' WHERE id = %(id)s", {"id": unknown})
    store.return_unknown(worker_id, [claimed], give_up_seconds=1.0)
    for job_id in (poisoned, expired, by_hand, unknown):
        found = row(database, job_id)
        assert (found["status"], found["fingerprint"]) == ("failed", fingerprint(found["type"], found["error"]))
    fold(database)
    assert [(group["type"], group["message"], group["attempts"]) for group in groups(database)] == [
        ("slow", "expired: it could not start in time", 2),
        (JOB_TYPE, "its process died: signal 9", 1),
        ("unheard.of", "no_handler: no worker that met this job has a handler for its type", 1),
    ]


@pytest.mark.parametrize("message", ["", 'it\'s "quoted"', "größer \U0001f600 \\ % _", normalised("order 1 " * 100)])
def test_sql_and_python_make_the_same_fingerprint(database: Database, message: str) -> None:
    made = sql_fingerprint("%(message)s::text", job_type="%(type)s::text")
    found = database.run(f"SELECT {made}", {"message": message, "type": "mail"})
    assert found == [(digest("mail", message, None),)]


def test_the_fingerprint_goes_with_the_error(database: Database, store: JobStore, worker_id: str) -> None:
    job_id = fail(store, worker_id, max_retries=0)
    assert row(database, job_id)["fingerprint"] is not None
    store.update_status(job_id, JobEvent.RETRY)
    assert (row(database, job_id)["error"], row(database, job_id)["fingerprint"]) == (None, None)
    fail(store, worker_id, job_id=job_id)
    store.update_status(job_id, JobEvent.RETRY)
    store.save_result(worker_id, begin(store, worker_id, job_id).returned({}))
    assert (row(database, job_id)["error"], row(database, job_id)["fingerprint"]) == (None, None)


def test_what_is_no_failure_keeps_the_fingerprint_of_the_one_before(
    database: Database, store: JobStore, worker_id: str
) -> None:
    job_id = fail(store, worker_id)
    before = row(database, job_id)["fingerprint"]
    store.update_status(job_id, JobEvent.RUN_NOW)
    store.save_result(worker_id, begin(store, worker_id, job_id).released())
    assert (row(database, job_id)["status"], row(database, job_id)["fingerprint"]) == ("queued", before)
    fold(database)
    assert [group["attempts"] for group in groups(database)] == [1]


def test_a_job_that_only_moves_to_another_queue_has_not_failed_again(
    database: Database, store: JobStore, worker_id: str
) -> None:
    job_id = fail(store, worker_id)
    database.run("UPDATE jobs SET queue = 'elsewhere' WHERE id = %(id)s", {"id": job_id})
    fold(database)
    assert [group["attempts"] for group in groups(database)] == [1]


def test_the_sample_is_the_attempt_that_failed_so_whatever_the_job_did_since(
    database: Database, store: JobStore, worker_id: str
) -> None:
    job_id = fail(store, worker_id)
    store.update_status(job_id, JobEvent.RUN_NOW)
    fail_otherwise(store, worker_id, KeyError("x"), job_id)
    store.update_status(job_id, JobEvent.RETRY)
    fold(database)
    assert [(group["message"], group["sample_attempt"]) for group in groups(database)] == [
        ("KeyError: <text>", 2),
        ("ValueError: order <number> has no lines", 1),
    ]


def test_a_group_whose_jobs_are_gone_learns_its_message_from_the_next_failure(
    database: Database, store: JobStore, worker_id: str
) -> None:
    job_id = fail(store, worker_id, max_retries=0)
    database.run("DELETE FROM jobs")
    fold(database)
    (group,) = groups(database)
    assert (group["message"], group["sample_job_id"]) == (failure_store.UNKNOWN_MESSAGE, job_id)
    again = fail(store, worker_id, max_retries=0)
    fold(database)
    (group,) = groups(database)
    assert (group["message"], group["attempts"]) == ("ValueError: order <number> has no lines", 2)
    assert (group["sample_job_id"], group["sample_attempt"]) == (again, 1)


def test_a_sample_stays_when_its_job_is_pruned(database: Database, store: JobStore, worker_id: str) -> None:
    job_id = fail(store, worker_id, max_retries=0)
    fold(database)
    (before,) = groups(database)
    database.run("DELETE FROM jobs")
    fold(database)
    assert groups(database) == [before]
    assert before["sample_job_id"] == job_id


@pytest.mark.parametrize("log", ['"text"', "{}", "[1, null]", '[{"attempt": "x", "error": 5}]', '[{"error": "x"}]'])
def test_whatever_people_write_into_an_attempt_log_failures_are_folded(
    database: Database, store: JobStore, worker_id: str, log: str
) -> None:
    fail(store, worker_id)
    database.run("UPDATE jobs SET attempt_log = %(log)s::jsonb", {"log": log})
    fold(database)
    assert [group["message"] for group in groups(database)] == ["ValueError: order <number> has no lines"]


@pytest.mark.parametrize("attempt", ["true", "99999999999"])
def test_an_attempt_whose_number_is_none_is_no_sample(
    database: Database, store: JobStore, worker_id: str, attempt: str
) -> None:
    fail(store, worker_id)
    database.run(
        "UPDATE jobs SET attempt_log = jsonb_set(attempt_log, '{-1, attempt}', %(attempt)s::jsonb)", {"attempt": attempt}
    )
    fold(database)
    ((message, number),) = database.run("SELECT message, sample_attempt FROM failure_groups")
    assert (message, number) == ("ValueError: order <number> has no lines", 1)


def move(name: str, *, minute: datetime, jobs: int = 1, queue: str = "default") -> FailureMove:
    return FailureMove(minute, queue, JOB_TYPE, f"{name:0>16}", jobs, str(uuid4()))


def add(database: Database, moves: list[FailureMove]) -> None:
    ordered = sorted(moves, key=lambda one: (one.fingerprint, one.minute, one.queue))
    database.together(lambda run: failure_store.fold(run, ordered))


NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def test_folders_at_once_lose_and_repeat_nothing(database: Database) -> None:
    names = [f"{number:x}" for number in range(40)]
    rounds = [[move(name, minute=NOW, queue=queue) for name in names for queue in ("a", "b")] for _ in range(12)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda moves: add(database, moves), rounds))
    assert database.run("SELECT count(*), sum(attempts) FROM failure_groups") == [(40, 40 * 2 * 12)]
    assert database.run("SELECT count(*), sum(attempts) FROM failure_minutes") == [(80, 40 * 2 * 12)]


def test_of_too_many_groups_the_longest_unseen_go(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    dropping = failure_store._DROP_OLDEST.replace(f"- {failure_store.GROUPS_KEPT}", "- 3")
    monkeypatch.setattr(failure_store, "_DROP_OLDEST", dropping)
    for age, name in enumerate("abcde"):
        add(database, [move(name, minute=NOW - timedelta(minutes=10 + age))])
    add(database, [move("c", minute=NOW), move("f", minute=NOW)])
    left = {f"{name:0>16}" for name in "acf"}
    assert {name for (name,) in database.run("SELECT fingerprint FROM failure_groups")} == left
    assert {name for (name,) in database.run("SELECT fingerprint FROM failure_minutes")} == left


def test_of_a_flood_of_new_groups_the_most_frequent_are_taken_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failure_store, "NEW_GROUPS_AT_ONCE", 2)
    add(database, [move("a", minute=NOW)])
    add(database, [move(name, minute=NOW, jobs=jobs) for name, jobs in {"a": 1, "b": 5, "c": 1, "d": 9}.items()])
    found = database.run("SELECT ltrim(fingerprint, '0'), attempts FROM failure_groups ORDER BY 1")
    assert found == [("a", 2), ("b", 5), ("d", 9)]


def test_a_group_is_seen_from_its_first_to_its_last_minute(database: Database) -> None:
    add(database, [move("a", minute=NOW - timedelta(minutes=5)), move("a", minute=NOW)])
    add(database, [move("a", minute=NOW - timedelta(minutes=60))])
    ((first, last),) = database.run("SELECT first_seen_at, last_seen_at FROM failure_groups")
    assert timedelta(0) <= first - (NOW - timedelta(minutes=60)) < timedelta(minutes=1)
    assert timedelta(0) <= last - NOW <= timedelta(minutes=1)


def test_old_workers_end_jobs_without_a_fingerprint(database: Database, store: JobStore) -> None:
    job_id = job_in(JobStatus.FAILED, store, register_worker(database))
    fold(database)
    assert (row(database, job_id)["fingerprint"], groups(database)) == (None, [])
