"""What PostgreSQL and Valkey have in common as local servers: a child process, its log file, and its end."""

from __future__ import annotations

import subprocess
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from goqueue_cli.errors import ServerNotStarted
from goqueue_cli.local.ports import find_free_port
from goqueue_cli.local.processes import wait_until

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from goqueue_cli.local.privileges import Identity

_LARGEST_LOG_BYTES = 10_000_000
_TAIL_BYTES = 4_000
_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0
_TRY_AGAIN_SECONDS = 0.1


def _never() -> bool:
    return False


class StoreServer(ABC):
    """A server of a store on a loopback port, with its data in one folder.

    It may be started again after `stop`, `kill` or a crash; port, password and data stay the same.
    Output goes to a file, never to a pipe of ours: the server must be able to outlive a killed supervisor.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, log: Path) -> None:
        self.log = log
        self.port: int | None = None
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address with user and password; known once the server has been started."""

    @property
    def pid(self) -> int | None:
        """The id of the server's process; None when none was started."""
        return self._process.pid if self._process is not None else None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended, as subprocess says it; None while it runs or before the first start."""
        return self._process.poll() if self._process is not None else None

    def is_running(self) -> bool:
        """Whether our process of the server lives; it may not be ready yet."""
        return self._process is not None and self._process.poll() is None

    def start(self, given_up: Callable[[], bool] = _never) -> None:
        """Start the server and return when it answers.

        given_up: asked while waiting; True ends the wait (the caller then stops the server).
        Raises ServerNotStarted, ServerNotFound or CommandError.
        """
        try:
            if self._start(given_up):
                return
        except OSError as error:
            raise ServerNotStarted(f"{self.title} did not start: {error}") from error
        self.kill()
        raise ServerNotStarted(f"{self.title} did not start: {self._last_words()} (see {self.log})")

    def stop(self, given_up: Callable[[], bool] = _never) -> None:
        """End the server in good order; its data are safe and the next start is quick.

        given_up: asked while waiting; True kills the server at once.
        """
        if self._process is None:
            return
        if self.is_running():
            self._process.send_signal(self.stop_signal)
            wait_until(lambda: not self.is_running() or given_up(), _STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @abstractmethod
    def prepare(self) -> None:
        """Find the programs, make the data if there are none, and end what a killed supervisor left."""

    @abstractmethod
    def launch(self) -> None:
        """Start the process on `port` and return at once."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the server takes commands now."""

    @abstractmethod
    def may_try_again(self) -> bool:
        """Whether the reason of an early end may pass by itself."""

    def log_tail(self) -> str:
        """The last of what the server wrote since its start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(self._log_start, self.log.stat().st_size - _TAIL_BYTES))
            return file.read().decode(errors="replace")

    def spawn(self, argv: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], identity: Identity) -> None:
        """Start the process in a session of its own: Ctrl-C must reach only us, who stop things in order."""
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(
                [*identity.prefix, *argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=env,
                start_new_session=True,
                user=identity.user,
                group=identity.group,
                extra_groups=identity.extra_groups,
            )

    def _start(self, given_up: Callable[[], bool]) -> bool:
        first_start = self.port is None
        deadline = time.monotonic() + _READY_SECONDS
        self.prepare()
        while True:
            if first_start:
                self.port = find_free_port()  # another one each time: somebody may have taken the last
            self.launch()
            left = deadline - time.monotonic()
            wait_until(lambda: self.is_ready() or not self.is_running() or given_up(), left)
            if given_up() or self.is_ready():
                return True
            if self.is_running() or not self.may_try_again() or time.monotonic() > deadline:
                return False
            time.sleep(_TRY_AGAIN_SECONDS)

    def _last_words(self) -> str:
        lines = [line for line in self.log_tail().splitlines() if line.strip()]
        fatal = [line for line in lines if "FATAL" in line or "Fatal" in line]
        return (fatal or lines or ["it wrote nothing"])[-1].strip()
