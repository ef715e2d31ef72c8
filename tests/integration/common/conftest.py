from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from tests.factories import register_worker
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
def worker_id(database: Database) -> str:
    """A worker that is alive, serves every queue and knows the type `demo`."""
    return register_worker(database)


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    """The same database by other connections, which give up on a lock soon."""
    opened = connect(
        database_url, pool_size=1, statement_timeout_seconds=5.0, application_name="other", lock_timeout_seconds=0.2
    )
    yield opened
    opened.close()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A bare client, to look at what the broker left in Redis."""
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client
