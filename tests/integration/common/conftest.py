from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from goqueue_common.database import Database
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
