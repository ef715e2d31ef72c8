"""Processes are killed by a job, paused, replaced, or wrong about the time."""

from __future__ import annotations

import time

from tests.faults.conftest import Inject
from tests.faults.effect_log import starts
from tests.faults.rig import WRONG_CLOCK, Rig
from tests.processes import eventually

API_SECONDS = 10.0
"""Until a new API is there, on a busy machine."""
POISON_SECONDS = 25.0
"""Four deaths, with ever longer pauses before the child is started again."""
DYING_SECONDS = 1.0
"""From the line that the poison job writes to the end of its process."""


def test_the_api_is_killed(rig: Rig, inject: Inject) -> None:
    with inject("API killed -9", recovery=API_SECONDS, api_dies=True) as fault:
        rig.api.kill()
        fault.end()
        rig.start_api()


def test_one_job_kills_every_process_that_runs_it(rig: Rig, inject: Inject) -> None:
    with inject("one poison job among 200 prefetched", recovery=POISON_SECONDS) as fault:
        for worker in rig.workers:
            worker.stop()
        jobs = [{"type": "fault.work", "payload": {"n": n, "seconds": 0}} for n in range(199)]
        ids = fault.submit([*jobs[:100], {"type": "fault.poison"}, *jobs[100:]])
        fault.poison(ids[100])
        fault.end()
        rig.start_worker()

        def is_final() -> bool:
            return rig.observer.outcomes([ids[100]])[ids[100]].finished_at is not None

        eventually(is_final, "the poison job has an outcome", 2 * POISON_SECONDS)
        # Other threads run jobs until its process has ended.
        poisoned = [run for run in starts(rig.effects.read()) if run.job_id == ids[100]]
        fault.struck({run.pid: run.at + DYING_SECONDS for run in poisoned})
        rig.start_worker()


def test_a_worker_is_paused_for_longer_than_its_lease(rig: Rig, inject: Inject) -> None:
    with inject("worker paused longer than its lease", recovery=rig.form.worker_recovery) as fault:
        worker = rig.workers[0]
        rig.wait_until_in_flight(worker)
        fault.strike(worker, worker.pause)
        time.sleep(rig.form.longer_than_lease)
        worker.resume()
        fault.end()
        rig.wait_until_registered(worker)


def test_workers_are_replaced_one_by_one(rig: Rig, inject: Inject) -> None:
    with inject(f"workers replaced one by one, {rig.form.restarts} times", recovery=rig.form.store_recovery):
        for old in rig.workers * rig.form.restarts:
            worker = old if old.is_running() else rig.live_workers()[0]
            rig.start_worker()
            assert worker.stop() == 0


def test_the_clocks_of_workers_are_wrong(rig: Rig, inject: Inject) -> None:
    with inject("workers' clocks 5 minutes off", recovery=rig.form.store_recovery) as fault:
        right = list(rig.workers)
        for offset in (300, -300):
            rig.start_worker(PYTHONPATH=str(WRONG_CLOCK), FAULT_CLOCK_OFFSET=str(offset))
        for worker in right:
            worker.stop()
        due_at = time.monotonic() + 2.0
        delayed = fault.submit([{"type": "fault.work", "payload": {"n": 0, "seconds": 0}, "delay": 2.0}] * 10)
        time.sleep(rig.form.longer_than_lease)
    ran_at = [run.at for run in starts(rig.effects.read()) if run.job_id in delayed]
    assert all(due_at <= at < due_at + 2.0 for at in ran_at), [at - due_at for at in ran_at]
