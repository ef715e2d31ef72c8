"""Rule 23 of the protocol: a job and its idempotency key are written together, once.

What each test is named for is what would happen without its rule. Runs of schedules, which it speaks of, have no feature
yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy.exc import IntegrityError

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.submitter import Submitter
from tests.factories import idempotency_key, submission
from tests.integration.protocol.conftest import listed

KEY = idempotency_key()


@contextmanager
def refusing(database: Database) -> Iterator[None]:
    """The row of a job of the type `refused` cannot be written."""
    database.run("ALTER TABLE jobs ADD CONSTRAINT refused CHECK (type <> 'refused') NOT VALID")
    try:
        yield
    finally:
        database.run("ALTER TABLE jobs DROP CONSTRAINT refused")


@pytest.mark.parametrize(
    "create",
    [
        pytest.param(lambda jobs: jobs.create_jobs([submission("refused", key=KEY)]), id="one job"),
        pytest.param(lambda jobs: jobs.create_jobs([submission(key=KEY), submission("refused")]), id="several"),
        pytest.param(lambda jobs: jobs.create_batch([submission("refused")], KEY), id="under one key"),
    ],
)
def test_a_submit_that_fails_leaves_neither_a_key_without_its_job_nor_a_job_without_its_key(
    database: Database, jobs: JobStore, create: Callable[[JobStore], object]
) -> None:
    with refusing(database), pytest.raises(IntegrityError):
        create(jobs)
    assert database.run("SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM idempotency_keys)") == [(0, 0)]
    create(jobs)
    assert database.run("SELECT count(*) FROM idempotency_keys") == [(1,)]


def test_one_key_sent_to_several_servers_at_once_is_one_job_pushed_once(
    database_url: str, database: Database, broker: RedisBroker
) -> None:
    with ExitStack() as stack:
        servers = [
            connect(database_url, pool_size=1, statement_timeout_seconds=5.0, application_name=f"server-{number}")
            for number in range(6)
        ]
        for server in servers:
            stack.callback(server.close)
        pool = stack.enter_context(ThreadPoolExecutor(len(servers)))
        submitting = [Submitter(JobStore(server), broker) for server in servers]
        answers = list(pool.map(lambda submitter: submitter.submit([submission(key=KEY)])[0], submitting))
    assert len({answer.id for answer in answers}) == 1
    assert [row[0] for row in database.run("SELECT id::text FROM jobs")] == listed(broker) == [answers[0].id]
