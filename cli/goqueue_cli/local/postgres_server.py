"""A PostgreSQL server of our own: made, started, stopped and crashed without any driver."""

from __future__ import annotations

import shutil
import signal
import subprocess
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from goqueue_cli.errors import ServerNotStarted
from goqueue_cli.local.binaries import PostgresPrograms, find_postgres
from goqueue_cli.local.data_dir import read_or_create_password
from goqueue_cli.local.privileges import Identity, find_identity
from goqueue_cli.local.processes import stop_orphan
from goqueue_cli.local.store_server import StoreServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_USER = "goqueue"
_DATABASE = "goqueue"
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
# Durability stays as PostgreSQL ships it: what a job was answered with 201 for must survive here, too.
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have 107 bytes; a project's folder can be longer
    "shared_buffers": "128MB",
    "max_connections": "200",
    "jit": "off",  # compiling costs more than any of our statements
}
_STATUS_LINE = 7  # of postmaster.pid, counted from 0


class PostgresServer(StoreServer):
    """PostgreSQL with scram passwords and the database `goqueue`, in a folder of its own.

    options: server settings that come after ours and win over them.
    """

    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, folder: Path, log: Path, options: Mapping[str, str] | None = None) -> None:
        super().__init__(log)
        self._folder = folder
        self._data = folder / "data"
        self._password_file = folder / "password"
        self._options = {**_OPTIONS, **(options or {})}
        self._programs: PostgresPrograms | None = None
        self._identity: Identity | None = None

    @property
    def url(self) -> str:
        """The address with user and password; known once the server has been started."""
        password = quote(read_or_create_password(self._password_file), safe="")
        return f"postgresql://{_USER}:{password}@127.0.0.1:{self.port}/{_DATABASE}"

    def prepare(self) -> None:
        """Find the programs, make the data if there are none, and end what a killed supervisor left."""
        if self._programs is None:
            self._programs = find_postgres(self._data)
            self._identity = find_identity(self._programs.folder / "postgres", self._folder)
        _, identity = self._chosen()
        if (self._data / "PG_VERSION").exists():
            self._stop_orphan()
            identity.take_over(self._data)
        else:
            self._make_data()

    def launch(self) -> None:
        """Start the process on `port` and return at once."""
        programs, identity = self._chosen()
        settings = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        self.spawn(
            [programs.folder / "postgres", "-D", self._data, "-p", str(self.port), *settings],
            cwd=self._data,
            env=_ENVIRONMENT,
            identity=identity,
        )

    def is_ready(self) -> bool:
        """Whether the server takes commands now; an open port does not prove that."""
        if not self.is_running():
            return False  # a crashed server leaves its file behind
        lines = self._pid_file_lines()
        if len(lines) <= _STATUS_LINE or lines[0] != str(self.pid):
            return False
        return lines[_STATUS_LINE].strip() == "ready"

    def may_try_again(self) -> bool:
        """Whether the reason may pass by itself: a port just taken, or sessions of a crashed server."""
        words = self.log_tail()
        return "could not bind" in words or "pre-existing shared memory" in words

    def _make_data(self) -> None:
        """initdb beside the final place, so that data which are there are whole."""
        programs, identity = self._chosen()
        draft = self._folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        read_or_create_password(self._password_file)
        identity.take_over(draft)
        identity.take_over(self._password_file)
        initdb: list[str | Path] = [programs.folder / "initdb", "-D", draft, "-U", _USER, f"--pwfile={self._password_file}"]
        initdb += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-instructions"]
        self._run(initdb, cwd=draft)
        # Single-user mode needs neither a driver nor a password, and is part of every installation.
        single: list[str | Path] = [programs.folder / "postgres", "--single", "-D", draft, "postgres"]
        self._run(single, cwd=draft, statement=f"CREATE DATABASE {_DATABASE}\n")
        draft.rename(self._data)

    def _run(self, argv: Sequence[str | Path], *, cwd: Path, statement: str = "") -> None:
        _, identity = self._chosen()
        done = subprocess.run(
            [*identity.prefix, *argv],
            input=statement,
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env=_ENVIRONMENT,
            start_new_session=True,  # Ctrl-C in the terminal must not cut it short
            user=identity.user,
            group=identity.group,
            extra_groups=identity.extra_groups,
        )
        if done.returncode != 0 or "ERROR:" in done.stderr:
            self.log.write_text(done.stdout + done.stderr)
            reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise ServerNotStarted(f"PostgreSQL could not make its data: {reason} (see {self.log})")

    def _stop_orphan(self) -> None:
        """We hold the data directory: a server that still works on it lost its supervisor."""
        lines = self._pid_file_lines()
        if lines and lines[0].isdigit():
            marks = ("postgres", str(self._data))
            stop_orphan(int(lines[0]), marks, stop_signal=self.stop_signal, grace_seconds=30.0)
        # Left by a crash. PostgreSQL would not start while any process has that id, a stranger or a zombie.
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _chosen(self) -> tuple[PostgresPrograms, Identity]:
        if self._programs is None or self._identity is None:
            raise RuntimeError("prepare() comes first")
        return self._programs, self._identity
