"""A master, its replica and three Sentinels that watch them, all real; each ends with its test."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from redis import Redis
from redis.exceptions import RedisError

from goqueue_cli.local.binaries import find_valkey
from goqueue_cli.local.ports import find_free_port
from tests.processes import eventually

SERVICE = "main"
PASSWORD = "of-the-servers"
SENTINEL_PASSWORD = "of-the-sentinels"
_DOWN_AFTER_MILLISECONDS = 500


class Sentinels:
    """`url` is what REDIS_URL would be. A master that is killed is replaced by the other server within seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._sentinel_ports: list[int] = []

    def __enter__(self) -> Self:
        try:
            master, replica = self._start_server(), self._start_server()
            _client(replica).replicaof("127.0.0.1", str(master))  # type: ignore[no-untyped-call]
            self._sentinel_ports = [self._start_sentinel(master) for _ in range(3)]
            eventually(lambda: all(map(self._knows, self._sentinel_ports)), "the Sentinels know all others")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    @property
    def url(self) -> str:
        """The first Sentinel it names is none."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in (find_free_port(), *self._sentinel_ports))
        return f"redis+sentinel://:{PASSWORD}@{hosts}/{SERVICE}/0?sentinel_password={SENTINEL_PASSWORD}"

    @property
    def master_port(self) -> int:
        """As the Sentinels have it now."""
        _, port = self._ask("SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)
        return int(port)

    @property
    def master(self) -> Redis:
        """A client of the server that is the master now."""
        return _client(self.master_port)

    def kill_master(self) -> int:
        """kill -9; its port."""
        port = self.master_port
        self._kill(port)
        return port

    def kill_sentinel(self) -> None:
        """The first one."""
        self._kill(self._sentinel_ports[0])

    def _kill(self, port: int) -> None:
        self._processes[port].kill()
        self._processes[port].wait()

    def _start_server(self) -> int:
        port = find_free_port()
        return self._start(port, f"requirepass {PASSWORD}", f"masterauth {PASSWORD}", "save ''", words=(), login=PASSWORD)

    def _start_sentinel(self, master: int) -> int:
        return self._start(
            find_free_port(),
            f"requirepass {SENTINEL_PASSWORD}",
            f"sentinel sentinel-pass {SENTINEL_PASSWORD}",
            f"sentinel monitor {SERVICE} 127.0.0.1 {master} 2",
            f"sentinel auth-pass {SERVICE} {PASSWORD}",
            f"sentinel down-after-milliseconds {SERVICE} {_DOWN_AFTER_MILLISECONDS}",
            f"sentinel failover-timeout {SERVICE} 5000",
            words=("--sentinel",),
            login=SENTINEL_PASSWORD,
        )

    def _start(self, port: int, *lines: str, words: tuple[str, ...], login: str) -> int:
        folder = self._folder / str(port)
        folder.mkdir()
        settings = folder / "server.conf"
        settings.write_text("\n".join([f"port {port}", "bind 127.0.0.1", f"dir {folder}", *lines, ""]))
        with (folder / "log").open("wb") as log:
            self._processes[port] = subprocess.Popen([find_valkey(), settings, *words], stdout=log, stderr=log)
        eventually(lambda: _answers(port, login), f"the server on port {port} answers")
        return port

    def _knows(self, port: int) -> bool:
        with _client(port, SENTINEL_PASSWORD) as sentinel:
            state = dict(sentinel.sentinel_masters()[SERVICE])  # type: ignore[no-untyped-call]
        return bool(state["num-slaves"] == 1 and state["num-other-sentinels"] == 2 and state["is_master"])

    def _ask(self, *words: str) -> Any:
        for port in self._sentinel_ports:
            with suppress(RedisError), _client(port, SENTINEL_PASSWORD) as sentinel:
                return sentinel.execute_command(*words)  # type: ignore[no-untyped-call]
        raise AssertionError("no Sentinel answers")

    def _end(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()


def _client(port: int, password: str = PASSWORD) -> Redis:
    return Redis("127.0.0.1", port, password=password, decode_responses=True, socket_timeout=2)


def _answers(port: int, password: str) -> bool:
    with _client(port, password) as client, suppress(RedisError):
        return bool(client.ping())
    return False
