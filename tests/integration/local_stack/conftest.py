"""`goqueue up` as a process, with small stand-ins for the services."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from goqueue_cli.local import LocalStores
from goqueue_cli.local.ports import find_free_port
from goqueue_cli.local.processes import wait_until

STAND_INS = Path(__file__).parent / "stand_ins"


class Up:
    """A running `goqueue up` and what it has written."""

    def __init__(self, folder: Path, words: tuple[str, ...], environment: dict[str, str]) -> None:
        self.port = find_free_port()
        self.dashboard_port = find_free_port()
        self.file = folder / "stack.json"
        self.lines: list[str] = []
        inherited = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        path = os.pathsep.join(filter(None, (str(STAND_INS), inherited.get("PYTHONPATH"))))
        ports = ("--port", str(self.port), "--dashboard-port", str(self.dashboard_port))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "goqueue_cli.main", "up", *ports, "--data-dir", folder, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**inherited, "PYTHONPATH": path, **environment},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, text: str, *, times: int = 1) -> None:
        """Wait until so many lines hold the text."""

        def seen() -> bool:
            return sum(text in line for line in list(self.lines)) >= times

        wait_until(lambda: seen() or self.process.poll() is not None, 20.0)
        assert seen(), f"{text!r} did not come: {self.lines}"

    def ready(self) -> Up:
        self.wait_for("GoQueue is ready")
        return self

    def stack(self) -> dict[str, object]:
        return json.loads(self.file.read_text())

    def pid(self, name: str) -> int:
        return int(self.stack()["pids"][name])

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """Wait for the end; the exit code and what was written to stderr."""
        code = self.process.wait(40.0)
        self._reader.join()
        assert self.process.stderr is not None
        return code, self.process.stderr.read()

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(40.0)
        self._reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all tests of a module: making new data takes a second."""
    data = tmp_path_factory.mktemp("local") / "data"
    yield data
    with LocalStores(data):
        """The last test may have killed a supervisor: a start finds the servers it left, and its end stops them."""


@pytest.fixture
def up(folder: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(*words: str, **environment: str) -> Up:
        started.append(Up(folder, words, environment))
        return started[-1]

    yield start
    for one in reversed(started):
        one.clean_up()
