"""Redis loses what it holds, or dies for a moment."""

from __future__ import annotations

from tests.faults.conftest import Inject
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.rig import Rig


def test_redis_is_flushed(rig: Rig, inject: Inject) -> None:
    with inject("Redis FLUSHALL", recovery=STORE_RECOVERY_SECONDS, keeps_records=False):
        rig.observer.redis.flushall()


def test_redis_is_killed_and_started_again(rig: Rig, inject: Inject) -> None:
    with inject("Redis killed -9 + restart", recovery=STORE_RECOVERY_SECONDS, keeps_records=False, is_without_redis=True):
        rig.stores.valkey.kill()
        rig.stores.valkey.start()
