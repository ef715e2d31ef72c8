"""An API and a worker, and the command run beside them: as a process, or in ours, a twentieth of the work."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from unittest.mock import patch

import pytest

from goqueue import Client
from goqueue_cli.local import LocalStores
from goqueue_cli.main import main
from tests.processes import Processes, eventually
from tests.scratch_database import scratch_database

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def api(
    stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Processes]:
    """One for the tests of a module; API_URL of the environment names it."""
    folder = tmp_path_factory.mktemp("command")
    with scratch_database(server_url, template=template) as database_url:
        started = Processes(database_url, stores.redis_url, folder.name, folder)
        started.start_api().close()
        started.environment["API_URL"] = started.api_url
        yield started
        started.close()


@pytest.fixture(scope="module")
def service(api: Processes) -> Processes:
    """With a worker, for all that runs jobs or a command."""
    api.start("goqueue_worker", "--processes", "1", "--concurrency", "4")
    with Client(api.api_url) as client:
        eventually(lambda: any(one.live_workers for one in client.handlers()), "worker ready")
    return api


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


def called(processes: Processes) -> Command:
    """The same without a process of its own; not for a command that becomes a service, which would replace ours."""

    def run(*words: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        argv = ["goqueue", *words]
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
        stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        with (
            patch.object(sys, "argv", argv),
            patch.object(sys, "stdin", given),
            patch.dict(os.environ, {**processes.environment, **(env or {})}, clear=True),
            patch("os.execve", side_effect=AssertionError("run it by `beside`")),
            chdir(processes.folder),
            redirect_stdout(stdout),
            redirect_stderr(stderr),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        return subprocess.CompletedProcess(argv, int(ended.value.code or 0), _written(stdout), _written(stderr))

    return run


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@pytest.fixture
def goqueue(service: Processes) -> Command:
    """The command, for all that its process would show nothing more of."""
    return called(service)


@pytest.fixture
def goqueue_process(service: Processes) -> Command:
    """The command as it is started: each group of commands is, at least once."""
    return beside(service)


@pytest.fixture
def client(api: Processes) -> Client:
    return Client(api.api_url)
