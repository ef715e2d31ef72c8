"""The API is killed, and a job kills whatever process runs it."""

from __future__ import annotations

from tests.faults.conftest import Inject
from tests.faults.effect_log import starts
from tests.faults.rig import Rig
from tests.processes import eventually

API_SECONDS = 10.0
"""Until a new API is there, on a busy machine."""
POISON_SECONDS = 25.0
"""Four deaths, with ever longer pauses before the child is started again."""


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
