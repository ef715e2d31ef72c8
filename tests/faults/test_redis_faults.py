"""What happens to Redis: nothing is lost, POSTs are answered, and workers go on without it."""

from __future__ import annotations

import time

from tests.faults.conftest import Inject
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.rig import Rig

AWAY_SECONDS = 3.0
"""Within which a job is done while Redis refuses connections."""
SILENT_SECONDS = 5.0
"""The same while it answers nothing, which takes longer to know."""
WITHOUT_REDIS = {"recovery": STORE_RECOVERY_SECONDS, "keeps_records": False, "is_without_redis": True}


def test_redis_is_flushed(rig: Rig, inject: Inject) -> None:
    with inject("Redis FLUSHALL", recovery=STORE_RECOVERY_SECONDS, keeps_records=False):
        rig.observer.redis.flushall()


def test_redis_is_killed_and_started_again(rig: Rig, inject: Inject) -> None:
    with inject("Redis killed -9 + restart", **WITHOUT_REDIS):
        rig.stores.valkey.kill()
        rig.stores.valkey.start()


def test_redis_is_away(rig: Rig, inject: Inject) -> None:
    with inject(f"Redis away {rig.form.redis_away:g} s", works_within=AWAY_SECONDS, **WITHOUT_REDIS):
        rig.stores.valkey.kill()
        time.sleep(rig.form.redis_away)
        rig.stores.valkey.start()


def test_redis_stands_still(rig: Rig, inject: Inject) -> None:
    with inject(f"Redis stalled {rig.form.redis_silent:g} s", works_within=SILENT_SECONDS, **WITHOUT_REDIS):
        rig.pause_redis()
        time.sleep(rig.form.redis_silent)
        rig.resume_stores()


def test_redis_is_behind_a_black_hole(rig: Rig, inject: Inject) -> None:
    fault = f"Redis behind a black hole {rig.form.redis_silent:g} s"
    with inject(fault, works_within=SILENT_SECONDS, **WITHOUT_REDIS):
        rig.links.api_redis.black_hole()
        rig.links.worker_redis.black_hole()
        time.sleep(rig.form.redis_silent)
        rig.links.api_redis.heal()
        rig.links.worker_redis.heal()
