"""Plans of the triggers on jobs. A session makes each once, for the rows of its first call, and keeps it for thousands."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from goqueue_common.database import Database, connect, run_on

MANY = 4_000
NEW = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at)
SELECT gen_random_uuid(), 'default', 'demo', 'queued', '{}', now() FROM generate_series(1, %(jobs)s)
"""
LINES = "INSERT INTO job_logs (job_id, attempt, at, level, message) SELECT id, 1, now(), 'info', 'here' FROM jobs"
# By an array: with IN (SELECT ..), statistics of a nearly empty table plan a nested loop of their own.
SOME = "id = ANY(ARRAY(SELECT id FROM jobs WHERE status = 'queued' LIMIT %(jobs)s))"
CANCEL = f"UPDATE jobs SET status = 'cancelled', finished_at = now() WHERE {SOME}"
DELETE = f"DELETE FROM jobs WHERE {SOME}"
SCANS = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'job_logs'"


@pytest.fixture
def session(database_url: str) -> Iterator[Database]:
    """One connection that has planned nothing yet."""
    opened = connect(database_url, pool_size=1, statement_timeout_seconds=30.0, application_name="session")
    yield opened
    opened.close()


def seconds(connection: Connection, sql: str, jobs: int) -> float:
    began = time.monotonic()
    run_on(connection, sql, {"jobs": jobs})
    return time.monotonic() - began


def seed_stale_statistics(database: Database) -> None:
    """Leave `jobs` empty, with statistics that know one row on many visible pages, as autovacuum may in a quiet night."""
    database.run(NEW, {"jobs": 1})
    database.run("VACUUM ANALYZE jobs")
    database.run("DELETE FROM jobs")


def test_a_session_that_changed_one_job_first_is_as_quick_with_thousands(database: Database, session: Database) -> None:
    seed_stale_statistics(database)
    database.run(NEW, {"jobs": 2 * MANY + 1})
    with session.transaction() as connection:
        run_on(connection, CANCEL, {"jobs": 1})
        after_one = seconds(connection, CANCEL, MANY)
    with database.transaction() as connection:
        at_once = seconds(connection, CANCEL, MANY)
    assert after_one < 10 * at_once  # a nested loop took 40 times as long


def test_lines_of_deleted_jobs_are_found_by_their_jobs_although_there_were_none_at_first(session: Database) -> None:
    session.run("TRUNCATE job_logs")
    session.run("VACUUM ANALYZE job_logs")
    session.run(NEW, {"jobs": MANY})
    session.run(DELETE, {"jobs": 1})
    with session.transaction() as connection:
        run_on(connection, LINES)
        before = run_on(connection, SCANS)
        run_on(connection, DELETE, {"jobs": 1_000})
        assert run_on(connection, SCANS) == before
        assert run_on(connection, "SELECT count(*) FROM job_logs") == [(MANY - 1 - 1_000,)]
