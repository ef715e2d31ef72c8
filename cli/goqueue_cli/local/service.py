"""A service as a child process: in its own session, its output passed on, ended as a whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from goqueue_cli.errors import CommandError
from goqueue_cli.local.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goqueue_cli.local.log_prefix import PrefixedOutput


@dataclass(frozen=True, slots=True)
class Service:
    """A program to keep running.

    environment: all of it; nothing is inherited.
    grace_seconds: how long it may take to end after SIGTERM.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    grace_seconds: float = 30.0


class ServiceProcess:
    """The process of a service; may be started again when it has ended."""

    def __init__(self, service: Service, output: PrefixedOutput) -> None:
        self.name = service.name
        self._service = service
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self._copier: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process; None when none was started."""
        return self._process.pid if self._process is not None else None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended, as subprocess says it; None while it runs or before the first start."""
        return self._process.poll() if self._process is not None else None

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, _given_up: Callable[[], bool]) -> None:
        """Start the process and return at once; for the main thread only. Raises CommandError.

        On Linux the kernel ends the process with SIGTERM when the thread that started it dies, however.
        """
        try:
            self._process = subprocess.Popen(
                [*_death_with_parent(), *self._service.argv],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._service.environment,
                start_new_session=True,  # Ctrl-C must reach only us, who stop things in order
            )
        except OSError as error:
            raise CommandError(f"cannot start {self.name}: {error}") from error
        self._copier = threading.Thread(target=self._copy, args=(self._process,), daemon=True)
        self._copier.start()

    def stop(self, given_up: Callable[[], bool]) -> None:
        """Ask the process to end; kill it and its children when it takes too long or given_up says so."""
        if self._process is None or self._copier is None:
            return
        if self.is_running():
            self._process.send_signal(signal.SIGTERM)
            wait_until(lambda: not self.is_running() or given_up(), self._service.grace_seconds)
            if self.is_running():
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._copier.join(timeout=1.0)  # not for ever: a grandchild may keep the pipe open

    def _copy(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                self._output.copy(self.name, lines)


@cache
def _death_with_parent() -> tuple[str, ...]:
    """Words before a command that tie its life to ours, where the system has them.

    A program does it, not a preexec_fn, which may deadlock in a process that has threads.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return ()
    words = (setpriv, "--pdeathsig", "TERM", "--")
    works = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    return words if works else ()
