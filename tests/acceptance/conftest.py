"""Whole processes on real stores: what a user starts, started as they start it, stopped by pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from goqueue import Client, Job
from goqueue_cli.local import LocalStores
from tests.scratch_database import scratch_database

SHOP = Path(__file__).parent / "shop"
PATIENCE_SECONDS = 30.0


def eventually(look: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


class System:
    """API and workers on one database; each ends with the test."""

    def __init__(self, database_url: str, redis_url: str, prefix: str, folder: Path) -> None:
        self.folder = folder
        self.effects_file = folder / "effects"
        self.effects_file.touch()
        self.api_url = ""
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url.replace("postgresql+psycopg2://", "postgresql://"),
            "REDIS_URL": redis_url,
            "GOQUEUE_PREFIX": prefix,
            "SHOP_EFFECTS": str(self.effects_file),
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start_api(self) -> Client:
        """A client of a new API that answers /readyz."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.environment["GOQUEUE_API_BIND"] = f"127.0.0.1:{port}"
        self._start("goqueue_api")
        self.api_url = f"http://127.0.0.1:{port}"
        eventually(lambda: _is_ready(self.api_url), "API ready")
        return Client(self.api_url)

    def start_worker(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A worker of the shop's handlers, ready to claim."""
        before = len(self.effects("started"))
        words = arguments or ("--processes", "1", "--concurrency", "4")
        process = self._start(
            "goqueue_worker", "--handlers", "shop_jobs,goqueue_builtin", "--app-dir", str(SHOP), *words, **environment
        )
        eventually(lambda: len(self.effects("started")) > before or process.poll() is not None, "worker started")
        return process

    def effects(self, word: str) -> list[str]:
        """Lines that handlers wrote, those that begin with `word`."""
        return [line for line in self.effects_file.read_text().splitlines() if line.split()[0] == word]

    def _start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], env={**self.environment, **environment}, cwd=self.folder
        )
        self._processes.append(process)
        return process

    @property
    def running(self) -> int:
        """How many processes were started."""
        return len(self._processes)

    def close(self, keep: int = 0) -> None:
        """Stop all but the first `keep` processes: in order, so that a hanging shutdown fails the test."""
        ending, self._processes = self._processes[keep:], self._processes[:keep]
        for process in reversed(ending):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in ending:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=1).status_code == 200
    except requests.RequestException:
        return False


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
