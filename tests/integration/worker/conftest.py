from __future__ import annotations

import pytest

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from tests.factories import register_worker


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def worker_id(database: Database) -> str:
    """A worker that is alive, serves every queue and knows the type `demo`."""
    return register_worker(database)
