from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from sqlalchemy import Connection, create_engine

from goqueue_common.database import ConnectionLost, Database, engine_options
from goqueue_common.job_store import JobStore
from tests.scratch_database import scratch_database


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """A database without a schema, for one test."""
    with scratch_database(server_url) as url:
        yield url


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A bare client, to look at what the broker left in Redis."""
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


class ForgetfulDatabase(Database):
    """The answer of every other COMMIT is lost: the transaction happened, and its caller tries again."""

    _forgets = False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            yield connection
        self._forgets = not self._forgets
        if self._forgets:
            raise ConnectionLost("the connection died before the answer to COMMIT came")


@pytest.fixture
def forgetful(database_url: str) -> Iterator[Database]:
    """The same database, whose answers to COMMIT are lost the first time."""
    options = engine_options(pool_size=1, statement_timeout_seconds=5.0, application_name="forgetful")
    opened = ForgetfulDatabase(create_engine(database_url, **options))
    yield opened
    opened.close()
