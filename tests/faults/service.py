"""A process of ours with all that it starts: in a session of its own, its output in a file, signalled as a whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_STOP_SECONDS: Final = 40.0


class Service:
    """`python -m` with `words`, started at once."""

    def __init__(self, words: list[str], *, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=environment,
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Of the process itself, and of its group."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the process itself lives."""
        return self._process.poll() is None

    def owns(self, pid: int) -> bool:
        """Whether this is a process of the group."""
        try:
            return os.getpgid(pid) == self.pid
        except ProcessLookupError:
            return False

    def kill(self) -> None:
        """SIGKILL to all, as if the machine had gone."""
        self._signal_all(signal.SIGKILL)
        self._process.wait()

    def kill_parent(self) -> None:
        """SIGKILL to the process itself alone."""
        self._process.kill()
        self._process.wait()

    def kill_children(self) -> None:
        """SIGKILL to what it has started alone."""
        for child in children_of(self.pid):
            os.kill(child, signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP to all, as if the machine were suspended."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT to all."""
        self._signal_all(signal.SIGCONT)

    def stop(self) -> int:
        """SIGTERM to the process itself; its exit code when it has ended. Raises TimeoutExpired."""
        self._process.terminate()
        return self._process.wait(_STOP_SECONDS)

    def _signal_all(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return  # all of it has ended


def children_of(pid: int) -> list[int]:
    """Process ids of those that this process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
