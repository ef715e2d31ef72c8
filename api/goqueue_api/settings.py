"""Settings of the API: command line first, then environment, then defaults. The environment is read here only."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from goqueue_common.errors import SettingsError
from goqueue_common.settings import StoreSettings, clear_errors, environment, host_and_port

SPARE_CONNECTIONS: Final = 2
"""Connections beside one a thread: the readiness check, and one to spare."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The API: `processes` processes of `threads` request threads and `db_pool` database connections each.

    auth: `none` (asked for by name) or `loopback` (the default: open to this machine only).
    """

    stores: StoreSettings
    host: str
    port: int
    processes: int
    threads: int
    db_pool: int
    auth: str

    @classmethod
    def read(cls, given: Mapping[str, Any] | None = None) -> ApiSettings:
        """`given`: what the command line said (bind, processes, threads); None values fall back. Raises SettingsError."""
        env = environment()
        said = {name: value for name, value in (given or {}).items() if value is not None}
        with clear_errors():
            threads = said.get("threads", env.int("GOQUEUE_API_THREADS", 8))
            host, port = host_and_port(
                "GOQUEUE_API_BIND", said.get("bind", env.str("GOQUEUE_API_BIND", "127.0.0.1:8080")), 8080
            )
            settings = cls(
                stores=StoreSettings.read(env),
                host=host,
                port=port,
                processes=said.get("processes", env.int("GOQUEUE_API_PROCESSES", 2)),
                threads=threads,
                db_pool=env.int("GOQUEUE_DB_POOL", threads + SPARE_CONNECTIONS),
                auth=env.str("GOQUEUE_AUTH", "loopback").lower(),
            )
        settings._check()
        return settings

    @property
    def address(self) -> str:
        """host:port as gunicorn and a URL take it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _check(self) -> None:
        for name, value, highest in (
            ("GOQUEUE_API_PROCESSES", self.processes, 64),
            ("GOQUEUE_API_THREADS", self.threads, 256),
        ):
            if not 1 <= value <= highest:
                raise SettingsError(f"{name}={value} is out of range: 1 to {highest}")
        if self.threads > self.db_pool:
            raise SettingsError(
                f"GOQUEUE_API_THREADS={self.threads} is more than GOQUEUE_DB_POOL={self.db_pool}: every thread needs a "
                f"database connection; set GOQUEUE_DB_POOL={self.threads + SPARE_CONNECTIONS} or leave it out"
            )
        if self.auth not in ("loopback", "none"):
            raise SettingsError(
                f"GOQUEUE_AUTH={self.auth!r}: the only choice is none; leave it out to serve this machine only"
            )
        if self.auth != "none" and not _is_loopback(self.host):
            raise SettingsError(
                f"GOQUEUE_API_BIND={self.address} opens the API to other machines, and it asks nobody for a key: set "
                "GOQUEUE_AUTH=none if the network around it is trusted, or bind to 127.0.0.1 (keys come in a later release)"
            )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
