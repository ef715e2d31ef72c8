from __future__ import annotations

from collections.abc import Iterator

import pytest

from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from tests.factories import register_worker


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def worker_id(database: Database) -> str:
    """A worker that is alive, serves every queue and knows the type `demo`."""
    return register_worker(database)


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    """The same database by other connections, which give up on a lock soon."""
    opened = connect(
        database_url, pool_size=2, statement_timeout_seconds=5.0, application_name="other", lock_timeout_seconds=0.2
    )
    yield opened
    opened.close()
