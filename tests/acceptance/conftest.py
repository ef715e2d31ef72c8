"""The whole system, and workers of a shop whose handlers leave traces."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from goqueue import Client, Job
from goqueue_cli.local import LocalStores
from tests.processes import PATIENCE_SECONDS, Processes, eventually
from tests.scratch_database import scratch_database

SHOP = Path(__file__).parent / "shop"


class System(Processes):
    """API and workers, and what the shop's handlers really did."""

    def __init__(self, database_url: str, redis_url: str, prefix: str, folder: Path) -> None:
        super().__init__(database_url, redis_url, prefix, folder)
        self.effects_file = folder / "effects"
        self.effects_file.touch()
        self.environment["SHOP_EFFECTS"] = str(self.effects_file)

    def start_worker(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A worker of the shop's handlers, ready to claim."""
        before = len(self.effects("started"))
        words = arguments or ("--processes", "1", "--concurrency", "4")
        process = self.start(
            "goqueue_worker", "--handlers", "shop_jobs,goqueue_builtin", "--app-dir", str(SHOP), *words, **environment
        )
        eventually(lambda: len(self.effects("started")) > before or process.poll() is not None, "worker started")
        return process

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
