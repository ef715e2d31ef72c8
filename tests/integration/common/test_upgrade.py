"""Upgrades of a database that the release before works on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from goqueue_common import migrations
from goqueue_common.database import Database, connect, run_on
from goqueue_common.rollup_store import RollupStore
from goqueue_common.stats_store import StatsStore, StatusCount
from tests.factories import eventually

SUBMIT = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at)
SELECT gen_random_uuid(), 'mail', 'demo', 'queued', '{}', now() FROM generate_series(1, 3)
"""
CANCEL = """
UPDATE jobs SET status = 'cancelled', finished_at = now() WHERE id IN (SELECT id FROM jobs WHERE status = 'queued' LIMIT 2)
"""
BUILDS = "SELECT count(*) FROM pg_stat_progress_create_index WHERE relid = 'jobs'::regclass"
INVALID = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %(table)s::regclass"


@pytest.fixture
def before(empty_database_url: str) -> Iterator[Database]:
    """A database of the release before, by connections of its workers."""
    migrations.upgrade(empty_database_url, "0004")
    opened = connect(empty_database_url, pool_size=3, statement_timeout_seconds=10.0, application_name="before")
    yield opened
    opened.close()


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_jobs_that_move_during_the_upgrade_are_counted_once(before: Database, empty_database_url: str) -> None:
    before.run(SUBMIT)
    before.run(CANCEL)
    migrations.upgrade(empty_database_url, "0006")
    before.run(CANCEL)
    before.run(SUBMIT)
    migrations.upgrade(empty_database_url)
    truth = [StatusCount("mail", "demo", "cancelled", 3), StatusCount("mail", "demo", "queued", 3)]
    assert StatsStore(before).counts() == truth
    assert RollupStore(before).fold(100) > 0
    assert StatsStore(before).counts() == truth


@pytest.mark.parametrize(("first", "then"), [("job_search", "jobs"), ("jobs", "job_search")])
def test_an_upgrade_and_whoever_reads_two_tables_never_wait_for_each_other(
    before: Database, empty_database_url: str, elsewhere: ThreadPoolExecutor, first: str, then: str
) -> None:
    with before.transaction() as connection:
        run_on(connection, f"SELECT 1 FROM {first}")
        upgrade = elsewhere.submit(migrations.upgrade, empty_database_url)
        eventually(lambda: before.run(WAITS, {"table": first}) == [(1,)])
        run_on(connection, f"SELECT 1 FROM {then}")
    upgrade.result(30)


@pytest.mark.parametrize(("revision", "table"), [("0004", "jobs"), ("0008", "workers")])
def test_an_upgrade_that_waits_for_a_long_reader_lets_jobs_and_heartbeats_pass(
    before: Database, empty_database_url: str, elsewhere: ThreadPoolExecutor, revision: str, table: str
) -> None:
    migrations.upgrade(empty_database_url, revision)
    with before.transaction() as connection:
        run_on(connection, f"SELECT 1 FROM {table}")
        upgrade = elsewhere.submit(migrations.upgrade, empty_database_url)
        eventually(lambda: before.run(WAITS, {"table": table}) == [(1,)])
        # Within the two seconds for which we wait for a lock.
        before.run(SUBMIT)
        before.run("UPDATE workers SET beat_at = now()")
    upgrade.result(30)
    RollupStore(before).fold(100)
    assert StatsStore(before).counts() == [StatusCount("mail", "demo", "queued", 3)]


def test_jobs_are_written_while_indexes_of_them_are_made(
    before: Database, empty_database_url: str, elsewhere: ThreadPoolExecutor
) -> None:
    migrations.upgrade(empty_database_url, "0009")
    with before.transaction() as connection:
        run_on(connection, "UPDATE jobs SET priority = priority")  # whom the index has to wait for
        upgrade = elsewhere.submit(migrations.upgrade, empty_database_url)
        eventually(lambda: before.run(BUILDS) == [(1,)])
        before.run(SUBMIT)
    upgrade.result(30)
    assert before.run(INVALID) == []
