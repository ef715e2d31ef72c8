"""The expirer on real stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis
from redis.client import PubSub

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_worker.maintenance import expirer as expirer_module
from goqueue_worker.maintenance.expirer import Expirer
from tests.factories import eventually, submit


@pytest.fixture
def settled(broker: RedisBroker, redis_url: str) -> Iterator[PubSub]:
    """A subscriber to what has been settled."""
    with (
        Redis.from_url(redis_url, decode_responses=True) as client,
        client.pubsub(ignore_subscribe_messages=True) as subscriber,  # type: ignore[no-untyped-call]  # redis-py's own gap
    ):
        subscriber.subscribe(broker.keys.settled)
        eventually(lambda: client.pubsub_numsub(broker.keys.settled)[0][1] == 1)
        yield subscriber


def expired(jobs: JobStore, database: Database, number: int) -> list[str]:
    ids = [submit(jobs) for _ in range(number)]
    database.run("UPDATE jobs SET expires_at = now() - interval '1 s'")
    return ids


def test_who_waits_for_an_expired_job_is_told(
    jobs: JobStore, database: Database, broker: RedisBroker, settled: PubSub
) -> None:
    ids = expired(jobs, database, 3)
    assert Expirer(MaintenanceStore(database), broker).step() > 0
    messages: list[str] = []

    def told() -> bool:
        message = settled.get_message(timeout=0.1)
        messages.extend(str(message["data"]).split() if message else [])
        return sorted(messages) == sorted(ids)

    eventually(told)
    assert {jobs.get_job_by_id(job_id).status for job_id in ids} == {JobStatus.FAILED}


def test_it_goes_on_at_once_while_batches_are_full(
    jobs: JobStore, database: Database, broker: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expirer_module, "_BATCH", 2)
    expired(jobs, database, 5)
    expirer = Expirer(MaintenanceStore(database), broker)
    pauses = [expirer.step() for _ in range(4)]
    assert [pause > 0 for pause in pauses] == [False, False, True, True]


def test_without_redis_jobs_expire_all_the_same(jobs: JobStore, database: Database) -> None:
    (job_id,) = expired(jobs, database, 1)
    unreachable = RedisBroker("redis://127.0.0.1:1/0", Keys())
    Expirer(MaintenanceStore(database), unreachable).step()
    unreachable.close()
    assert jobs.get_job_by_id(job_id).failure_reason == "expired"
