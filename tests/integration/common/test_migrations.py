from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from goqueue_common import migrations
from goqueue_common.database import Database, connect, run_on
from goqueue_common.lifecycle import FINAL, FailureReason, JobStatus
from goqueue_common.migrations.__main__ import main
from goqueue_common.migrations.exclusive import locked
from goqueue_common.tables import Base
from tests.factories import eventually

ADVISORY_LOCK = int.from_bytes(b"goqueue")
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

CONSTRAINTS = """
SELECT t.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.connamespace = %(schema)s::regnamespace AND c.contype <> 'n' AND t.relname <> 'alembic_version' ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, replace(indexdef, schemaname || '.', '') FROM pg_indexes
WHERE schemaname = %(schema)s AND tablename <> 'alembic_version' ORDER BY 1, 2
"""
WAITING = "SELECT relation::regclass::text FROM pg_locks WHERE NOT granted"
COLUMNS = """
SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = %(schema)s AND table_name <> 'alembic_version' ORDER BY 1, 2
"""


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    opened = connect(empty_database_url, pool_size=1, statement_timeout_seconds=10.0, application_name="tests")
    yield opened
    opened.close()


def others(connection: Connection) -> int:
    """How many other connections the database has."""
    run_on(connection, "SELECT pg_stat_clear_snapshot()")  # a transaction sees those of its first look otherwise
    ((count,),) = run_on(connection, OTHERS)
    return int(count)


def upgrade_process(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "goqueue_common.migrations", "upgrade"],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_alembic_finds_no_difference_between_the_tables_and_the_migrated_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("query", [CONSTRAINTS, INDEXES, COLUMNS], ids=["constraints", "indexes", "columns"])
def test_the_migrated_database_is_what_the_tables_would_make(empty_database_url: str, query: str) -> None:
    migrations.upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA modelled")
        connection.exec_driver_sql("SET LOCAL search_path TO modelled, public")
        Base.metadata.create_all(connection, checkfirst=False)
        modelled = connection.exec_driver_sql(query, {"schema": "modelled"}).all()
        connection.exec_driver_sql("SET LOCAL search_path TO public")
        migrated = connection.exec_driver_sql(query, {"schema": "public"}).all()
    engine.dispose()
    assert migrated == modelled
    assert migrated


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("jobs_status", set(JobStatus)),
        ("jobs_finished_at", set(FINAL)),
        ("jobs_failure_reason", {"failed", *FailureReason}),
    ],
)
def test_the_checks_of_the_database_name_the_values_of_the_enums(
    database: Database, constraint: str, expected: set[str]
) -> None:
    ((definition,),) = database.run(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %(name)s", {"name": constraint}
    )
    assert set(re.findall(r"'([^']*)'", definition)) == {str(value) for value in expected}


def test_no_index_is_on_bare_status(database: Database) -> None:
    definitions = [row[0] for row in database.run("SELECT indexdef FROM pg_indexes WHERE tablename = 'jobs'")]
    assert not [text for text in definitions if re.search(r"\([^)]*\bstatus\b[^)]*\)", text.partition(" WHERE ")[0])]
    assert all(" WHERE " in text or "jobs_pkey" in text for text in definitions)


def test_an_empty_database_is_at_no_revision_and_not_current(empty: Database) -> None:
    assert (migrations.current(empty), migrations.is_current(empty)) == (None, False)


def test_an_upgrade_may_be_run_again(empty: Database, empty_database_url: str) -> None:
    for _ in range(2):
        migrations.upgrade(empty_database_url)
        assert (migrations.current(empty), migrations.is_current(empty)) == (migrations.head(), True)


def test_upgrades_by_several_processes_at_once_wait_for_each_other(empty: Database, empty_database_url: str) -> None:
    with empty.transaction() as connection:
        run_on(connection, "SELECT pg_advisory_xact_lock(%(key)s)", {"key": ADVISORY_LOCK})
        processes = [upgrade_process(empty_database_url) for _ in range(2)]
        eventually(lambda: others(connection) == 2 * 2, within_seconds=30)  # each migrates by a second connection
        assert run_on(connection, "SELECT to_regclass('jobs')") == [(None,)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert all(f"schema at {migrations.head()}" in output for output in outputs)
    assert migrations.is_current(empty)


def test_who_waits_for_a_table_of_its_own_lets_others_pass(database_url: str, database: Database) -> None:
    options = {"statement_timeout_seconds": 10.0, "lock_timeout_seconds": 5.0, "application_name": "tests"}
    migrating, other = (connect(database_url, pool_size=1, **options) for _ in range(2))
    with closing(migrating), closing(other), ThreadPoolExecutor(1) as thread:
        with database.transaction() as reader:
            run_on(reader, "SELECT FROM workers")
            locking = thread.submit(migrating.run, locked("workers"))
            eventually(lambda: run_on(reader, WAITING) == [("workers",)])
            assert other.run("SELECT FROM workers") == []
            assert not locking.done()
        assert locking.result(timeout=10) == []


@pytest.mark.parametrize(("revision", "is_current"), [("9999", True), ("", False)], ids=["from the future", "none"])
def test_only_a_schema_at_our_head_or_beyond_it_is_current(
    empty: Database, empty_database_url: str, revision: str, is_current: bool
) -> None:
    migrations.upgrade(empty_database_url)
    empty.run("DELETE FROM alembic_version")
    if revision:
        empty.run("INSERT INTO alembic_version VALUES (%(revision)s)", {"revision": revision})
    assert migrations.is_current(empty) is is_current


@pytest.mark.parametrize("command", ["current", "wait", "upgrade"])
def test_the_release_before_goes_on_with_a_schema_of_a_later_one(
    monkeypatch: pytest.MonkeyPatch, empty: Database, empty_database_url: str, command: str
) -> None:
    migrations.upgrade(empty_database_url)
    empty.run("UPDATE alembic_version SET version_num = '9999'")
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    assert main([command]) == 0
    assert migrations.current(empty) == "9999"


@pytest.mark.parametrize("command", ["current", "wait", "upgrade"])
def test_the_command_line_says_0_for_a_current_database(
    monkeypatch: pytest.MonkeyPatch, database_url: str, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main([command]) == 0


@pytest.mark.parametrize("command", ["current", "wait"])
def test_the_command_line_says_1_for_a_database_that_is_behind(
    monkeypatch: pytest.MonkeyPatch, empty_database_url: str, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    assert main([command, "--timeout", "0"]) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("mysql://root:hunter2@db/q", 2, id="no PostgreSQL URL"),
        pytest.param("postgresql://u:hunter2@127.0.0.1:1/q", 1, id="nobody answers"),
    ],
)
@pytest.mark.parametrize("command", ["upgrade", "current", "wait"])
def test_the_command_line_refuses_in_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, code: int, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main([command, "--timeout", "0"]) == code
    error = capsys.readouterr().err
    assert re.fullmatch(r"error: [^\n]+\n", error)
    assert "hunter2" not in error
