"""Workers are killed."""

from __future__ import annotations

from tests.faults.conftest import Inject
from tests.faults.rig import SLOTS, Rig
from tests.processes import eventually


def test_a_child_of_a_worker_is_killed(rig: Rig, inject: Inject) -> None:
    with inject("child of a worker killed -9", recovery=rig.form.store_recovery) as fault:
        worker = rig.workers[0]
        rig.wait_until_in_flight(worker)
        fault.strike(worker, worker.kill_children)
        fault.end()


def test_workers_are_killed_again_and_again(rig: Rig, inject: Inject) -> None:
    """The other one lives, and judges: what is rescued piles up only until it does."""
    kills = rig.form.kills
    with inject(f"worker killed -9 in mid-flight, {kills} times", recovery=rig.form.worker_recovery) as fault:
        for number in range(kills):
            worker = rig.live_workers()[-1]
            rig.wait_until_in_flight(worker)
            fault.strike(worker, worker.kill if number % 2 else worker.kill_parent)
            fault.end()
            rig.start_worker()


def test_all_workers_are_killed(rig: Rig, inject: Inject) -> None:
    """Recovery counts from when there is a worker again: nobody else could do anything."""
    with inject("all workers killed -9", recovery=rig.form.worker_recovery) as fault:
        for worker in rig.workers:
            rig.wait_until_in_flight(worker)
        for worker in rig.workers:
            fault.strike(worker, worker.kill)
        rig.start_worker()
        fault.end()
        rig.start_worker()


def test_workers_are_killed_whose_outcomes_only_redis_has(rig: Rig, inject: Inject) -> None:
    """None of them runs again, and none stays in Redis."""
    with inject("workers killed with outcomes only in Redis", recovery=rig.form.worker_recovery) as fault:
        fault.submit([{"type": "fault.work", "payload": {"n": 0, "seconds": 0.5}}] * SLOTS * len(rig.workers))
        for worker in rig.workers:
            rig.wait_until_in_flight(worker, SLOTS)
        rig.links.worker_postgres.refuse()
        eventually(lambda: len(rig.observer.recorded()) >= SLOTS, "outcomes are recorded")
        for worker in rig.workers:
            fault.strike(worker, worker.kill)
        rig.links.worker_postgres.heal()
        rig.start_worker()
        fault.end()
        rig.start_worker()
    eventually(lambda: not rig.observer.recorded(), "recorded outcomes are settled", rig.form.patience)
