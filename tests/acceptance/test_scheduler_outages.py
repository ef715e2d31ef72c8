"""A scheduler whose surroundings fail it: nothing is lost, nothing fires wrongly. (Under load: tests/faults.)"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from goqueue import Client
from tests.acceptance.conftest import System
from tests.acceptance.schedule_runs import PROMPT_SECONDS, Make, StartScheduler, gaps, leader, runs
from tests.faults.fault_proxy import FaultProxy
from tests.faults.rig import WRONG_CLOCK
from tests.faults.service import Service
from tests.metrics_page import MetricsPage
from tests.processes import eventually, free_port, is_ready


@pytest.fixture
def own_api(system: System, tmp_path: Path) -> Iterator[OwnApi]:
    """An API for the scheduler alone, which can be taken away."""
    started = OwnApi(system.environment, tmp_path / "api.log")
    yield started
    started.service.kill()


class OwnApi:
    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self._address}"
        self._environment = {**environment, "GOQUEUE_API_BIND": self._address, "GOQUEUE_API_PROCESSES": "1"}
        self._log = log
        self.start()

    def start(self) -> None:
        self.service = Service(["goqueue_api"], environment=self._environment, log=self._log)
        eventually(lambda: is_ready(self.url), "the scheduler's API is ready")


def test_a_leader_that_is_asked_to_end_hands_over_within_a_second(
    client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    first = start_scheduler()
    first.wait_until_leading()
    second = start_scheduler()
    make("handed")
    runs(client, "handed", 2)
    assert (second.ready()["role"], second.ready()["term"]) == ("follower", None)
    told_at = time.time()
    assert first.stop() == 0
    second.wait_until_leading()
    assert second.said_at("leader_elected") - told_at < 1.0
    assert second.ready()["term"] > 1
    before = len(runs(client, "handed"))
    assert gaps(runs(client, "handed", before + 2)) == []


def test_ctrl_c_ends_it_in_order(start_scheduler: StartScheduler) -> None:
    scheduler = start_scheduler()
    scheduler.signal(signal.SIGINT)
    assert scheduler.wait() == 0
    assert scheduler.said("scheduler_stopped")


def test_nothing_is_lost_while_the_api_is_away(
    client: Client, own_api: OwnApi, start_scheduler: StartScheduler, make: Make
) -> None:
    scheduler = start_scheduler(API_URL=own_api.url)
    make("kept")
    runs(client, "kept", 2)
    own_api.service.kill()
    eventually(lambda: scheduler.ready()["lag"] > 2.0, "it is behind, and says so")
    own_api.start()
    eventually(lambda: scheduler.ready()["lag"] == 0.0, "it has caught up")
    found = runs(client, "kept", len(runs(client, "kept")) + 1)
    assert gaps(found) == []
    assert max(run.lateness for run in found) > 2.0
    assert scheduler.said("api_away")
    assert scheduler.said("api_answers_again")


def test_a_leader_that_alone_is_cut_off_from_the_api_hands_over(
    system: System, client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    link = FaultProxy(int(system.api_url.rpartition(":")[2])).start()
    try:
        lease = {"GOQUEUE_SCHEDULER_LEASE": "2"}
        first = start_scheduler(API_URL=f"http://127.0.0.1:{link.port}", **lease)
        first.wait_until_leading()
        second = start_scheduler(**lease)
        make("reached")
        runs(client, "reached", 2)
        link.refuse()
        second.wait_until_leading()
        assert gaps(runs(client, "reached", len(runs(client, "reached")) + 2)) == []
        assert first.said("leadership_lost")
    finally:
        link.stop()


def test_a_leader_whose_key_is_refused_hands_over(system: System, start_scheduler: StartScheduler, tmp_path: Path) -> None:
    key = "k" * 32
    api = OwnApi(system.environment | {"GOQUEUE_BOOTSTRAP_KEY": key}, tmp_path / "api.log")
    try:
        settings = {"API_URL": api.url, "GOQUEUE_SCHEDULER_LEASE": "2"}
        first = start_scheduler(wait=False, **settings)
        eventually(lambda: first.said("leader_elected"), "it took the lock")
        second = start_scheduler(GOQUEUE_API_KEY=key, **settings)
        second.wait_until_leading()
        eventually(lambda: first.said("leadership_lost"), "it says so")
    finally:
        api.service.kill()


def test_a_scheduler_that_starts_before_the_api_waits_for_it(
    client: Client, own_api: OwnApi, start_scheduler: StartScheduler, make: Make
) -> None:
    own_api.service.kill()
    make("patient")
    scheduler = start_scheduler(wait=False, API_URL=own_api.url)
    eventually(lambda: scheduler.said("api_away"), "it says that the API is away")
    assert (scheduler.ready()["status"], scheduler.ready()["api"]) == ("starting", "degraded")
    own_api.start()
    scheduler.wait_until_ready()
    found = runs(client, "patient", 3)
    assert gaps(found) == []
    assert found[0].missed == 0


def test_without_redis_from_the_start_it_fires_after_a_lease(
    system: System, client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    make("alone")
    scheduler = start_scheduler(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0", GOQUEUE_SCHEDULER_LEASE="1")
    assert gaps(runs(client, "alone", 3)) == []
    ready = scheduler.ready()
    assert (ready["role"], ready["term"], ready["redis"]) == ("alone", None, "degraded")
    assert MetricsPage.of(f"{scheduler.url}/metrics").value("goqueue_store_up", store="redis") == 0.0
    eventually(lambda: (leader(system) or {}).get("id") == ready["id"], "the API knows that it fires")
    assert (leader(system) or {})["term"] is None


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_an_hour_fires_nothing_wrongly(
    hours: int, client: Client, start_scheduler: StartScheduler, make: Make, tmp_path: Path
) -> None:
    offset, when = timedelta(hours=hours), tmp_path / "jump"
    path = os.pathsep.join(filter(None, [str(WRONG_CLOCK), os.environ.get("PYTHONPATH")]))
    clock = {"FAULT_CLOCK_OFFSET": str(offset.total_seconds()), "FAULT_CLOCK_WHEN": str(when)}
    scheduler = start_scheduler(PYTHONPATH=path, **clock)
    there = datetime.now(UTC) + offset
    make(f"there{hours}", cron=f"* * {there.hour} * * *")
    make(f"before{hours}")
    runs(client, f"before{hours}", 2)
    when.touch()
    make(f"after{hours}")
    after, before = runs(client, f"after{hours}", 3), runs(client, f"before{hours}")
    assert gaps(after) == gaps(before) == []
    assert all(0.0 <= run.lateness < PROMPT_SECONDS for run in [*after, *before])
    assert list(client.schedule_runs(f"there{hours}")) == []
    own = datetime.fromisoformat(scheduler.said("schedules_fired")[-1]["timestamp"])
    assert abs(own - there) < timedelta(minutes=1), "its clock did jump"
    assert scheduler.said("task_failed") == []
