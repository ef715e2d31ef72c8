"""What callers see when PostgreSQL is slow, away or takes its connections back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, text

from goqueue_cli.local import LocalStores
from goqueue_common.database import LOCK_TIMEOUT, ConnectionLost, Database, connect, run_on, sqlstate, translated
from goqueue_common.errors import QueryTimeout, StoreUnavailable
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NewJob
from goqueue_common.tables import JobRow
from tests.factories import eventually, idempotency_key, job_in, submission, submit

TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'"


@pytest.fixture
def victim(database_url: str) -> Iterator[Database]:
    """A database whose two pooled connections can be cut from the other one."""
    opened = connect(database_url, pool_size=2, statement_timeout_seconds=10.0, application_name="victim")
    with opened.transaction() as one, opened.transaction() as two:
        run_on(one, "SELECT 1")
        run_on(two, "SELECT 1")
    yield opened
    opened.close()


def test_a_statement_that_takes_too_long_is_a_query_timeout(database_url: str) -> None:
    hurried = connect(database_url, pool_size=1, statement_timeout_seconds=0.05, application_name="tests")
    for run in (hurried.run, hurried.run_again):
        with pytest.raises(QueryTimeout, match="statement timeout"):
            run("SELECT pg_sleep(10)")
    with pytest.raises(QueryTimeout):
        hurried.select(select(text("pg_sleep(10)")))
    assert hurried.run("SELECT 1") == [(1,)]
    hurried.close()


def test_a_lock_that_is_not_given_is_unavailable_with_its_sqlstate(database: Database, impatient: Database) -> None:
    job_id = submit(JobStore(database))
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": job_id})
        with pytest.raises(StoreUnavailable) as caught:
            impatient.run("UPDATE jobs SET tags = '{x}' WHERE id = %(id)s", {"id": job_id})
    assert sqlstate(caught.value) == LOCK_TIMEOUT


def test_after_every_connection_was_cut_run_again_goes_on(database: Database, victim: Database) -> None:
    database.run(TERMINATE)
    assert victim.run_again("SELECT 1") == [(1,)]


def test_after_every_connection_was_cut_a_list_goes_on(database: Database, victim: Database) -> None:
    job_id = submit(JobStore(database))
    database.run(TERMINATE)
    assert [str(found) for (found,) in victim.select(select(JobRow.id))] == [job_id]


def test_after_every_connection_was_cut_a_single_try_fails_once(database: Database, victim: Database) -> None:
    database.run(TERMINATE)
    with pytest.raises(ConnectionLost):
        victim.run("SELECT 1")
    assert victim.run("SELECT 1") == [(1,)]


def test_after_every_connection_was_cut_submits_go_on(database: Database, victim: Database) -> None:
    store = JobStore(victim)
    for submissions in ([submission()], [submission(), submission(queue="other")]):
        database.run(TERMINATE)
        store.create_jobs(submissions)
    assert database.run("SELECT count(*) FROM jobs") == [(3,)]


def test_after_every_connection_was_cut_transactions_go_on(database: Database, victim: Database) -> None:
    with victim.transaction() as connection:
        run_on(connection, "SELECT 1")
    database.run(TERMINATE)
    with pytest.raises(ConnectionLost), victim.transaction():
        pass
    with victim.transaction() as connection:
        assert run_on(connection, "SELECT 1") == [(1,)]
    database.run(TERMINATE)
    assert victim.together(lambda run: run("SELECT 1", {})) == [(1,)]


def test_a_connection_cut_inside_a_transaction_leaves_nothing_behind(database: Database, victim: Database) -> None:
    def cut_halfway() -> None:
        with victim.transaction() as connection:
            run_on(connection, "INSERT INTO queues (name) VALUES ('half')")
            database.run(TERMINATE)
            run_on(connection, "INSERT INTO queues (name) VALUES ('done')")

    with pytest.raises(StoreUnavailable):
        cut_halfway()
    assert database.run("SELECT name FROM queues") == []
    with victim.transaction() as connection:
        run_on(connection, "INSERT INTO queues (name) VALUES ('whole')")
    assert database.run("SELECT name FROM queues") == [("whole",)]


def test_a_connection_goes_back_to_autocommit_after_a_transaction_that_failed(database: Database) -> None:
    def fail_halfway() -> None:
        with database.transaction() as connection:
            run_on(connection, "INSERT INTO queues (name) VALUES ('taken back')")
            raise LookupError

    with pytest.raises(LookupError):
        fail_halfway()
    database.run("INSERT INTO queues (name) VALUES ('kept')")
    with database.transaction() as other:
        assert run_on(other, "SELECT name FROM queues") == [("kept",)]


def test_a_deadlock_is_tried_again(database: Database, victim: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []
    first_has_gone_on = Event()
    run = victim.run

    def counted(sql: str, params: Any) -> Any:
        if tries:  # or it might take the lock again before the other has been woken
            first_has_gone_on.wait(10)
        tries.append(sql)
        return run(sql, params)

    monkeypatch.setattr(victim, "run", counted)
    first, second = submit(JobStore(database)), submit(JobStore(database))
    touch = "UPDATE jobs SET tags = tags || ARRAY['touched'] WHERE id = %(first)s"
    second_then_first = (
        "WITH held AS MATERIALIZED (SELECT FROM jobs WHERE id = %(second)s FOR UPDATE) "
        f"{touch} AND EXISTS (SELECT FROM held) RETURNING 1"
    )
    ids = {"first": first, "second": second}
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as connection:
            run_on(connection, touch, ids)
            other = pool.submit(victim.run_again, second_then_first, ids)
            _wait_for_a_lock(database)
            run_on(connection, "SELECT FROM jobs WHERE id = %(second)s FOR UPDATE", ids)  # the other is sacrificed
            first_has_gone_on.set()
        assert other.result(timeout=10) == [(1,)]
    assert JobStore(database).get_job_by_id(first).tags == ["touched", "touched"]
    assert len(tries) == 2


def _wait_for_a_lock(database: Database) -> None:
    waiting = "SELECT FROM pg_stat_activity WHERE application_name = 'victim' AND wait_event_type = 'Lock'"
    eventually(lambda: database.run(waiting))


def test_a_busy_pool_is_unavailable(database_url: str) -> None:
    narrow = connect(database_url, pool_size=1, statement_timeout_seconds=1.0, application_name="tests")
    narrow._engine.pool._timeout = 0.05  # type: ignore[attr-defined]  # a test waits no five seconds
    with narrow.transaction(), pytest.raises(StoreUnavailable, match="connections of this process are busy"):
        narrow.run("SELECT 1")
    narrow.close()


def test_a_schema_that_is_not_there_yet_is_unavailable(empty_database_url: str) -> None:
    early = connect(empty_database_url, pool_size=1, statement_timeout_seconds=1.0, application_name="tests")
    with pytest.raises(StoreUnavailable, match='"jobs" does not exist'):
        early.run("SELECT FROM jobs")
    early.close()


def test_an_error_of_ours_is_no_outage(database: Database) -> None:
    for sql in ("SELEC 1", "SELECT 1 / 0", "INSERT INTO queues (name) VALUES (NULL)"):
        with pytest.raises(Exception, match=r"syntax error|division by zero|null value") as caught:
            database.run(sql)
        assert not isinstance(caught.value, StoreUnavailable)


def test_an_error_of_another_kind_passes_untranslated() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        _ = 1 // 0


def test_while_postgresql_is_stopped_every_store_says_so_and_afterwards_goes_on(
    stores: LocalStores, store: JobStore, database: Database, worker_id: str
) -> None:
    job_id = job_in(JobStatus.QUEUED, store, worker_id)
    calls: list[Any] = [
        lambda: store.create_job(NewJob.checked("demo")),
        lambda: store.create_batch([submission()], idempotency_key()),
        lambda: store.get_job_by_id(job_id),
        lambda: store.claim(worker_id, [job_id], None),
        lambda: store.acknowledge(worker_id, []),
        lambda: store.cancel(job_id),
        lambda: database.select(select(JobRow.id)),
    ]
    stores.postgres.stop()
    try:
        for call in calls:
            with pytest.raises(StoreUnavailable):
                call()
    finally:
        stores.postgres.start()
    assert store.get_job_by_id(job_id).status == JobStatus.QUEUED
    assert [job.id for job in store.claim(worker_id, [job_id], None)] == [job_id]
