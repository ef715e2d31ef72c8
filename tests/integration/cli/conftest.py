"""An API and a worker, and the command run beside them as a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from goqueue import Client
from goqueue_cli.local import LocalStores
from tests.processes import Processes, eventually
from tests.scratch_database import scratch_database

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def service(
    stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Processes]:
    """One for the tests of a module."""
    folder = tmp_path_factory.mktemp("command")
    with scratch_database(server_url, template=template) as database_url:
        started = Processes(database_url, stores.redis_url, folder.name, folder)
        client = started.start_api()
        started.environment["API_URL"] = started.api_url
        started.start("goqueue_worker", "--processes", "1", "--concurrency", "4")
        eventually(lambda: any(one.live_workers for one in client.handlers()), "worker ready")
        yield started
        started.close()


def beside(processes: Processes) -> Command:
    """Runs `goqueue` with these words, beside the processes; `stdin` and `env` may be given."""

    def run(*words: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "goqueue_cli.main", *words],
            input=stdin,
            env={**processes.environment, **(env or {})},
            cwd=processes.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def goqueue(service: Processes) -> Command:
    return beside(service)


@pytest.fixture
def client(service: Processes) -> Client:
    return Client(service.api_url)
