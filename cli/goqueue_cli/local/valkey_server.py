"""A Valkey (or Redis) server of our own, spoken to over a bare socket."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from goqueue_cli.local.binaries import find_valkey
from goqueue_cli.local.data_dir import read_or_create_password, write_private
from goqueue_cli.local.privileges import Identity
from goqueue_cli.local.processes import stop_orphan
from goqueue_cli.local.store_server import StoreServer

if TYPE_CHECKING:
    from pathlib import Path

_PROBE_SECONDS = 1.0


class ValkeyServer(StoreServer):
    """Valkey with a password and an append-only file written out every second, in a folder of its own."""

    name: ClassVar[str] = "valkey"
    title: ClassVar[str] = "Valkey"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path, log: Path) -> None:
        super().__init__(log)
        self._folder = folder
        self._password_file = folder / "password"
        self._pid_file = folder / "server.pid"
        self._program: Path | None = None

    @property
    def url(self) -> str:
        """The address with the password; known once the server has been started."""
        password = quote(read_or_create_password(self._password_file), safe="")
        return f"redis://:{password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Find the program and end what a killed supervisor left behind."""
        if self._program is None:
            self._program = find_valkey()
        self._stop_orphan()

    def launch(self) -> None:
        """Start the process on `port` and return at once."""
        if self._program is None:
            raise RuntimeError("prepare() comes first")
        configuration = self._folder / "server.conf"
        write_private(configuration, self._configuration())  # a file, for `ps` shows the words of a command
        self.spawn([self._program, configuration], cwd=self._folder, env={}, identity=Identity(owner=os.geteuid()))
        self._pid_file.write_text(f"{self.pid} {self.port}\n")

    def is_ready(self) -> bool:
        """Whether the server takes commands now; while it loads its file it answers, but not to PING."""
        if self.port is None:
            return False
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=_PROBE_SECONDS) as connection:
                password = read_or_create_password(self._password_file)
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def may_try_again(self) -> bool:
        """Whether the reason of an early end may pass by itself: a port just taken."""
        return "Failed listening" in self.log_tail() or "Address already in use" in self.log_tail()

    def _configuration(self) -> str:
        folder = str(self._folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {read_or_create_password(self._password_file)}",
            f'dir "{folder}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",  # it holds ids and outcomes, not a cache
        ]
        return "\n".join(lines) + "\n"

    def _stop_orphan(self) -> None:
        """We hold the data directory: a server that still works on it lost its supervisor."""
        if not self._pid_file.exists():
            return
        words = self._pid_file.read_text().split()
        if len(words) == 2:
            marks = ("-server", f":{words[1]}")  # the server shows its address in place of its arguments
            stop_orphan(int(words[0]), marks, stop_signal=self.stop_signal, grace_seconds=30.0)
        self._pid_file.unlink()
