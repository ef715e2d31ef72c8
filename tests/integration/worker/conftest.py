from __future__ import annotations

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.relay_store import RelayStore
from goqueue_worker.maintenance.relay import Relay
from tests.integration.worker.waiting_list import BATCH, WaitingList


@pytest.fixture
def waiting(jobs: JobStore, broker: RedisBroker, worker_id: str) -> WaitingList:
    return WaitingList(jobs, broker, worker_id)


@pytest.fixture
def relay(database: Database, broker: RedisBroker) -> Relay:
    """Nothing is on its way, and a batch is small."""
    return Relay(RelayStore(database), broker, grace_seconds=0.0, batch=BATCH)
