"""A real Docker engine in name spaces of its own, reached by its socket, and its published ports by ports of ours."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / ".tools"
_PASSAGE = Path(__file__).with_name("passage.py")
_LOG_BYTES = 4_000


class CommandFailed(AssertionError):
    """A command ended with another exit status than 0; the message has what it and the engine said last."""


class Engine:
    """While it runs. urls: where to find, from here, what containers publish on 127.0.0.1, by its port."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], urls: Mapping[int, str]) -> None:
        self.urls = urls
        self._folder = folder
        self._process = process
        # Nothing of the user's: no context, no address of another engine, no variable that docker-compose.yml reads.
        self._environment = {
            "PATH": os.pathsep.join([str(TOOLS / "docker/usr/bin"), os.environ["PATH"]]),
            "DOCKER_HOST": f"unix://{folder}/engine.sock",
            "DOCKER_CONFIG": str(folder / "client"),
            "DOCKER_BUILDKIT": "0",
        }

    def docker(self, *words: str, timeout: float = 120.0) -> str:
        """What the docker command prints."""
        return self.run(["docker", *words], timeout=timeout)

    def run(self, words: Sequence[str], timeout: float = 120.0, **variables: str) -> str:
        """What a command prints that finds the engine; variables: more of its environment. Raises CommandFailed."""
        environment = self._environment | variables
        answer = subprocess.run(
            words, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=timeout
        )
        if answer.returncode != 0:
            said = f"{answer.stdout[-_LOG_BYTES:]}\n{answer.stderr[-_LOG_BYTES:]}"
            raise CommandFailed(f"{' '.join(words)}: exit status {answer.returncode}\n{said}\nthe engine:\n{self._log()}")
        return answer.stdout

    def kill(self, container: str) -> None:
        """SIGKILL to the first process of a container, as the kernel or a person would; `docker kill` counts as a stop."""
        assert self._process.stdin is not None
        self._process.stdin.write(self.docker("inspect", "--format", "{{.State.Pid}}", container))
        self._process.stdin.flush()

    def _log(self) -> str:
        lines = (self._folder / "engine.log").read_text().splitlines(keepends=True)
        return "".join(line for line in lines if "level=info" not in line)[-_LOG_BYTES:]


@contextmanager
def running_engine(folder: Path, ports: Sequence[int]) -> Iterator[Engine]:
    """An engine without containers and images. folder: for all that it keeps, with a short path."""
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in ports]
    pairs = [f"{ours.fileno()}:{port}" for ours, port in zip(listening, ports, strict=True)]
    with (folder / "passage.log").open("wb") as log:
        process = subprocess.Popen(
            [ROOT / "scripts/with-docker-engine", sys.executable, _PASSAGE, *pairs],
            env={**os.environ, "ENGINE_FOLDER": str(folder)},
            pass_fds=[ours.fileno() for ours in listening],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    urls = {port: f"http://127.0.0.1:{ours.getsockname()[1]}" for ours, port in zip(listening, ports, strict=True)}
    try:
        if process.stdout.readline() != "open\n":
            pytest.fail(f"no Docker engine could be started\n{(folder / 'passage.log').read_text()[-_LOG_BYTES:]}")
        yield Engine(folder, process, urls)
    finally:
        for ours in listening:
            ours.close()
        process.stdin.close()
        process.stdout.close()
        process.wait(60)
