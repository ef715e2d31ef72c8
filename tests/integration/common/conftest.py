from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from goqueue_cli.local import LocalStores
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.settings import normalise_database_url
from tests.factories import register_worker
from tests.integration.common.scratch_database import scratch_database

WIPE = "; ".join(
    f"DELETE FROM {table}"
    for table in ("job_progress", "jobs", "queues", "idempotency_keys", "workers", "job_types", "maintenance_leases")
)


@pytest.fixture(scope="session")
def server_url(stores: LocalStores) -> str:
    """PostgreSQL's maintenance database."""
    return normalise_database_url(stores.database_url)


@pytest.fixture(scope="session")
def _shared_database(server_url: str, template_url: str) -> Iterator[tuple[str, Database]]:
    assert template_url.endswith("goqueue_template")
    with scratch_database(server_url, template="goqueue_template") as url:
        wiper = connect(url, pool_size=1, statement_timeout_seconds=10.0, application_name="goqueue-wiper")
        yield url, wiper
        wiper.close()


@pytest.fixture
def database_url(_shared_database: tuple[str, Database]) -> str:
    """One database for all tests of this folder, emptied before each: ten times as quick as one each."""
    url, wiper = _shared_database
    wiper.run_again(WIPE)
    return url


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
