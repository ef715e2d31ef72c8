"""Rule 26: requests that wait never take the last threads, and one thread a process listens for all of them.

Streams (26) and figures for scalers (27): there are none yet. Over HTTP, half of the threads waiting:
tests/integration/api/test_wait.py.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION, Services
from goqueue_api.settings import ApiSettings
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.settings import StoreSettings
from tests.factories import eventually, submit


@pytest.fixture
def settings(database_url: str, redis_url: str, prefix: str) -> ApiSettings:
    stores = StoreSettings(
        database_url=database_url, redis_url=redis_url, prefix=prefix, log_level="error", log_format="json"
    )
    return ApiSettings(stores=stores, host="127.0.0.1", port=8080, processes=1, threads=8, db_pool=10, auth="loopback")


@pytest.fixture
def services(settings: ApiSettings) -> Iterator[Services]:
    made: Services = create_app(settings).extensions[EXTENSION]
    yield made
    made.close()


def listeners() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "settled-listener"]


def test_rule_26_with_all_who_may_wait_waiting_the_next_one_is_answered_at_once_and_one_thread_listens(
    services: Services, jobs: JobStore
) -> None:
    before = len(listeners())
    job_id = submit(jobs)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(services.waiter.wait, job_id, 20) for _ in range(4)]
        eventually(lambda: len(services.waiter._settled._watchers.get(job_id, ())) == 4)
        assert services.waiter.wait(job_id, 20).is_full
        assert len(listeners()) == before + 1
        jobs.cancel(job_id)
        services.submitter.announce(job_id)
        assert {each.result(10).job.status for each in waiting} == {JobStatus.CANCELLED}
    assert not services.waiter.wait(submit(jobs), 0.01).is_full, "who has waited gives the place back"


def test_rule_26_an_api_of_one_thread_lets_nobody_wait(settings: ApiSettings, jobs: JobStore) -> None:
    services = create_app(replace(settings, threads=1)).extensions[EXTENSION]
    answer = services.waiter.wait(submit(jobs), 20)
    services.close()
    assert (answer.is_full, answer.job.status) == (True, JobStatus.QUEUED)
