"""The master of a watched Redis dies under load: API, worker and scheduler go on by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from goqueue import Client, Schedule
from tests.acceptance.conftest import System
from tests.acceptance.scheduler_process import Scheduler
from tests.processes import eventually
from tests.scratch_database import scratch_database
from tests.sentinels import Sentinels


@pytest.fixture
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sentinels]:
    with Sentinels(tmp_path_factory.mktemp("sentinels")) as running:
        yield running


@pytest.fixture
def system(server_url: str, template: str, tmp_path: Path, watched: Sentinels, prefix: str) -> Iterator[System]:
    """One whose Redis may be killed."""
    with scratch_database(server_url, template=template) as database_url:
        started = System(database_url, watched.url, prefix, tmp_path)
        started.start_api()
        yield started
        started.close()


def all_have_redis(system: System, scheduler: Scheduler) -> bool:
    """Whether API and scheduler have one that takes writes."""
    api, ready = requests.get(f"{system.api_url}/readyz", timeout=5).json(), scheduler.ready()
    return bool(api["redis"] == ready["redis"] == "ok" and ready["role"] == "leader")


def test_a_failover_loses_no_job_and_no_fire(
    system: System,
    client: Client,
    watched: Sentinels,
    start_scheduler: Callable[..., Scheduler],
    make: Callable[..., Schedule],
) -> None:
    system.start_worker()
    scheduler = start_scheduler(GOQUEUE_SCHEDULER_LEASE="2")
    make("each-second", type="shop.brief", payload={"seconds": 0})
    eventually(lambda: all_have_redis(system, scheduler), "all have a Redis")
    ids: list[str] = []

    def submit() -> bool:
        ids.append(client.submit("shop.plain", {}).id)
        return True

    before = watched.kill_master()
    eventually(
        lambda: submit() and watched.master_port != before and all_have_redis(system, scheduler),
        "the new master serves all",
    )
    fired = len(system.effects("brief"))
    eventually(lambda: submit() and len(system.effects("brief")) > fired, "schedules fire")
    eventually(lambda: sorted(line.split()[1] for line in system.effects("plain")) == sorted(ids), "each ran once")
