"""Rules 17 and 18 of the protocol: whose turn it is, what is never sent twice, and what Redis may not be trusted with.

What each test is named for is what would happen without its rule.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager

import pytest
from redis import Redis
from structlog.testing import capture_logs

from goqueue_api.waiting import JobWaiter, SettledListener
from goqueue_cli.local import LocalStores
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.job import Outcome, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.relay_store import RelayStore
from goqueue_common.server_store import ServerStore
from goqueue_worker.maintenance.relay import Relay
from goqueue_worker.store_check import StoreCheck
from tests.factories import (
    eventually,
    ref,
    start,
    submission,
    submit,
)
from tests.integration.protocol.conftest import DEFAULT, age, listed, look, poller
from tests.stalled import stalled

# Rule 17: no list starves another, and nothing that was sent to Redis is sent again.


@pytest.mark.parametrize("redis", ["with Redis", "without Redis"])
def test_a_stream_of_high_jobs_does_not_starve_the_others(
    database: Database, jobs: JobStore, broker: RedisBroker, no_redis: RedisBroker, redis: str
) -> None:
    low, normal = submit(jobs, priority=Priority.LOW), submit(jobs)
    high = [answer.id for answer in jobs.create_jobs([submission(priority=Priority.HIGH) for _ in range(20)])]
    broker.enqueue_many([ref(low, priority=Priority.LOW), ref(normal), *(ref(one, priority=Priority.HIGH) for one in high)])
    assert set(claimed_in_polls(8, database, broker if redis == "with Redis" else no_redis)) == {low, normal, *high[:6]}


@pytest.mark.parametrize("redis", ["with Redis", "without Redis"])
def test_a_queue_that_is_never_empty_does_not_starve_the_next_one(
    database: Database, jobs: JobStore, broker: RedisBroker, no_redis: RedisBroker, redis: str
) -> None:
    ids = {name: [submit(jobs, queue=name) for _ in range(6)] for name in ("a", "b")}
    broker.enqueue_many([ref(job_id, queue=name) for name in ids for job_id in ids[name]])
    claimed = claimed_in_polls(4, database, broker if redis == "with Redis" else no_redis)
    assert set(claimed) == {*ids["a"][:2], *ids["b"][:2]}


def claimed_in_polls(polls: int, database: Database, broker: RedisBroker) -> list[str]:
    """What a worker with one slot claims in so many polls."""
    claiming, pool, table = poller(database, broker, slots=1)
    for _ in range(polls):
        claiming.step()
        pool.settled(pool.take_unstarted())
    return [attempt.id for attempt in table.held()]


@contextmanager
def ready(broker: RedisBroker) -> Iterator[RedisBroker]:
    """Its connections stand, so that the next command reaches the server."""
    with closing(broker):
        broker.enqueue(ref("warm"))
        broker.dequeue([DEFAULT], 0.1)
        broker.dequeue([("other", 1)], 0)
        yield broker


@pytest.mark.parametrize(
    ("command", "patience", "call"),
    [
        pytest.param("lmpop", 0.2, lambda broker: broker.dequeue([DEFAULT], 0), id="pop"),
        pytest.param("blmpop", 1.1, lambda broker: broker.dequeue([DEFAULT], 0.1), id="blocking pop"),
        pytest.param("lpush", 0.2, lambda broker: broker.enqueue(ref("pushed")), id="push"),
        pytest.param("rpush", 0.2, lambda broker: broker.give_back([ref("pushed")]), id="push at the tail"),
    ],
)
def test_a_command_whose_answer_came_too_late_is_not_sent_again(
    stores: LocalStores,
    redis_url: str,
    prefix: str,
    redis_client: Redis,
    command: str,
    patience: float,
    call: Callable[[RedisBroker], object],
) -> None:
    with ready(RedisBroker(redis_url, Keys(prefix), max_wait_seconds=0.1, answer_seconds=0.2)) as broker:
        broker.enqueue_many([ref("a"), ref("b"), ref("c")])
        redis_client.config_resetstat()
        with ThreadPoolExecutor(1) as pool:
            with stalled(stores.valkey):
                called = pool.submit(call, broker)
                # Awake again soon after the first time-out: a second try would get through.
                wait([called], timeout=patience + 0.1)
            with pytest.raises(BrokerUnavailable):
                called.result(10)
        eventually(lambda: not broker.is_away)
        assert redis_client.info("commandstats")[f"cmdstat_{command}"]["calls"] == 1


def test_a_pop_whose_answer_was_lost_loses_no_job(
    stores: LocalStores, redis_url: str, prefix: str, database: Database, jobs: JobStore
) -> None:
    job_id = submit(jobs)
    age(database)
    with ready(RedisBroker(redis_url, Keys(prefix), answer_seconds=0.2)) as broker:
        broker.enqueue(ref(job_id))
        with stalled(stores.valkey), pytest.raises(BrokerUnavailable):
            broker.dequeue([DEFAULT], 0)
        eventually(lambda: not broker.is_away)
        assert listed(broker) == []
        look(Relay(RelayStore(database), broker))
        assert listed(broker) == [job_id]


# Rule 18: Redis may drop no queue, and what is published is a hint.


def test_a_worker_does_not_start_in_silence_on_a_redis_that_may_drop_queues(
    database: Database, broker: RedisBroker, redis_client: Redis
) -> None:
    redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with capture_logs() as logs:
            StoreCheck(ServerStore(database), broker).step()
    finally:
        redis_client.config_set("maxmemory-policy", "noeviction")
    (complaint,) = [entry["reason"] for entry in logs if entry["event"] == "store_unfit"]
    assert "maxmemory-policy is allkeys-lru" in complaint


def complete(jobs: JobStore, worker_id: str, job_id: str) -> None:
    """Written, and announced to nobody: that message is lost."""
    attempt = start(jobs, worker_id, job_id).attempt
    jobs.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.COMPLETE))


def test_a_message_that_was_lost_leaves_nobody_waiting(
    jobs: JobStore, broker: RedisBroker, redis_url: str, worker_id: str
) -> None:
    job_id = submit(jobs)
    with (
        closing(SettledListener(redis_url, broker.keys.settled, lambda: False)) as listener,
        ThreadPoolExecutor(1) as pool,
    ):
        waiter = JobWaiter(jobs, listener, slots=1, is_stopping=lambda: False)
        waiting = pool.submit(waiter.wait, job_id, 30.0)
        eventually(listener.is_listening)
        complete(jobs, worker_id, job_id)
        assert waiting.result(5).job.status == JobStatus.COMPLETED


class LateListener(SettledListener):
    """The real listener; what is called comes between the waiter's first look and its subscription."""

    def __init__(self, redis_url: str, channel: str, before: Callable[[], None]) -> None:
        super().__init__(redis_url, channel, lambda: False)
        self._before = before

    @contextmanager
    def watch(self, job_id: str) -> Iterator[threading.Event]:
        self._before()
        with super().watch(job_id) as settled:
            settled.wait = lambda _=None: pytest.fail("it waits for a message that has gone by")  # type: ignore[method-assign]
            yield settled


def test_a_job_that_ends_before_the_subscription_stands_is_not_waited_for(
    jobs: JobStore, broker: RedisBroker, redis_url: str, worker_id: str
) -> None:
    job_id = submit(jobs)
    listener = LateListener(redis_url, broker.keys.settled, lambda: complete(jobs, worker_id, job_id))
    with closing(listener):
        waiter = JobWaiter(jobs, listener, slots=1, is_stopping=lambda: False)
        assert waiter.wait(job_id, 30.0).job.status == JobStatus.COMPLETED
