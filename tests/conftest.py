"""Fixtures shared by all tests: one real PostgreSQL and one real Redis a session, one empty database a test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.settings import normalise_database_url

_numbers = itertools.count()


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStores]:
    """Both servers, stopped by pid at the end of the session."""
    with LocalStores(tmp_path_factory.mktemp("stores")) as running:
        yield running


@pytest.fixture(scope="session")
def template_url(stores: LocalStores) -> str:
    """A migrated database, to be copied."""
    admin = normalise_database_url(stores.database_url)
    _execute(admin, "CREATE DATABASE goqueue_template")
    url = _with_database(admin, "goqueue_template")
    migrations.upgrade(url)
    return url


@pytest.fixture
def database_url(stores: LocalStores, template_url: str) -> Iterator[str]:
    """An empty database at our schema, for one test."""
    with new_database(stores) as url:
        yield url


@contextmanager
def new_database(stores: LocalStores) -> Iterator[str]:
    """An empty database at our schema; needs template_url."""
    admin = normalise_database_url(stores.database_url)
    name = f"test_{next(_numbers)}"
    _execute(admin, f"CREATE DATABASE {name} TEMPLATE goqueue_template STRATEGY wal_log")
    yield _with_database(admin, name)
    _execute(admin, f"DROP DATABASE {name} WITH (FORCE)")


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


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
