"""Fixtures shared by all tests: one real PostgreSQL and one real Redis a session, one database emptied for each test."""

from __future__ import annotations

import gc
import itertools
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.store_settings import normalise_database_url
from goqueue_common.tables import Base
from tests.scratch_database import scratch_database

# The audit log can only be truncated: its rows stay as they are; most tests leave none, and to truncate takes longer than
# all the rest. Whatever leaves jobs is noted in job_moves. The revision of schedules is one row for ever.
_EMPTY_AUDIT = "DO 'BEGIN IF EXISTS (SELECT FROM audit) THEN TRUNCATE audit; END IF; END'"
WIPE = "UPDATE schedule_revision SET first_version = 1; " + "; ".join(
    _EMPTY_AUDIT if name == "audit" else f"DELETE FROM {name}"
    for name in [*(table.name for table in reversed(Base.metadata.sorted_tables)), "job_moves"]
    if name != "schedule_revision"
)
_numbers = itertools.count()

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every process that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="faults and deployment in full: half an hour, not minutes")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Tests that are found stay: to look for garbage among them takes a sixth of finding them."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What stays to the end is looked through once, not by each full collection: of many tests that took a sixth."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStores]:
    """Both servers, stopped by pid at the end of the session."""
    # Its files outlive kill -9 all the same; only a machine that loses its power would be noticed.
    with LocalStores(tmp_path_factory.mktemp("stores"), postgres_options={"fsync": "off"}) as running:
        yield running


@pytest.fixture(scope="session")
def server_url(stores: LocalStores) -> str:
    """PostgreSQL's maintenance database."""
    return normalise_database_url(stores.database_url)


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a migrated database, to be copied."""
    with scratch_database(server_url) as url:
        migrations.upgrade(url)
        yield make_url(url).database or ""


@pytest.fixture(scope="session")
def _shared_database(server_url: str, template: str) -> Iterator[tuple[str, Database]]:
    with scratch_database(server_url, template=template) as url:
        wiper = connect(url, pool_size=1, statement_timeout_seconds=10.0, application_name="goqueue-wiper")
        yield url, wiper
        wiper.close()


@pytest.fixture
def database_url(_shared_database: tuple[str, Database]) -> str:
    """One database at our schema for all tests, emptied before each: ten times as quick as one each."""
    url, wiper = _shared_database
    wiper.run_again(WIPE)
    return url


@pytest.fixture
def redis_url(stores: LocalStores) -> str:
    return stores.redis_url


@pytest.fixture
def prefix() -> str:
    """A key prefix for one test: tests share a Redis and never meet."""
    return f"test{next(_numbers)}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, pool_size=4, statement_timeout_seconds=10.0, application_name="goqueue-tests")
    yield opened
    opened.close()


@pytest.fixture
def broker(redis_url: str, prefix: str) -> Iterator[RedisBroker]:
    opened = RedisBroker(redis_url, Keys(prefix))
    yield opened
    opened.close()
