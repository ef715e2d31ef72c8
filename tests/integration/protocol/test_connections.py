"""Rules 24 and 25 of the protocol: indexes that stay small, waits that end, and connections that remember nothing.

What each test is named for is what would happen without its rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine
from structlog.testing import capture_logs

from goqueue_api.services import EXTENSION
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect, engine_options
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.progress_store import ProgressStore, ProgressTick
from goqueue_common.queue_store import QueueStore
from goqueue_common.relay_store import RelayStore
from goqueue_common.retention_store import Retention, RetentionStore
from goqueue_common.server_store import ServerStore
from goqueue_common.submitter import Submitter
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.child_database import child_database as database_of_a_child
from goqueue_worker.maintenance.promoter import Promoter
from goqueue_worker.settings import WorkerSettings
from goqueue_worker.store_check import StoreCheck
from tests.factories import LONG_SECONDS, idempotency_key, submission, submit
from tests.integration.protocol.conftest import DEFAULT, LedWorker, make_due, take_back

# Rule 24: finished jobs weigh on no index but the primary key, and nothing waits for ever.

INDEXES = """
SELECT indexrelid::regclass::text, coalesce(pg_get_expr(indpred, indrelid), ''), pg_get_indexdef(indexrelid, 1, true)
FROM pg_index WHERE indrelid = 'jobs'::regclass AND NOT indisprimary
"""
LIMITS = """
SELECT name, setting::int FROM pg_settings
WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
"""


OF_JOBS_MADE_FROM_JOBS = {"(parent_id IS NOT NULL)", "(rerun_of IS NOT NULL)"}
"""Few are, and an update touches neither column."""


def test_no_index_but_the_primary_key_grows_with_every_job_that_ends(database: Database) -> None:
    indexes = database.run(INDEXES)
    assert len(indexes) >= 3
    unbound = {predicate for _, predicate, _ in indexes if "status" not in predicate}
    assert unbound == OF_JOBS_MADE_FROM_JOBS
    assert {name for name, _, first_column in indexes if first_column == "status"} == set()


def test_dead_rows_of_a_busy_queue_are_not_left_until_they_are_a_share_of_a_large_table(database: Database) -> None:
    ((stored,),) = database.run("SELECT reloptions FROM pg_class WHERE oid = 'jobs'::regclass")
    options = dict(option.split("=") for option in stored)
    assert {options[f"autovacuum_{kind}_scale_factor"] for kind in ("vacuum", "vacuum_insert", "analyze")} == {"0"}
    assert int(options["autovacuum_vacuum_threshold"]) <= 20_000
    assert options["autovacuum_vacuum_cost_delay"] == "0"


@pytest.fixture
def database_of_the_api(app: Flask) -> Database:
    database: Database = app.extensions[EXTENSION].jobs._database
    return database


@pytest.fixture
def database_of_a_worker(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    opened = database_of_a_child(WorkerSettings.read(), 4)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("whose", "statement_seconds"),
    [pytest.param("database_of_the_api", 2, id="API"), pytest.param("database_of_a_worker", 10, id="worker")],
)
def test_no_connection_waits_for_ever_for_an_answer_a_lock_or_a_peer(
    request: pytest.FixtureRequest, whose: str, statement_seconds: int
) -> None:
    opened: Database = request.getfixturevalue(whose)
    limits = dict(opened.run(LIMITS))
    assert 0 < limits["statement_timeout"] <= statement_seconds * 1_000
    assert 0 < limits["lock_timeout"] <= 2_000
    assert 0 < limits["idle_in_transaction_session_timeout"] <= 10_000
    with opened._engine.connect() as connection:
        sent = connection.connection.driver_connection.info.dsn_parameters  # type: ignore[union-attr]
    assert 0 < int(sent["connect_timeout"]) <= 3
    assert 0 < int(sent["tcp_user_timeout"]) <= 10_000
    assert int(sent["keepalives_idle"]) + int(sent["keepalives_interval"]) * int(sent["keepalives_count"]) <= 15


# Rule 25: a pooler may give every transaction another connection.


@pytest.fixture
def scattered(database_url: str) -> Iterator[Database]:
    """Each statement, or transaction, goes by a connection of its own, as behind a pooler at its worst."""
    options = engine_options(pool_size=1, statement_timeout_seconds=10.0, application_name="scattered")
    unpooled = {name: value for name, value in options.items() if "pool" not in name and name != "max_overflow"}
    opened = Database(create_engine(database_url, poolclass=NullPool, **unpooled))
    yield opened
    opened.close()


@pytest.fixture
def single(database_url: str) -> Iterator[Database]:
    """Everything goes by one connection."""
    opened = connect(database_url, pool_size=1, statement_timeout_seconds=10.0, application_name="single")
    yield opened
    opened.close()


def live_through_everything(database: Database, broker: RedisBroker) -> None:
    """Every kind of statement of ours once; every job ends as it should."""
    jobs, maintenance, holder = JobStore(database), MaintenanceStore(database), str(uuid4())
    submitter = Submitter(jobs, broker)
    worker, dying = LedWorker(database, broker), LedWorker(database, broker)
    first, second = submitter.submit([submission(key=idempotency_key("a")), submission()])
    ((third,), _) = submitter.submit_batch([submission(delay_seconds=LONG_SECONDS)], idempotency_key("b"))
    make_due(database)
    assert maintenance.hold_lease("promoter", holder, 60)
    Promoter(maintenance, submitter).step()
    claimed = worker.claim(first.id)
    ProgressStore(database).save(worker.id, [ProgressTick(first.id, 1, 0.5, "half")])
    assert (jobs.get_job_by_id(first.id).progress or {})["message"] == "half"
    worker.finish(claimed)
    worker.write()
    dying.claim(second.id)
    assert take_back(database, broker, dying, (second.id, 1)).rescued == 1
    assert WorkerStore(database).beat([worker.id, dying.id]).alive == {worker.id}
    (again,) = jobs.claim_waiting(worker.id, [DEFAULT], 1)
    worker.finish(again, event=JobEvent.RETRY_LATER, delay_seconds=LONG_SECONDS, error="broken")
    worker.write()
    jobs.cancel(again.id)
    expired = submit(jobs)
    database.run("UPDATE jobs SET expires_at = now() WHERE id = %(id)s", {"id": expired})
    assert [change.id for change in maintenance.expire(10)] == [expired]
    assert [place.id for place in RelayStore(database).missing(*DEFAULT, grace_seconds=0.0, limit=10)] == [third.id]
    assert [depth.jobs[JobStatus.QUEUED] for depth in QueueStore(database).depths()] == [1]
    for_ever = Retention(completed=timedelta(days=1), failed=timedelta(days=1), cancelled=timedelta(days=1))
    RetentionStore(database).prune(for_ever, after=str(uuid4()), limit=10)
    maintenance.give_up_lease("promoter", holder)
    ended = {job_id: jobs.get_job_by_id(job_id).status for job_id in (first.id, second.id, third.id, expired)}
    assert list(ended.values()) == [JobStatus.COMPLETED, JobStatus.CANCELLED, JobStatus.QUEUED, JobStatus.FAILED]


def test_nothing_breaks_when_every_transaction_gets_another_connection(scattered: Database, broker: RedisBroker) -> None:
    first, second = (scattered.run("SELECT pg_backend_pid()") for _ in range(2))
    assert first != second
    live_through_everything(scattered, broker)


REMEMBERED = {
    "a lock of the session": "SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
    "a channel": "SELECT pg_listening_channels()",
    "a setting": "SELECT FROM pg_settings WHERE source = 'session'",
    "a prepared statement": "SELECT FROM pg_prepared_statements",
    "a cursor": "SELECT FROM pg_cursors WHERE is_holdable",
    "a temporary table": "SELECT FROM pg_class WHERE relpersistence = 't'",
}


def test_a_connection_passed_on_remembers_nothing_of_who_used_it_before(single: Database, broker: RedisBroker) -> None:
    live_through_everything(single, broker)
    assert {what for what, query in REMEMBERED.items() if single.run(query)} == set()


def test_a_worker_does_not_start_in_silence_on_a_postgresql_that_may_forget_a_commit(
    database: Database, single: Database, broker: RedisBroker
) -> None:
    ((name,),) = database.run("SELECT current_database()")
    database.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    try:
        with capture_logs() as logs:
            StoreCheck(ServerStore(single), broker).step()
    finally:
        database.run(f"ALTER DATABASE {name} RESET synchronous_commit")
    (complaint,) = [entry["reason"] for entry in logs if entry["event"] == "store_unfit"]
    assert "synchronous_commit is off" in complaint
