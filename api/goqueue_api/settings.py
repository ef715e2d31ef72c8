"""Settings of the API: command line first, then environment, then defaults. The environment is read here only."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from goqueue_common.errors import SettingsError
from goqueue_common.settings import clear_errors, environment, host_and_port
from goqueue_common.store_settings import StoreSettings
from goqueue_common.telemetry import settings as telemetry
from goqueue_common.telemetry.settings import TelemetrySettings

SPARE_CONNECTIONS: Final = 2
"""Connections beside one a thread: the readiness check, and one to spare."""
USUAL_DASHBOARD_PORT: Final = 3000
MIN_BOOTSTRAP_KEY: Final = 32
_BOOTSTRAP_KEY: Final = re.compile(rf"[!-~]{{{MIN_BOOTSTRAP_KEY},200}}")
SECRETS: Final = frozenset({"bootstrap_key"}) | telemetry.SECRETS
"""Settings that `--check` does not show."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The API: `processes` processes of `threads` request threads and `db_pool` database connections each.

    auth: `none` (open access, asked for by name) or `keys` (the default). bootstrap_key: one with all rights.
    streams: of live events that each process takes at once. dashboard_host, dashboard_port: where the same processes
    serve the dashboard, with the API under /api; None: nowhere.
    """

    stores: StoreSettings
    host: str
    port: int
    processes: int
    threads: int
    db_pool: int
    auth: str
    bootstrap_key: str | None = field(default=None, repr=False)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    streams: int = 1000
    dashboard_host: str | None = None
    dashboard_port: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any] | None = None) -> ApiSettings:
        """`given`: what the command line said (bind, dashboard_bind, processes, threads); None values fall back.

        Raises SettingsError.
        """
        env = environment()
        said = {name: value for name, value in (given or {}).items() if value is not None}
        with clear_errors():
            threads = said.get("threads", env.int("GOQUEUE_API_THREADS", 8))
            host, port = host_and_port(
                "GOQUEUE_API_BIND", said.get("bind", env.str("GOQUEUE_API_BIND", "127.0.0.1:8080")), 8080
            )
            dashboard_host, dashboard_port = _dashboard(
                said.get("dashboard_bind", env.str("GOQUEUE_DASHBOARD_BIND", "")).strip()
            )
            settings = cls(
                stores=StoreSettings.read(env),
                host=host,
                port=port,
                processes=said.get("processes", env.int("GOQUEUE_API_PROCESSES", 2)),
                threads=threads,
                db_pool=env.int("GOQUEUE_DB_POOL", threads + SPARE_CONNECTIONS),
                auth=env.str("GOQUEUE_AUTH", "keys").lower(),
                bootstrap_key=env.str("GOQUEUE_BOOTSTRAP_KEY", None) or None,
                telemetry=TelemetrySettings.read(env),
                streams=env.int("GOQUEUE_API_STREAMS", 1000),
                dashboard_host=dashboard_host,
                dashboard_port=dashboard_port,
            )
        settings._check()
        return settings

    @property
    def is_open(self) -> bool:
        """Whether nobody is ever asked for a key."""
        return self.auth == "none"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it; then it asks for keys only once there are any."""
        return _is_loopback(self.host) and (self.dashboard_host is None or _is_loopback(self.dashboard_host))

    @property
    def address(self) -> str:
        """host:port as gunicorn and a URL take it."""
        return _address(self.host, self.port)

    @property
    def addresses(self) -> dict[str, str]:
        """Setting -> host:port, of all that is served."""
        served = {"GOQUEUE_API_BIND": self.address}
        if self.dashboard_host is not None and self.dashboard_port is not None:
            served["GOQUEUE_DASHBOARD_BIND"] = _address(self.dashboard_host, self.dashboard_port)
        return served

    @property
    def open_addresses(self) -> str:
        """The settings that let other machines in, with their values."""
        hosts = {"GOQUEUE_API_BIND": self.host, "GOQUEUE_DASHBOARD_BIND": self.dashboard_host or "localhost"}
        return " and ".join(f"{name}={value}" for name, value in self.addresses.items() if not _is_loopback(hosts[name]))

    def _check(self) -> None:
        for name, value, lowest, highest in (
            ("GOQUEUE_API_PROCESSES", self.processes, 1, 64),
            ("GOQUEUE_API_THREADS", self.threads, 1, 256),
            ("GOQUEUE_API_STREAMS", self.streams, 0, 10_000),
        ):
            if not lowest <= value <= highest:
                raise SettingsError(f"{name}={value} is out of range: {lowest} to {highest}")
        if self.port == self.dashboard_port:
            raise SettingsError(
                f"GOQUEUE_API_BIND and GOQUEUE_DASHBOARD_BIND have the same port {self.port}: choose another for the "
                f"dashboard, such as {USUAL_DASHBOARD_PORT}"
            )
        if self.threads > self.db_pool:
            raise SettingsError(
                f"GOQUEUE_API_THREADS={self.threads} is more than GOQUEUE_DB_POOL={self.db_pool}: every thread needs a "
                f"database connection; set GOQUEUE_DB_POOL={self.threads + SPARE_CONNECTIONS} or leave it out"
            )
        if self.auth not in ("keys", "none"):
            raise SettingsError(
                f"GOQUEUE_AUTH={self.auth!r}: choose keys (the default: a key is asked for once there are any, and always "
                "when other machines can reach the API) or none (nobody is asked)"
            )
        if self.bootstrap_key is not None and not _BOOTSTRAP_KEY.fullmatch(self.bootstrap_key):
            raise SettingsError(
                f"GOQUEUE_BOOTSTRAP_KEY has {len(self.bootstrap_key)} characters: use {MIN_BOOTSTRAP_KEY} to 200 printable "
                "ASCII characters without spaces, such as `openssl rand -hex 32` prints"
            )


def _dashboard(address: str) -> tuple[str, int] | tuple[None, None]:
    return host_and_port("GOQUEUE_DASHBOARD_BIND", address, USUAL_DASHBOARD_PORT) if address else (None, None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
