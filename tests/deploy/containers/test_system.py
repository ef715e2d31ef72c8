"""docker-compose.yml up in a real Docker engine: what starts, what it may, what fires, and what more workers do.

Its images of PostgreSQL, Redis and nginx are stand-ins that are made of Debian's: stand_ins/.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
import requests

from goqueue import Client, JobRequest
from tests.deploy.containers.system import System
from tests.processes import eventually

pytestmark = pytest.mark.timeout(900)  # the first test builds all images

OURS = ("api", "dashboard", "worker", "scheduler")


def test_migrations_have_ended_well_and_all_else_runs(system: System) -> None:
    states = {
        service: system.about(container)["State"]
        for service in ("migrate", *OURS, "redis", "postgres")
        for container in system.containers(service)
    }
    assert states.pop("migrate")["ExitCode"] == 0
    assert {service: state["Status"] for service, state in states.items()} == dict.fromkeys(states, "running")
    assert {state["Health"]["Status"] for state in states.values() if "Health" in state} == {"healthy"}


@pytest.mark.parametrize("service", OURS)
def test_service_is_nobody_and_may_do_nothing(system: System, service: str) -> None:
    lines = (line.split(":", 1) for line in system.execute(service, "cat", "/proc/1/status").splitlines())
    status = {name: value.split() for name, value in lines}
    assert "0" not in status["Uid"] + status["Gid"]
    assert {int(status[name][0], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapBnd")} == {0}
    assert status["NoNewPrivs"] == ["1"]
    writes = "touch /tmp/x; for folder in / /app /etc /opt/goqueue; do touch $folder/x 2>&1; done"
    said = system.execute(service, "sh", "-c", f"{writes}; true").splitlines()
    assert len(said) == 4, said
    host = system.about(system.containers(service)[0])["HostConfig"]
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["Privileged"]) == (True, ["ALL"], False)


def test_dashboard_serves_its_page_and_the_api_below_it(system: System) -> None:
    page = requests.get(f"{system.url}/jobs", timeout=10)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert requests.get(f"{system.url}/api/readyz", timeout=10).json()["status"] == "ready"


def test_schedules_file_fires_each_second_once(system: System, client: Client) -> None:
    eventually(lambda: any(schedule.name == "each-second" for schedule in client.schedules()), "the file was read")
    eventually(lambda: len(list(client.schedule_runs("each-second"))) > 3, "four seconds have fired")
    instants = [run.scheduled_for for run in client.schedule_runs("each-second")]
    assert {(later - earlier).total_seconds() for later, earlier in pairwise(instants)} == {1.0}
    assert system.query(DOUBLED) == []


DOUBLED = "SELECT schedule, scheduled_for FROM jobs WHERE schedule IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"


def test_more_workers_share_the_work(system: System, client: Client) -> None:
    system.up("--scale", "worker=4", "worker")
    hosts = {system.about(container)["Config"]["Hostname"] for container in system.containers("worker")}
    assert len(hosts) == 4
    eventually(lambda: {worker.host for worker in client.workers("alive")} == hosts, "all four have registered")
    submitted = client.submit_many([JobRequest("demo.sleep", {"seconds": 0.5})] * 128)
    done = [client.wait(job.id, timeout=30) for job in submitted]
    assert {job.status for job in done} == {"completed"}
    host_of = {worker.id: worker.host for worker in client.workers("alive")}
    assert {host_of[job.attempt_history[-1].worker_id or ""] for job in done} == hosts
