"""What happens to workers and to the API: killed, paused, restarted, with a wrong clock, with a job that kills."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.conftest import Inject
from tests.faults.effect_log import starts
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.rig import SLOTS, WORKERS, WRONG_CLOCK, Rig
from tests.faults.service import children_of
from tests.processes import eventually

POISON_DEATHS = 4
POISON_SECONDS = 25.0
"""Four deaths, with ever longer pauses before the child is started again."""


def test_a_child_of_a_worker_is_killed(rig: Rig, inject: Inject) -> None:
    with inject("child of a worker killed -9", recovery=STORE_RECOVERY_SECONDS, may_repeat=SLOTS) as fault:
        rig.wait_until_in_flight(rig.workers[0])
        os.kill(children_of(rig.workers[0].pid)[0], signal.SIGKILL)
        fault.end()
        fault.note_records()


def test_workers_are_killed_again_and_again(rig: Rig, inject: Inject) -> None:
    kills = rig.form.kills
    expected = {"recovery": rig.form.worker_recovery, "may_repeat": kills * SLOTS}
    with inject(f"worker killed -9 in mid-flight, {kills} times", **expected) as fault:
        for number in range(kills):
            worker = rig.live_workers()[0]
            rig.wait_until_in_flight(worker)
            worker.kill() if number % 2 else worker.kill_parent()
            fault.end()
            fault.note_records()
            rig.start_worker()


def test_a_worker_is_paused_for_longer_than_its_lease(rig: Rig, inject: Inject) -> None:
    with inject("worker paused longer than its lease", recovery=rig.form.worker_recovery, may_repeat=SLOTS) as fault:
        worker = rig.workers[0]
        rig.wait_until_in_flight(worker)
        worker.pause()
        fault.note_records()
        time.sleep(rig.form.longer_than_lease)
        worker.resume()
        fault.end()
        rig.wait_until_registered(worker)


def test_all_workers_are_killed(rig: Rig, inject: Inject) -> None:
    with inject("all workers killed -9", recovery=rig.form.worker_recovery, may_repeat=WORKERS * SLOTS) as fault:
        for worker in rig.workers:
            rig.wait_until_in_flight(worker)
        for worker in rig.workers:
            worker.kill()
        fault.end()
        fault.note_records()
        for _ in range(WORKERS):
            rig.start_worker()


def test_workers_are_killed_whose_outcomes_only_redis_has(rig: Rig, inject: Inject) -> None:
    expected = {"recovery": rig.form.worker_recovery, "may_repeat": WORKERS * SLOTS}
    with inject("workers killed with outcomes only in Redis", **expected) as fault:
        rig.links.worker_postgres.refuse()
        eventually(lambda: len(rig.observer.recorded()) >= SLOTS, "outcomes recorded")
        for worker in rig.workers:
            worker.kill()
        fault.note_records()
        rig.links.worker_postgres.heal()
        fault.end()
        for _ in range(WORKERS):
            rig.start_worker()


def test_workers_are_replaced_one_by_one(rig: Rig, inject: Inject) -> None:
    with inject("rolling restart of the workers, twice", recovery=STORE_RECOVERY_SECONDS):
        for worker in [*rig.workers, *rig.workers]:
            old = worker if worker.is_running() else rig.live_workers()[0]
            rig.start_worker()
            assert old.stop() == 0


def test_the_api_is_killed(rig: Rig, inject: Inject) -> None:
    with inject("API killed -9", recovery=STORE_RECOVERY_SECONDS, api_dies=True) as fault:
        rig.api.kill()
        fault.end()
        rig.start_api()


def test_the_clocks_of_workers_are_wrong(rig: Rig, inject: Inject) -> None:
    with inject("workers' clocks 5 minutes off", recovery=STORE_RECOVERY_SECONDS) as fault:
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


def test_one_job_kills_every_process_that_runs_it(rig: Rig, inject: Inject) -> None:
    expected = {"recovery": POISON_SECONDS, "may_repeat": POISON_DEATHS * (SLOTS - 1)}
    with inject("one poison job among 200 prefetched", **expected) as fault:
        for worker in rig.workers:
            worker.stop()
        jobs = [{"type": "fault.work", "payload": {"n": n, "seconds": 0}} for n in range(199)]
        ids = fault.submit([*jobs[:100], {"type": "fault.poison"}, *jobs[100:]])
        fault.poison(ids[100])
        fault.end()
        rig.start_worker()
        eventually(lambda: rig.observer.outcomes([ids[100]])[ids[100]].finished_at, "the poison job has an outcome")
        rig.start_worker()
