"""Redis is away, or lost everything: what is quick then is measured with the machine to itself."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import Inject, Report
from tests.faults.effect_log import Tally
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.long_queue import fill, flushed_row, watch
from tests.faults.rig import Rig, direct_environment
from tests.processes import eventually

pytestmark = pytest.mark.alone

AWAY_SECONDS = 3.0
"""Within which a job is done while Redis refuses connections."""
SILENT_SECONDS = 5.0
"""The same while it answers nothing, which takes longer to know."""
JOBS_PER_SECOND = 100.0
"""So many that a p99 of the POSTs is one: with fewer than some hundred answers it would be the slowest of all."""
WITHOUT_REDIS = {
    "recovery": STORE_RECOVERY_SECONDS,
    "keeps_records": False,
    "is_without_redis": True,
    "jobs_per_second": JOBS_PER_SECOND,
}


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


def test_the_api_cannot_reach_redis(rig: Rig, inject: Inject) -> None:
    with inject("black hole: API -> Redis", **WITHOUT_REDIS):
        rig.links.api_redis.black_hole()
        time.sleep(rig.form.redis_silent)
        rig.links.api_redis.heal()


def test_the_api_hears_nothing_of_redis(rig: Rig, inject: Inject) -> None:
    with inject("lost replies: API -> Redis", **WITHOUT_REDIS):
        rig.links.api_redis.lose_replies()
        time.sleep(rig.form.redis_silent)
        rig.links.api_redis.heal()


def test_a_long_queue_runs_once_after_redis_was_flushed(rig: Rig, report: Report) -> None:
    jobs = rig.form.flushed_jobs
    rig.make_empty()
    fill(rig, jobs)
    rig.effects.mark()
    tally = Tally(rig.effects)
    rig.start_worker(**direct_environment(rig))
    eventually(lambda: tally.update() > jobs // 50, "the first worker works")
    rig.observer.redis.flushall()
    flushed_at, before = time.monotonic(), tally.update()
    tally.forget_pauses()
    rig.start_worker(**direct_environment(rig))
    refilled_at = watch(rig, tally, jobs)
    tally.close()
    report(flushed_row(rig, tally, before=before, flushed_at=flushed_at, refilled_at=refilled_at))
