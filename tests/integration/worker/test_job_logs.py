"""The logs of attempts on their way from handlers to PostgreSQL: bounded, in order, and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goqueue_common.database import Database, connect
from goqueue_common.errors import StoreUnavailable
from goqueue_common.job import ClaimedJob
from goqueue_common.job_log_store import JobLogStore, LogLine
from goqueue_common.job_store import JobStore
from goqueue_common.redaction import Redactor
from goqueue_worker import job_logs
from goqueue_worker.job_context import JobContext
from goqueue_worker.job_logs import JobLogs
from tests.factories import start, submit
from tests.unit.worker.claimed import NOW, FrozenClock


class OnlyLogs:
    """AttemptServices that know of logs alone."""

    def __init__(self, logs: JobLogs) -> None:
        self.open_log = logs.open

    def report_progress(self, *_: object) -> None:
        raise AssertionError

    def submit_child(self, *_: object) -> str:
        raise AssertionError


@pytest.fixture
def store(database: Database) -> JobLogStore:
    return JobLogStore(database)


@pytest.fixture
def absent() -> Iterator[Database]:
    """A PostgreSQL that is not there."""
    nowhere = connect(
        "postgresql+psycopg2://127.0.0.1:1/x", pool_size=1, statement_timeout_seconds=1.0, application_name="tests"
    )
    yield nowhere
    nowhere.close()


@pytest.fixture
def job(jobs: JobStore, worker_id: str) -> ClaimedJob:
    return start(jobs, worker_id, submit(jobs))


def context(logs: JobLogs, job: ClaimedJob) -> JobContext:
    return JobContext(job, OnlyLogs(logs))


def kept(store: JobLogStore, job: ClaimedJob) -> list[LogLine]:
    return store.page(job.id, 0, 10_000).lines


def test_what_a_handler_logs_is_kept_with_its_job(store: JobLogStore, worker_id: str, job: ClaimedJob) -> None:
    logs = JobLogs(worker_id, store, FrozenClock())
    handler = context(logs, job)
    handler.log("sending", to="ada", size=1)
    handler.log("a\x00 bad day\ud800", level="error", error=ValueError("x\x00"))
    handler.close()
    assert kept(store, job) == []
    assert logs.write() is False
    first, second = kept(store, job)
    assert (first.at, first.attempt, first.level, first.message, first.fields) == (
        NOW,
        1,
        "info",
        "sending",
        {"to": "ada", "size": 1},
    )
    assert (second.level, second.message, second.fields) == ("error", "a bad day?", {"error": "x"})


def test_a_value_without_a_text_fails_no_job(store: JobLogStore, worker_id: str, job: ClaimedJob) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

        __repr__ = __str__

    logs = JobLogs(worker_id, store, FrozenClock())
    context(logs, job).log("odd", value=Broken(), values=[Broken()])
    logs.write()
    (line,) = kept(store, job)
    assert "Broken: its text cannot be had" in str(line.fields["value"])
    assert "Broken: its text cannot be had" in str(line.fields["values"])


@pytest.mark.parametrize("level", ["INFO", "critical", "", None])
def test_a_level_that_there_is_not_is_an_error_of_the_handler(
    store: JobLogStore, worker_id: str, job: ClaimedJob, level: str
) -> None:
    with pytest.raises(ValueError, match="debug, info, warning, error"):
        context(JobLogs(worker_id, store, FrozenClock()), job).log("x", level=level)


def test_values_of_named_fields_are_hidden(store: JobLogStore, worker_id: str, job: ClaimedJob) -> None:
    logs = JobLogs(worker_id, store, FrozenClock(), redactor=Redactor(["password"]))
    context(logs, job).log("login", login={"Password": "hunter2", "user": "ada"})
    logs.write()
    assert kept(store, job)[0].fields == {"login": {"Password": "[redacted]", "user": "ada"}}


def test_an_attempt_may_log_so_much_and_then_says_what_was_dropped(
    store: JobLogStore, worker_id: str, job: ClaimedJob
) -> None:
    logs = JobLogs(worker_id, store, FrozenClock(), limit_bytes=1_000)
    handler = context(logs, job)
    for number in range(50):
        handler.log(f"line {number}")
    logs.write()
    *said, full = kept(store, job)
    assert [line.message for line in said] == [f"line {number}" for number in range(len(said))]
    assert 10 <= len(said) <= 15
    assert (full.level, full.message, full.fields) == (
        "warning",
        "log_is_full",
        {"limit_bytes": 1_000, "setting": "GOQUEUE_JOB_LOG_BYTES"},
    )
    handler.close()
    logs.write()
    last = kept(store, job)[-1]
    assert (last.level, last.message, last.fields) == ("warning", "log_lines_dropped", {"dropped": 50 - len(said)})


def test_each_attempt_has_a_bound_of_its_own(store: JobLogStore, worker_id: str, jobs: JobStore) -> None:
    logs = JobLogs(worker_id, store, FrozenClock(), limit_bytes=100)
    both = [start(jobs, worker_id, submit(jobs)) for _ in range(2)]
    for job in both:
        context(logs, job).log("hello")
    logs.write()
    assert [[line.message for line in kept(store, job)] for job in both] == [["hello"], ["hello"]]


def test_nothing_is_kept_where_nothing_is_allowed(store: JobLogStore, worker_id: str, job: ClaimedJob) -> None:
    logs = JobLogs(worker_id, store, FrozenClock(), limit_bytes=0)
    handler = context(logs, job)
    handler.log("hello")
    handler.close()
    logs.write()
    assert kept(store, job) == []


def test_nothing_is_written_past_the_local_deadline(store: JobLogStore, worker_id: str, job: ClaimedJob) -> None:
    lives = False
    logs = JobLogs(worker_id, store, FrozenClock(), may_write=lambda: lives)
    context(logs, job).log("hello")
    logs.write()
    assert kept(store, job) == []
    lives = True
    logs.write()
    assert len(kept(store, job)) == 1


def test_lines_wait_for_postgresql_within_bounds(
    store: JobLogStore, absent: Database, worker_id: str, job: ClaimedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_logs, "MAX_WAITING_BYTES", 1_000)
    logs = JobLogs(worker_id, JobLogStore(absent), FrozenClock())
    handler = context(logs, job)
    handler.log("before")
    with pytest.raises(StoreUnavailable):
        logs.write()
    for number in range(100):
        handler.log(f"line {number}")
    handler.close()
    with pytest.raises(StoreUnavailable):
        logs.write()
    monkeypatch.setattr(logs, "_store", store)
    assert logs.write() is False
    before, *said, last = kept(store, job)
    assert before.message == "before"
    assert [line.message for line in said] == [f"line {number}" for number in range(len(said))]
    assert 10 <= len(said) <= 15
    dropped = 100 - len(said)
    assert (last.message, last.fields) == ("log_lines_dropped", {"dropped": dropped, "while_postgresql_was_away": dropped})


def test_many_lines_are_written_in_order_by_several_batches(
    store: JobLogStore, worker_id: str, job: ClaimedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_logs, "_BATCH", 10)
    logs = JobLogs(worker_id, store, FrozenClock())
    handler = context(logs, job)
    for number in range(250):
        handler.log(str(number))
    assert [logs.write() for _ in range(3)] == [True, True, False]
    assert [line.message for line in kept(store, job)] == [str(number) for number in range(250)]


def test_a_line_that_postgresql_refuses_holds_up_no_other(
    store: JobLogStore, worker_id: str, job: ClaimedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = JobLogs(worker_id, store, FrozenClock())
    handler = context(logs, job)
    for number in range(5):
        handler.log(str(number))
    size, bad = logs._waiting[2]
    logs._waiting[2] = (size, bad._replace(level="loud"))
    while logs.write():
        pass
    assert [line.message for line in kept(store, job)] == ["0", "1", "3", "4"]
