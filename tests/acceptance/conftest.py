"""The whole system, and workers of a shop whose handlers leave traces."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from goqueue import Client, Job, NotFound, Schedule
from goqueue_cli.local import LocalStores
from goqueue_common.database import connect
from goqueue_common.store_settings import normalise_database_url
from tests.acceptance.scheduler_process import Scheduler
from tests.processes import PATIENCE_SECONDS, Processes, eventually, free_port, is_ready
from tests.scratch_database import scratch_database

SHOP = Path(__file__).parent / "shop"


class System(Processes):
    """API and workers, and what the shop's handlers really did."""

    def __init__(self, database_url: str, redis_url: str, prefix: str, folder: Path) -> None:
        super().__init__(database_url, redis_url, prefix, folder)
        self.health_url = ""
        self.effects_file = folder / "effects"
        self.effects_file.touch()
        self.environment["SHOP_EFFECTS"] = str(self.effects_file)

    def start_worker(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A worker of the shop's handlers, claiming, or a burst that may have ended already."""
        words = arguments or ("--processes", "1", "--concurrency", "4")
        self.health_url = f"http://127.0.0.1:{(port := free_port())}"
        process = self.start(
            "goqueue_worker",
            *("--handlers", "shop_jobs,goqueue_builtin", "--app-dir", str(SHOP), "--bind", f"127.0.0.1:{port}", *words),
            **environment,
        )
        url = self.health_url
        eventually(lambda: process.poll() is not None or is_ready(url), "worker ready")
        return process

    def health(self, page: str) -> tuple[int, dict[str, Any]]:
        """Status and document of a page of the worker started last."""
        answer = requests.get(f"{self.health_url}/{page}", timeout=5)
        return answer.status_code, answer.json()

    @contextmanager
    def unreadable_jobs(self) -> Iterator[None]:
        """Reading one job meets an error that nobody expects."""
        database = connect(
            normalise_database_url(self.environment["DATABASE_URL"]),
            pool_size=1,
            statement_timeout_seconds=5.0,
            application_name="goqueue-tests",
        )
        database.run("ALTER TABLE job_progress RENAME TO set_aside")
        database.run("CREATE VIEW job_progress AS SELECT *, 1 / 0 AS broken FROM set_aside WHERE 1 / 0 = 1")
        yield
        database.run("DROP VIEW job_progress")
        database.run("ALTER TABLE set_aside RENAME TO job_progress")
        database.close()

    def effects(self, word: str) -> list[str]:
        """Lines that handlers wrote, those that begin with `word`."""
        return [line for line in self.effects_file.read_text().splitlines() if line.split()[0] == word]


@pytest.fixture(scope="module")
def service(
    stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """One API for the tests of a module."""
    folder = tmp_path_factory.mktemp("service")
    with scratch_database(server_url, template=template) as database_url:
        started = System(database_url, stores.redis_url, folder.name, folder)
        started.start_api()
        yield started
        started.close()


@pytest.fixture
def system(service: System, tmp_path: Path) -> Iterator[System]:
    """The module's API, with workers and effects of this test alone."""
    before = service.running
    service.effects_file.write_text("")
    service.folder = tmp_path
    yield service
    service.close(keep=before)


@pytest.fixture
def client(system: System) -> Client:
    return Client(system.api_url)


@pytest.fixture
def finished(client: Client) -> Callable[[Job], Job]:
    """The job once it is final."""
    return lambda job: client.wait(job.id, timeout=PATIENCE_SECONDS)


@pytest.fixture
def start_scheduler(system: System, tmp_path: Path) -> Iterator[Callable[..., Scheduler]]:
    """Starts schedulers, each with settings of its own, and waits until they are ready; none outlives its test."""
    started: list[Scheduler] = []

    def start(*, wait: bool = True, **settings: str) -> Scheduler:
        scheduler = Scheduler(
            system.environment | {"API_URL": system.api_url}, tmp_path / f"scheduler-{len(started)}", **settings
        )
        started.append(scheduler)
        if wait:
            scheduler.wait_until_ready()
        return scheduler

    yield start
    codes = [scheduler.stop() for scheduler in started if not scheduler.ended()]
    assert set(codes) <= {0}


@pytest.fixture
def make(client: Client) -> Iterator[Callable[..., Schedule]]:
    """Makes schedules that fire every second, if nothing else is said; they end with their test."""
    names: list[str] = []

    def create(name: str, **options: Any) -> Schedule:
        made = client.create_schedule(**{"type": "shop.plain", "cron": "* * * * * *", "name": name, **options})
        names.append(name)
        return made

    yield create
    for name in names:
        with suppress(NotFound):
            client.delete_schedule(name)
