from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.recovery import Recovery
from goqueue_worker.settler import Settler
from tests.factories import register_worker
from tests.integration.protocol.judge import Judge


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def workers(database: Database) -> WorkerStore:
    return WorkerStore(database)


@pytest.fixture
def recoveries(database: Database) -> RecoveryStore:
    return RecoveryStore(database)


@pytest.fixture
def recovery(jobs: JobStore, recoveries: RecoveryStore, broker: RedisBroker) -> Recovery:
    return Recovery(jobs, recoveries, broker)


@pytest.fixture
def settler(workers: WorkerStore, recovery: Recovery) -> Settler:
    return Settler(workers, recovery)


@pytest.fixture
def judge(database: Database, recovery: Recovery) -> Judge:
    return Judge(database, recovery)


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
