"""What docker-compose.yml starts goes on when parts of it are struck: no job lost, none run again, no fire doubled."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from goqueue import Client, JobRequest, SchedulerInfo
from tests.deploy.containers.load import Load
from tests.deploy.containers.system import System
from tests.processes import eventually

pytestmark = pytest.mark.timeout(900)  # the first test builds all images


def test_worker_killed_in_the_middle_of_jobs_comes_back_and_does_them(system: System, client: Client) -> None:
    container = system.containers("worker")[0]
    host, restarts = system.about(container)["Config"]["Hostname"], system.about(container)["RestartCount"]
    ids = [job.id for job in client.submit_many([JobRequest("demo.sleep", {"seconds": 2})] * 2)]

    def is_struck() -> bool:
        running = [job.job_id for worker in client.workers() if worker.host == host for job in worker.running]
        return set(ids) <= set(running)

    eventually(is_struck, "the worker runs all of them")
    system.engine.kill(container)
    done = [client.wait(job_id, timeout=60) for job_id in ids]
    assert [(job.status, job.attempts) for job in done] == [("completed", 2)] * len(ids)
    outcomes = [[attempt.outcome for attempt in job.attempt_history] for job in done]
    assert outcomes == [["died", "completed"]] * len(ids)
    about = system.about(container)
    assert (about["State"]["Status"], about["RestartCount"]) == ("running", restarts + 1)


@pytest.mark.full
@pytest.mark.parametrize("service", ["redis", "postgres", "api"])
def test_service_restarted_under_load_loses_and_repeats_nothing(system: System, service: str) -> None:
    with Load(system, f"restart-{service}") as load:
        system.compose("restart", service)
        system.wait_until_healthy(system.containers(service)[0])
        load.wait_for_more(40)
    assert_each_ran_once(load)


@pytest.mark.full
@pytest.mark.parametrize("service", ["redis", "postgres", "api"])
def test_service_killed_under_load_comes_back_and_loses_and_repeats_nothing(system: System, service: str) -> None:
    container = system.containers(service)[0]
    restarts = system.about(container)["RestartCount"]
    with Load(system, f"kill-{service}") as load:
        system.engine.kill(container)
        eventually(lambda: system.about(container)["RestartCount"] == restarts + 1, f"{service} restarted")
        system.wait_until_healthy(container)
        load.wait_for_more(40)
    assert_each_ran_once(load)


@pytest.mark.full
def test_workers_that_come_and_go_under_load_repeat_nothing(system: System) -> None:
    with Load(system, "scale") as load:
        for count in (4, 2, 3, 1):
            system.up("--scale", f"worker={count}", "--no-recreate", "worker")
            assert len(system.containers("worker")) == count
            load.wait_for_more(40)
    assert_each_ran_once(load)


@pytest.mark.full
def test_worker_killed_under_load_has_its_jobs_done_by_others(system: System) -> None:
    system.up("--scale", "worker=4", "--no-recreate", "worker")
    with Load(system, "kill-worker", per_second=50) as load:
        for container in system.containers("worker")[:2]:
            system.engine.kill(container)
            load.wait_for_more(100)
    attempts, calls = load.attempts(), load.calls()
    assert max(attempts.values()) <= 2
    assert all(1 <= calls[job_id] <= begun for job_id, begun in attempts.items())
    system.up("--scale", "worker=1", "--no-recreate", "worker")


@pytest.mark.full
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_another_scheduler_takes_over_and_fires_each_second_once(system: System, client: Client, how: str) -> None:
    system.up("--scale", "scheduler=3", "--no-recreate", "scheduler")
    eventually(lambda: len(alive(client)) == 3 and len(leaders(client)) == 1, "one leads, two follow")
    struck = leaders(client)[0]
    if how == "stop":
        system.engine.docker("stop", struck)
    else:
        system.engine.kill(struck)
    eventually(lambda: leaders(client) not in ([], [struck]), "another leads")
    before = len(list(client.schedule_runs("each-second")))
    eventually(lambda: len(list(client.schedule_runs("each-second"))) >= before + 5, "five seconds fired by another")
    instants = [run.scheduled_for for run in client.schedule_runs("each-second")]
    assert {(later - earlier).total_seconds() for later, earlier in pairwise(instants)} == {1.0}
    doubled = "SELECT scheduled_for FROM jobs WHERE schedule = 'each-second' GROUP BY 1 HAVING count(*) > 1"
    assert system.query(doubled) == []


@pytest.mark.full
def test_jobs_outlive_the_containers(system: System, client: Client) -> None:
    done, waits = client.submit("demo.noop"), client.submit("demo.noop", delay=20)
    assert client.wait(done.id, timeout=30).status == "completed"
    system.compose("down")
    system.up()
    assert client.get(done.id).status == "completed"
    assert client.wait(waits.id, timeout=60).status == "completed"


def alive(client: Client) -> list[SchedulerInfo]:
    return [scheduler for scheduler in client.schedulers() if scheduler.state == "alive"]


def leaders(client: Client) -> list[str]:
    """The hosts of live schedulers that lead."""
    return [scheduler.host for scheduler in alive(client) if scheduler.leads]


def assert_each_ran_once(load: Load) -> None:
    attempts, calls = load.attempts(), load.calls()
    assert set(attempts.values()) == {1}
    assert calls == Counter(load.accepted)
