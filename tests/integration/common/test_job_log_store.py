"""Lines of jobs: who may write them, their order, how long they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.database import Database, run_on
from goqueue_common.errors import JobNotFound
from goqueue_common.job import Outcome
from goqueue_common.job_log_store import KEPT_ATTEMPTS, LATE_SECONDS, JobLogStore, LogLevel, NewLogLine
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.worker_store import WorkerStore
from tests.factories import job_in, register_worker, row, start, submit

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def logs(database: Database) -> JobLogStore:
    return JobLogStore(database)


def line(job_id: str, message: str = "hello", attempt: int = 1, **said: Any) -> NewLogLine:
    values: dict[str, Any] = {"at": AT, "level": "info", "fields": "{}"} | said
    return NewLogLine(job_id=job_id, attempt=attempt, message=message, **values)


def messages(logs: JobLogStore, job_id: str) -> list[str]:
    return [kept.message for kept in logs.page(job_id, 0, 1_000).lines]


def release(store: JobStore, worker_id: str, job_id: str, attempt: int) -> None:
    store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.RELEASE))


def test_lines_of_several_jobs_are_kept_in_their_order(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    first, second = (job_in(JobStatus.PROCESSING, store, worker_id) for _ in range(2))
    said = [
        line(job_id, f"{number}", at=AT - timedelta(seconds=number)) for number in range(50) for job_id in (second, first)
    ]
    assert logs.append(worker_id, said) == 100
    assert messages(logs, first) == messages(logs, second) == [str(number) for number in range(50)]


def test_a_line_comes_back_as_it_was_said(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    logs.append(worker_id, [line(job_id, 'it\'s "50 %"', level="error", fields='{"a": {"b": [1, null]}}')])
    (kept,) = logs.page(job_id, 0, 10).lines
    assert (kept.attempt, kept.at, kept.level, kept.message, kept.fields) == (
        1,
        AT,
        "error",
        'it\'s "50 %"',
        {"a": {"b": [1, None]}},
    )


def test_lines_never_write_the_row_of_the_job(
    store: JobStore, logs: JobLogStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    before = row(database, job_id)
    logs.append(worker_id, [line(job_id)])
    assert row(database, job_id) == before


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.RETRYING, JobStatus.FAILED, JobStatus.CANCELLED])
def test_lines_may_come_after_the_end_of_their_attempt(
    store: JobStore, logs: JobLogStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id)
    assert logs.append(worker_id, [line(job_id)]) == 1


def test_lines_may_come_after_the_next_attempt_has_begun_elsewhere(
    store: JobStore, logs: JobLogStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    release(store, worker_id, job_id, 1)
    start(store, register_worker(database), job_id)
    assert logs.append(worker_id, [line(job_id)]) == 1


def test_a_worker_that_was_declared_lost_writes_nothing(
    store: JobStore, logs: JobLogStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    WorkerStore(database).declare_lost(worker_id)
    assert logs.append(worker_id, [line(job_id)]) == 0
    RecoveryStore(database).rescue(worker_id, [(job_id, 1)], error="lost")
    assert logs.append(worker_id, [line(job_id)]) == 0
    assert messages(logs, job_id) == []


@pytest.mark.parametrize("attempt", [1, 2], ids=["of another worker", "to come"])
def test_an_attempt_that_is_not_its_own_is_not_written(
    store: JobStore, logs: JobLogStore, database: Database, worker_id: str, attempt: int
) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    assert logs.append(register_worker(database), [line(job_id, attempt=attempt)]) == 0


def test_what_may_not_be_written_does_not_hold_up_the_rest(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    gone = "019cade2-1238-768e-8433-a398418d79cc"
    assert logs.append(worker_id, [line(gone), line(job_id, "kept"), line(job_id, "not begun", attempt=2)]) == 1
    assert messages(logs, job_id) == ["kept"]


def test_lines_that_may_have_been_kept_before_are_kept_once(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    said = [line(job_id, "a"), line(job_id, "b"), line(job_id, "b", at=AT + timedelta(microseconds=1))]
    logs.append(worker_id, said)
    assert logs.append(worker_id, [*said, line(job_id, "c")], again=True) == 1
    assert messages(logs, job_id) == ["a", "b", "b", "c"]


def test_lines_of_the_last_attempts_are_kept(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    job_id, other = submit(store), job_in(JobStatus.PROCESSING, store, worker_id)
    logs.append(worker_id, [line(other)])
    for attempt in range(1, KEPT_ATTEMPTS + 3):
        start(store, worker_id, job_id)
        logs.append(worker_id, [line(job_id, f"{attempt}", attempt)])
        logs.append(worker_id, [line(job_id, f"{attempt} again", attempt)])
        release(store, worker_id, job_id, attempt)
    kept = [kept.attempt for kept in logs.page(job_id, 0, 1_000).lines]
    assert kept == [attempt for attempt in range(3, KEPT_ATTEMPTS + 3) for _ in range(2)]
    assert messages(logs, other) == ["hello"]


def test_lines_go_with_their_job(store: JobStore, logs: JobLogStore, database: Database, worker_id: str) -> None:
    job_id = job_in(JobStatus.COMPLETED, store, worker_id)
    logs.append(worker_id, [line(job_id)])
    database.run("DELETE FROM jobs WHERE id = %(id)s", {"id": job_id})
    assert logs.append(worker_id, [line(job_id)]) == 0
    assert database.run("SELECT count(*) FROM job_logs") == [(0,)]


def test_a_job_that_is_being_deleted_holds_up_nobody(
    store: JobStore, logs: JobLogStore, database: Database, worker_id: str
) -> None:
    going, staying = (job_in(JobStatus.COMPLETED, store, worker_id) for _ in range(2))
    with database.transaction() as connection:
        run_on(connection, "DELETE FROM jobs WHERE id = %(id)s", {"id": going})
        assert logs.append(worker_id, [line(going), line(staying)]) == 1


def test_whoever_claims_or_acknowledges_is_not_held_up(
    store: JobStore, logs: JobLogStore, database: Database, impatient: Database, worker_id: str
) -> None:
    queued, running = submit(store), job_in(JobStatus.PROCESSING, store, worker_id)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = ANY(%(ids)s::uuid[]) FOR KEY SHARE", {"ids": [queued, running]})
        others = JobStore(impatient)
        assert [job.id for job in others.claim(worker_id, [queued], None)] == [queued]
        assert len(others.acknowledge_free(worker_id, [Outcome(id=running, attempt=1, event=JobEvent.COMPLETE)])) == 1


def test_a_page_goes_on_where_the_last_one_ended(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    logs.append(worker_id, [line(job_id, str(number)) for number in range(5)])
    first = logs.page(job_id, 0, 3)
    rest = logs.page(job_id, first.lines[-1].seq, 3)
    assert [kept.message for kept in (*first.lines, *rest.lines)] == ["0", "1", "2", "3", "4"]
    assert (first.status, first.is_complete) == ("processing", False)


def test_a_page_may_be_of_one_attempt_or_of_grave_lines(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    job_id = job_in(JobStatus.PROCESSING, store, worker_id)
    logs.append(worker_id, [line(job_id, level, level=level) for level in LogLevel])
    release(store, worker_id, job_id, 1)
    start(store, worker_id, job_id)
    logs.append(worker_id, [line(job_id, "second", attempt=2)])
    assert [kept.message for kept in logs.page(job_id, 0, 10, attempt=2).lines] == ["second"]
    assert [kept.message for kept in logs.page(job_id, 0, 10, level=LogLevel.WARNING).lines] == ["warning", "error"]


def test_a_log_is_complete_a_while_after_the_end_of_its_job(
    store: JobStore, logs: JobLogStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.COMPLETED, store, worker_id)
    assert not logs.page(job_id, 0, 10).is_complete
    database.run("UPDATE jobs SET finished_at = now() - %(late)s * interval '1 second'", {"late": LATE_SECONDS + 0.1})
    logs.append(worker_id, [line(job_id), line(job_id)])
    assert logs.page(job_id, 0, 10).is_complete
    assert not logs.page(job_id, 0, 2).is_complete  # the page is full


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.RETRYING])
def test_a_log_of_a_job_that_will_run_is_not_complete(
    store: JobStore, logs: JobLogStore, worker_id: str, status: JobStatus
) -> None:
    page = logs.page(job_in(status, store, worker_id), 0, 10)
    assert (page.lines, page.status, page.is_complete) == ([], status, False)


def test_a_job_that_is_not_there_has_no_log(logs: JobLogStore) -> None:
    with pytest.raises(JobNotFound):
        logs.page("019cade2-1238-768e-8433-a398418d79cc", 0, 10)


def test_many_jobs_are_read_at_once(store: JobStore, logs: JobLogStore, worker_id: str) -> None:
    first, second, silent = (job_in(JobStatus.PROCESSING, store, worker_id) for _ in range(3))
    logs.append(worker_id, [line(job_id, f"{number}") for number in range(3) for job_id in (first, second)])
    seen = logs.page(first, 0, 2).lines[-1].seq
    found = logs.pages({first: seen, second: 0, silent: 0}, 2)
    assert {job_id: [kept.message for kept in lines] for job_id, lines in found.items()} == {
        first: ["2"],
        second: ["0", "1"],
    }
    assert logs.pages({}, 2) == {}
