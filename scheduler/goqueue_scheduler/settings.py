"""Settings of a scheduler: command line first, then environment, then defaults. The environment is read here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from goqueue import Client, InvalidArgument
from goqueue.settings import read_settings
from goqueue_common.errors import SettingsError
from goqueue_common.settings import ServiceSettings, clear_errors, environment, host_and_port
from goqueue_common.telemetry.settings import SECRETS as TELEMETRY_SECRETS
from goqueue_common.telemetry.settings import TelemetrySettings
from goqueue_scheduler.schedule_file import default_file

SECRETS: Final = TELEMETRY_SECRETS | {"api_key"}
"""Settings that `--check` does not show."""
_SHORTEST_LEASE: Final = 1.0
_LONGEST_LEASE: Final = 300.0


@dataclass(frozen=True, slots=True)
class SchedulerSettings:
    """One replica. lease: seconds after which a leader that is gone is replaced. bind: host:port of the health endpoint,
    empty: none. schedules: the file whose schedules it keeps, empty: none.
    """

    service: ServiceSettings
    api_url: str
    api_key: str | None = field(repr=False)
    lease: float
    bind: str
    schedules: str
    telemetry: TelemetrySettings

    @classmethod
    def read(cls, given: Mapping[str, Any] | None = None) -> SchedulerSettings:
        """`given`: what the command line said, by field name; None values fall back. Raises SettingsError."""
        env = environment()
        said = {name: value for name, value in (given or {}).items() if value is not None}
        try:
            api = read_settings()
            Client(api.api_url, api.api_key).close()
        except InvalidArgument as error:
            raise SettingsError(f"API_URL or GOQUEUE_API_KEY: {error}") from error
        with clear_errors():
            settings = cls(
                service=ServiceSettings.read(env),
                api_url=api.api_url,
                api_key=api.api_key,
                lease=env.float("GOQUEUE_SCHEDULER_LEASE", 15.0),
                bind=said.get("bind", env.str("GOQUEUE_SCHEDULER_BIND", "")),
                schedules=said.get("schedules", env.str("GOQUEUE_SCHEDULES", str(default_file()))),
                telemetry=TelemetrySettings.read(env),
            )
        settings._check()
        return settings

    @property
    def health_address(self) -> tuple[str, int] | None:
        """Host and port of the health endpoint, or None. Raises SettingsError."""
        return host_and_port("GOQUEUE_SCHEDULER_BIND", self.bind, 8082) if self.bind else None

    @property
    def file(self) -> Path | None:
        """The schedules file, or None."""
        return Path(self.schedules) if self.schedules else None

    def _check(self) -> None:
        if not _SHORTEST_LEASE <= self.lease <= _LONGEST_LEASE:
            raise SettingsError(
                f"GOQUEUE_SCHEDULER_LEASE={self.lease:g} is out of range: {_SHORTEST_LEASE:g} to {_LONGEST_LEASE:g} seconds"
            )
        _ = self.health_address
