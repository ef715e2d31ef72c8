"""A PostgreSQL that is there and does not answer: callers learn it in time, and no connection stays stuck."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic

import pytest
from sqlalchemy import select, text

from goqueue_cli.local import LocalStores
from goqueue_common.answer_guard import GUARD
from goqueue_common.database import ConnectionLost, Database, connect, run_on
from goqueue_common.errors import QueryTimeout, StoreUnavailable
from goqueue_common.job_store import JobStore
from tests.black_hole import BlackHole
from tests.factories import eventually, submission
from tests.stalled import stalled

STATEMENT_SECONDS = 0.3
LIMIT_SECONDS = 1.3
CONNECT_SECONDS = 3.0
SLACK_SECONDS = 1.5


@pytest.fixture
def hurried(database_url: str) -> Iterator[Database]:
    """A database that has two connections open and waits little for an answer."""
    with impatient_at(database_url) as opened:
        yield opened


@contextmanager
def impatient_at(url: str, size: int = 2) -> Iterator[Database]:
    opened = connect(url, pool_size=size, statement_timeout_seconds=STATEMENT_SECONDS, application_name="hurried")
    with opened.transaction() as one, opened.transaction() as two:
        run_on(one, "SELECT 1")
        run_on(two, "SELECT 1")
    yield opened
    opened.close()


def seconds_until_told(call: Callable[[], object], message: str) -> float:
    began = monotonic()
    with pytest.raises(StoreUnavailable, match=message) as caught:
        call()
    assert not isinstance(caught.value, ConnectionLost), "which would be tried again"
    return monotonic() - began


def answers(database: Database) -> bool:
    try:
        return database.run("SELECT 1") == [(1,)]
    except StoreUnavailable:
        return False


@pytest.mark.parametrize(
    "call",
    [
        lambda database: database.run("SELECT 1"),
        lambda database: database.run_again("SELECT 1"),
        lambda database: database.select(select(text("1"))),
        lambda database: JobStore(database).create_jobs([submission()]),
        lambda database: JobStore(database).create_jobs([submission(), submission(queue="other")]),
    ],
    ids=["run", "run_again", "select", "create a job", "create jobs"],
)
def test_a_server_that_stands_still_is_unavailable_after_the_statement_timeout_and_a_second(
    stores: LocalStores, hurried: Database, call: Callable[[Database], object]
) -> None:
    with stalled(stores.postgres):
        waited = seconds_until_told(lambda: call(hurried), r"^PostgreSQL did not answer within 1\.3 s$")
    assert LIMIT_SECONDS <= waited < LIMIT_SECONDS + SLACK_SECONDS
    assert hurried._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    eventually(lambda: answers(hurried))


@pytest.mark.parametrize("raises", [False, True], ids=["commit", "rollback"])
def test_a_server_that_stands_still_at_the_end_of_a_transaction_is_unavailable(
    stores: LocalStores, hurried: Database, raises: bool
) -> None:
    def halfway() -> None:
        with hurried.transaction() as connection:
            run_on(connection, "INSERT INTO queues (name) VALUES ('halfway')")
            stop.__enter__()
            if raises:
                raise LookupError

    stop = stalled(stores.postgres)
    try:
        assert seconds_until_told(halfway, "did not answer within") < LIMIT_SECONDS + SLACK_SECONDS
    finally:
        stop.__exit__(None, None, None)
    assert hurried._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    # A COMMIT that was on its way is carried out; whoever was told 503 asks again under the same id or key.
    eventually(lambda: answers(hurried))
    eventually(lambda: hurried.run("SELECT count(*) FROM queues") == [(0 if raises else 1,)])


def test_connections_from_before_a_black_hole_are_given_up_together(database_url: str) -> None:
    with BlackHole(database_url) as hole, impatient_at(hole.url) as database:
        hole.swallow()
        assert seconds_until_told(lambda: database.run_again("SELECT 1"), "did not answer") < LIMIT_SECONDS + SLACK_SECONDS
        hole.heal()
        eventually(lambda: answers(database))
        for _ in range(3):
            assert database.run("SELECT 1") == [(1,)]


def test_threads_that_wait_together_are_all_told(stores: LocalStores, hurried: Database) -> None:
    with stalled(stores.postgres), ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(seconds_until_told, lambda: hurried.run("SELECT 1"), "did not answer") for _ in range(2)]
        assert max(wait.result(10) for wait in waits) < LIMIT_SECONDS + SLACK_SECONDS


@pytest.mark.parametrize("passed", [0, 1, 2], ids=["from the first byte", "after the talk of TLS", "in authentication"])
def test_a_black_hole_at_connect_is_told_within_the_time_to_connect(database_url: str, passed: int) -> None:
    with BlackHole(database_url) as hole:
        database = connect(hole.url, pool_size=1, statement_timeout_seconds=STATEMENT_SECONDS, application_name="tests")
        if passed:
            hole.swallow_after(passed)
        else:
            hole.swallow()
        assert seconds_until_told(lambda: database.run("SELECT 1"), "timeout expired") < CONNECT_SECONDS + SLACK_SECONDS
        hole.heal()
        eventually(lambda: answers(database))
        database.close()


def test_once_it_is_known_to_be_silent_nobody_waits_but_one_who_tries(stores: LocalStores, hurried: Database) -> None:
    with stalled(stores.postgres), ThreadPoolExecutor(8) as pool:
        assert not answers(hurried)

        def refusals(_: int) -> float:
            return seconds_until_told(lambda: hurried.run("SELECT 1"), "PostgreSQL does not answer|timeout expired")

        waits = [seconds for seconds in pool.map(refusals, range(200)) if seconds > 0.5]
    assert len(waits) <= 1
    eventually(lambda: answers(hurried))


def test_a_slow_statement_is_the_server_s_to_end(hurried: Database) -> None:
    with pytest.raises(QueryTimeout, match="statement timeout"):
        hurried.run("SELECT pg_sleep(10)")
    assert hurried.run("SELECT pg_sleep(0.2)")


def test_closed_and_abandoned_connections_are_watched_no_more(database_url: str) -> None:
    before = set(GUARD._owed)
    with impatient_at(database_url) as database:
        assert len(set(GUARD._owed) - before) == 2
        database._engine.raw_connection().detach()
        gc.collect()
    assert set(GUARD._owed) <= before
