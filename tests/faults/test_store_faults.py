from __future__ import annotations

from tests.faults.conftest import Inject
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.rig import SLOTS, Rig


def test_a_worker_is_killed(rig: Rig, inject: Inject) -> None:
    with inject("worker killed -9", recovery=rig.form.worker_recovery, may_repeat=SLOTS) as fault:
        worker = rig.workers[0]
        rig.wait_until_in_flight(worker)
        worker.kill()
        fault.end()
        fault.note_records()
        rig.start_worker()


def test_redis_is_flushed(rig: Rig, inject: Inject) -> None:
    with inject("Redis FLUSHALL", recovery=STORE_RECOVERY_SECONDS, keeps_records=False):
        rig.observer.redis.flushall()


def test_postgres_is_stopped_at_once_and_started_again(rig: Rig, inject: Inject) -> None:
    with inject("PostgreSQL immediate stop + restart", recovery=STORE_RECOVERY_SECONDS):
        rig.stop_postgres_at_once()
        rig.stores.postgres.start()
