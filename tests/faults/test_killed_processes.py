"""Workers and the API are killed from outside, and by a job that kills whatever runs it."""

from __future__ import annotations

from tests.faults.conftest import Inject
from tests.faults.effect_log import starts
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.rig import SLOTS, WORKERS, Rig
from tests.processes import eventually

API_SECONDS = 10.0
"""Until a new API is there, on a busy machine."""
POISON_SECONDS = 25.0
"""Four deaths, with ever longer pauses before the child is started again."""


def test_a_child_of_a_worker_is_killed(rig: Rig, inject: Inject) -> None:
    with inject("child of a worker killed -9", recovery=STORE_RECOVERY_SECONDS) as fault:
        worker = rig.workers[0]
        rig.wait_until_in_flight(worker)
        fault.strike(worker, worker.kill_children)
        fault.end()


def test_workers_are_killed_again_and_again(rig: Rig, inject: Inject) -> None:
    kills = rig.form.kills
    with inject(f"worker killed -9 in mid-flight, {kills} times", recovery=rig.form.worker_recovery) as fault:
        for number in range(kills):
            worker = rig.live_workers()[0]
            rig.wait_until_in_flight(worker)
            fault.strike(worker, worker.kill if number % 2 else worker.kill_parent)
            fault.end()
            rig.start_worker()


def test_all_workers_are_killed(rig: Rig, inject: Inject) -> None:
    with inject("all workers killed -9", recovery=rig.form.worker_recovery) as fault:
        for worker in rig.workers:
            rig.wait_until_in_flight(worker)
        for worker in rig.workers:
            fault.strike(worker, worker.kill)
        fault.end()
        for _ in range(WORKERS):
            rig.start_worker()


def test_workers_are_killed_whose_outcomes_only_redis_has(rig: Rig, inject: Inject) -> None:
    with inject("workers killed with outcomes only in Redis", recovery=rig.form.worker_recovery) as fault:
        rig.links.worker_postgres.refuse()
        eventually(lambda: len(rig.observer.recorded()) >= SLOTS, "outcomes recorded")
        for worker in rig.workers:
            fault.strike(worker, worker.kill)
        rig.links.worker_postgres.heal()
        fault.end()
        for _ in range(WORKERS):
            rig.start_worker()


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
        eventually(lambda: rig.observer.outcomes([ids[100]])[ids[100]].finished_at, "the poison job has an outcome")
        fault.struck({run.pid: run.at for run in starts(rig.effects.read()) if run.job_id == ids[100]})
        rig.start_worker()
