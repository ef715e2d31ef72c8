"""What the tests of the protocol's rules share: a worker that a test leads step by step, and stores that are away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.contract import QueueList
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database, connect
from goqueue_common.dispatch_store import DispatchStore
from goqueue_common.dispatch_view_store import DispatchViewStore
from goqueue_common.job import ClaimedJob, Outcome, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent
from goqueue_common.limited_dispatch_store import LimitedDispatchStore
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.store_settings import StoreSettings
from goqueue_common.submitter import Submitter
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.acknowledger import Acknowledger
from goqueue_worker.attempt import Attempt
from goqueue_worker.dispatch_watch import DispatchWatch
from goqueue_worker.handler import Handler
from goqueue_worker.maintenance.promoter import Promoter
from goqueue_worker.maintenance.relay import Relay
from goqueue_worker.poller import Poller
from goqueue_worker.pool import Pool
from goqueue_worker.recovery import Recovery, TakenBack
from goqueue_worker.registry import Registry
from goqueue_worker.settler import Settler
from goqueue_worker.slot_table import HeldAttempt, SlotTable
from tests.factories import JOB_TYPE, register_worker, start
from tests.integration.protocol.judge import Judge

NOWHERE = "127.0.0.1:1"
DEFAULT: QueueList = ("default", Priority.NORMAL)


class LedWorker:
    """A live worker's claims and acknowledger, without threads. is_lost: it has learnt that it was declared lost."""

    def __init__(self, database: Database, broker: RedisBroker, *, writes_to: Database | None = None) -> None:
        self.id = register_worker(database)
        self.settled: list[str] = []
        self.is_lost = False
        self._jobs = JobStore(database)
        self.acknowledger = Acknowledger(
            self.id,
            JobStore(writes_to or database),
            broker,
            may_write=lambda: True,
            on_settled=self._note,
            on_lost=self._lose,
        )

    def claim(self, job_id: str) -> ClaimedJob:
        return start(self._jobs, self.id, job_id)

    def finish(self, job: ClaimedJob, **fields: Any) -> Outcome:
        """The handler has ended; nothing is written yet."""
        outcome = Outcome(id=job.id, attempt=job.attempt, **{"event": JobEvent.COMPLETE, **fields})
        self.acknowledger.put(Attempt(job, Handler(type=JOB_TYPE, function=print), 0), outcome)
        return outcome

    def write(self) -> float:
        """One batch of outcomes."""
        return self.acknowledger.step()

    def _note(self, attempts: Sequence[Attempt]) -> None:
        self.settled += [attempt.job.id for attempt in attempts]

    def _lose(self) -> None:
        self.is_lost = True


def take_back(database: Database, broker: RedisBroker, worker: LedWorker, *attempts: tuple[str, int]) -> TakenBack:
    """What its rescuer does once the worker is lost; it had begun to run all of these."""
    WorkerStore(database).declare_lost(worker.id)
    held = [HeldAttempt(job_id, attempt, running=True) for job_id, attempt in attempts]
    return Recovery(JobStore(database), RecoveryStore(database), broker).take_back(worker.id, held, error="it was lost")


def listed(broker: RedisBroker) -> list[str]:
    """Ids of the default list, the one that is popped next first."""
    return broker.tails(*DEFAULT, 100_000)


def age(database: Database) -> None:
    """As if every job had been queued an hour earlier."""
    database.run("UPDATE jobs SET queued_at = queued_at - interval '1 hour'")


def make_due(database: Database) -> None:
    database.run("UPDATE jobs SET run_at = now() WHERE status IN ('scheduled', 'retrying')")


def promoter(database: Database, broker: RedisBroker) -> Promoter:
    return Promoter(MaintenanceStore(database), Submitter(JobStore(database), broker))


def poller(
    database: Database, broker: RedisBroker, *, slots: int, claims_from: Database | None = None
) -> tuple[Poller, Pool, SlotTable]:
    """Of a worker that serves every queue and whose pool runs nothing; `table.held()` shows what it claimed."""
    table, _ = SlotTable.create(100)
    pool = Pool(slots, None, table, lambda *_: None, lambda: True, lambda _: True)  # type: ignore[arg-type]  # nothing is run
    worker_id = register_worker(database)
    made = Poller(
        worker_id,
        None,
        watch=DispatchWatch(worker_id, None, [JOB_TYPE], DispatchViewStore(database)),
        store=DispatchStore(claims_from or database),
        limited=LimitedDispatchStore(claims_from or database),
        broker=broker,
        registry=Registry([Handler(type=JOB_TYPE, function=print)]),
        pool=pool,
        table=table,
        may_claim=lambda: True,
        release=lambda _: None,
        give_up_seconds=60.0,
    )
    return made, pool, table


def look(relay: Relay) -> None:
    """Two looks at every list: what is missing at both is pushed."""
    for _ in range(2):
        relay._look_at = relay._confirm_at = float("-inf")
        relay.step()


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
def worker(database: Database, broker: RedisBroker) -> LedWorker:
    return LedWorker(database, broker)


@pytest.fixture
def other_worker(database: Database, broker: RedisBroker) -> LedWorker:
    return LedWorker(database, broker)


@pytest.fixture
def no_database() -> Iterator[Database]:
    """A PostgreSQL that is away."""
    opened = connect(
        f"postgresql+psycopg2://nobody@{NOWHERE}/none", pool_size=1, statement_timeout_seconds=1.0, application_name="t"
    )
    yield opened
    opened.close()


@pytest.fixture
def no_redis() -> Iterator[RedisBroker]:
    """A Redis that is away."""
    opened = RedisBroker(f"redis://{NOWHERE}/0", Keys())
    yield opened
    opened.close()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A bare client, to look at what the broker left in Redis."""
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def app(database_url: str, redis_url: str, prefix: str) -> Iterator[Flask]:
    """The API on the stores of the test, with four request threads to a process."""
    stores = StoreSettings(
        database_url=database_url, redis_url=redis_url, prefix=prefix, log_level="error", log_format="json"
    )
    made = create_app(
        ApiSettings(stores=stores, host="127.0.0.1", port=8080, processes=1, threads=4, db_pool=6, auth="keys")
    )
    yield made
    made.extensions[EXTENSION].close()
