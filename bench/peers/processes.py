"""Processes of a peer, stopped by pid with all that they have started."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template
from typing import Any

from bench import cpu
from bench.peers.environments import PROBE, Environments
from bench.peers.manifest import Peer
from bench.peers.stores import Stores

RECORD = struct.Struct("<ddd")
"""What a handler appends; see probe.started."""
_GRACE_SECONDS = 10.0
_SUBMIT_SECONDS = 180


class PeerProcesses:
    """What runs a peer, in its folder and with its environment. records: where its handlers write."""

    def __init__(self, peer: Peer, environments: Environments, stores: Stores) -> None:
        self.peer = peer
        self._folder = environments.prepare(peer)
        self.records = self._folder / f"{peer.name}.records"
        self.records.unlink(missing_ok=True)
        self.records.touch()
        self._log = self._folder / f"{peer.name}.log"
        self._log.unlink(missing_ok=True)
        self._log.touch()
        self.environment: dict[str, str] = {
            **os.environ,
            **stores.variables,
            **environments.variables(peer),
            "RECORDS": str(self.records),
        }

    def submit(self, mode: str, first: int, count: int) -> dict[str, float]:
        """Have the probe submit; see there. Raises RuntimeError with the end of what it said."""
        program = ["node", f"{PROBE}/probe.mjs"] if self.peer.is_node else ["python", f"{PROBE}/probe.py"]
        done = subprocess.run(
            self._found([*program, mode, str(first), str(count)]),
            cwd=self._folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=_SUBMIT_SECONDS,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{mode} of {self.peer.name}: {done.stderr[-1000:].strip()}")
        answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1]) if mode != "setup" else {}
        return answer

    def log_end(self) -> str:
        """The last of what its processes have said."""
        return self._log.read_text(errors="replace")[-500:].strip() or "it has said nothing"

    @contextmanager
    def workers(self) -> Iterator[list[subprocess.Popen[bytes]]]:
        """All its workers, until the end of the block."""
        with self._running(self.peer.workers, {}) as running:
            yield running

    @contextmanager
    def server(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """Its HTTP server."""
        assert self.peer.http is not None
        environment = {"PORT": str(port), **self.peer.http.environment}
        with self._running([self.peer.http.command], environment) as running:
            yield running[0]

    @contextmanager
    def _running(self, commands: Sequence[str], environment: Mapping[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
        variables = {**self.environment, **environment}
        started: list[subprocess.Popen[bytes]] = []
        with self._log.open("ab") as log:
            try:
                for command in commands:
                    words = [Template(word).safe_substitute(variables) for word in shlex.split(command)]
                    started.append(
                        subprocess.Popen(
                            self._found(words),
                            cwd=self._folder,
                            env=variables,
                            stdout=log,
                            stderr=log,
                            start_new_session=True,
                        )
                    )
                yield started
            finally:
                _stop(started)

    def _found(self, words: list[str]) -> list[str]:
        program = shutil.which(words[0], path=self.environment["PATH"])
        if program is None:
            raise RuntimeError(f"{self.peer.name} has no program {words[0]}")
        return [program, *words[1:]]


def _stop(processes: Sequence[subprocess.Popen[Any]]) -> None:
    """SIGTERM, then SIGKILL to whatever is left of them: in their groups, and of children who have made their own."""
    families = {pid for process in processes for pid in cpu.descendants(process.pid)}
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    roots = {process.pid for process in processes}
    for pid in roots:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    for pid in families - roots:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def records_of(path: Path) -> int:
    """How many records are there."""
    return path.stat().st_size // RECORD.size
