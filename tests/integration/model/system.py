"""The real stores, broker and recovery that the machine drives, and what a test may see of them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from redis import Redis

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.relay_store import RelayStore
from goqueue_common.submitter import Submitter
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.maintenance.promoter import Promoter
from goqueue_worker.maintenance.relay import Relay
from goqueue_worker.maintenance.rescuer import Rescuer
from goqueue_worker.recovery import Recovery
from goqueue_worker.settler import Settler
from goqueue_worker.steadiness import Steadiness
from tests.conftest import WIPE
from tests.factories import FrozenClock, register_worker

QUEUES: Final = ("a", "b")
_BEAT_SECONDS: Final = 30.0
_RELAY_BATCH: Final = 3
"""Small, so that refills of several batches happen."""

_ROWS: Final = """
SELECT id::text, status, attempts, failures, rescues, max_retries, worker_id::text, failure_reason,
    cancel_requested_at IS NOT NULL, queued_at
FROM jobs
"""


class Row(NamedTuple):
    """seen: as ExpectedJob.seen has it. queued_at: its place in the order of dispatch."""

    seen: tuple[Any, ...]
    queued_at: datetime | None


class System:
    """Everything on one database and one key prefix, emptied. Time passes only when it is told to."""

    def __init__(self, database: Database, broker: RedisBroker, redis: Redis) -> None:
        database.run_again(WIPE)
        self._database = database
        self._redis = redis
        self.broker = broker
        self.jobs = JobStore(database)
        self.workers = WorkerStore(database)
        self.recoveries = RecoveryStore(database)
        self.maintenance = MaintenanceStore(database)
        self.submitter = Submitter(self.jobs, broker)
        self.promoter = Promoter(self.maintenance, self.submitter)
        recovery = Recovery(self.jobs, self.recoveries, broker)
        self.settler = Settler(self.workers, recovery)
        self._clock = FrozenClock()
        self._steadiness = Steadiness(self._clock, _BEAT_SECONDS)
        self._rescuer = Rescuer(self.workers, self.recoveries, recovery, self._steadiness)
        self._relay = Relay(RelayStore(database), broker, grace_seconds=0.0, batch=_RELAY_BATCH)
        self._numbers = itertools.count(1)
        self.flush()
        self._judge_beats()

    def flush(self) -> None:
        """What FLUSHALL does to these keys."""
        keys = list(self._redis.scan_iter(f"{{{self.broker.keys.prefix}}}*", count=1_000))
        if keys:
            self._redis.delete(*keys)

    def register_worker(self) -> str:
        worker_id = str(UUID(int=next(self._numbers), version=4))  # the same in the same story: rounds go by id
        register_worker(self._database, worker_id=worker_id)
        self._beat_ahead(worker_id)
        return worker_id

    def beat(self, worker_id: str) -> bool:
        """Whether its lease is still alive."""
        alive = worker_id in self.workers.beat([worker_id]).alive
        self._beat_ahead(worker_id)
        return alive

    def let_lease_run_out(self, worker_id: str) -> None:
        self._set_worker("beat_at = now() - interval '1 hour'", worker_id)

    def end_grace(self, worker_id: str) -> None:
        """Its parent has had its time to settle it."""
        self._set_worker("ended_at = now() - interval '1 hour'", worker_id)

    def hold_grace(self, worker_id: str) -> None:
        """However slow this machine is, the grace in which a parent settles is not over."""
        self._set_worker("ended_at = now() + interval '1 hour'", worker_id)

    def forget_worker(self, worker_id: str) -> None:
        self._database.run("DELETE FROM workers WHERE id = %(id)s", {"id": worker_id})

    def rescue(self) -> None:
        """A round of the rescuer of a worker that has beaten steadily."""
        self._judge_beats()
        self._rescuer.step()

    def relay(self) -> None:
        """A step of the relay that looks at every list, as one does each second."""
        self._relay._look_at = float("-inf")
        self._relay.step()

    def let_run_at_come(self, job_id: str) -> None:
        self._set_job("run_at = now() - interval '1 s'", job_id)

    def let_expire(self, job_id: str) -> None:
        self._set_job("expires_at = now() - interval '1 s'", job_id)

    def rows(self) -> dict[str, Row]:
        return {row[0]: Row(tuple(row[1:9]), row[9]) for row in self._database.run(_ROWS)}

    def listed(self, queue: str, priority: int) -> list[str]:
        """Ids in Redis, the one that is popped next first."""
        return self.broker.tails(queue, priority, 1_000)

    def _judge_beats(self) -> None:
        for _ in range(2):
            self._steadiness.beaten(self._clock.boottime(), self.workers.beat([]))
            self._clock.advance(_BEAT_SECONDS)

    def _beat_ahead(self, worker_id: str) -> None:
        """However slow this machine is, the lease runs out only when the machine says so."""
        self._set_worker("beat_at = now() + interval '1 hour'", worker_id)

    def _set_worker(self, change: str, worker_id: str) -> None:
        self._database.run(f"UPDATE workers SET {change} WHERE id = %(id)s", {"id": worker_id})

    def _set_job(self, change: str, job_id: str) -> None:
        self._database.run(f"UPDATE jobs SET {change} WHERE id = %(id)s", {"id": job_id})
