"""Settings of a worker: command line first, then environment, then defaults. The environment is read here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from goqueue_common.dispatch_store import UNKNOWN_TYPE_AFTER_SECONDS
from goqueue_common.errors import SettingsError
from goqueue_common.new_job import is_name
from goqueue_common.retention_store import Retention
from goqueue_common.settings import clear_errors, environment, host_and_port
from goqueue_common.store_settings import StoreSettings
from goqueue_common.telemetry.settings import TelemetrySettings
from goqueue_worker.discovery import BUILTIN_MODULE
from goqueue_worker.job_logs import DEFAULT_LOG_BYTES, MAX_LOG_BYTES

_LONGEST_KEPT_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """One worker: a parent and `processes` children that run `concurrency` jobs at once between them.

    queues empty: every queue, new ones too. bind: host:port of the health endpoint, empty: none. Times in seconds, but
    keep_*, how long final jobs are kept, in days. max_jobs, max_memory (MiB): after what a child process is replaced, 0:
    never. job_log_bytes: what an attempt may log, 0: nothing is kept.
    """

    stores: StoreSettings
    handlers: tuple[str, ...]
    queues: tuple[str, ...]
    app_dir: str | None
    concurrency: int
    processes: int
    heartbeat: float
    lease: float
    shutdown_timeout: float
    cancel_grace: float
    interrupt_grace: float
    unknown_type_after: float
    bind: str
    max_jobs: int
    max_memory: int
    job_log_bytes: int
    keep_completed: float
    keep_failed: float
    keep_cancelled: float
    burst: bool
    reload: bool
    telemetry: TelemetrySettings

    @classmethod
    def read(cls, given: Mapping[str, Any] | None = None) -> WorkerSettings:
        """`given`: what the command line said, by field name; None values fall back. Raises SettingsError."""
        env = environment()
        said = {name: value for name, value in (given or {}).items() if value is not None}
        with clear_errors():
            settings = cls(
                stores=StoreSettings.read(env),
                handlers=_words(said.get("handlers", env.str("GOQUEUE_HANDLERS", BUILTIN_MODULE))),
                queues=_words(said.get("queues", env.str("GOQUEUE_QUEUES", ""))),
                app_dir=said.get("app_dir", env.str("GOQUEUE_APP_DIR", None)),
                concurrency=said.get("concurrency", env.int("GOQUEUE_CONCURRENCY", 16)),
                processes=said.get("processes", env.int("GOQUEUE_PROCESSES", 2)),
                heartbeat=env.float("GOQUEUE_HEARTBEAT", 5.0),
                lease=env.float("GOQUEUE_LEASE", 30.0),
                shutdown_timeout=env.float("GOQUEUE_SHUTDOWN_TIMEOUT", 25.0),
                cancel_grace=env.float("GOQUEUE_CANCEL_GRACE", 5.0),
                interrupt_grace=env.float("GOQUEUE_INTERRUPT_GRACE", 5.0),
                unknown_type_after=env.float("GOQUEUE_UNKNOWN_TYPE_AFTER", UNKNOWN_TYPE_AFTER_SECONDS),
                bind=said.get("bind", env.str("GOQUEUE_WORKER_BIND", "")),
                max_jobs=said.get("max_jobs", env.int("GOQUEUE_MAX_JOBS", 0)),
                max_memory=said.get("max_memory", env.int("GOQUEUE_MAX_MEMORY", 0)),
                job_log_bytes=env.int("GOQUEUE_JOB_LOG_BYTES", DEFAULT_LOG_BYTES),
                keep_completed=env.float("GOQUEUE_KEEP_COMPLETED", 7.0),
                keep_failed=env.float("GOQUEUE_KEEP_FAILED", 30.0),
                keep_cancelled=env.float("GOQUEUE_KEEP_CANCELLED", 30.0),
                burst=said.get("burst", False),
                reload=said.get("reload", False),
                telemetry=TelemetrySettings.read(env),
            )
        settings._check()
        settings._check_kept()
        return settings

    @classmethod
    def received(cls, document: Mapping[str, Any]) -> WorkerSettings:
        """Settings as one process of a worker sends them to another (dataclasses.asdict)."""
        values = dict(document)
        values["stores"] = StoreSettings(**values["stores"])
        values["telemetry"] = TelemetrySettings(**values["telemetry"])
        values["handlers"], values["queues"] = tuple(values["handlers"]), tuple(values["queues"])
        return cls(**values)

    @property
    def wanted_queues(self) -> list[str] | None:
        """The queues to claim from, or None for any."""
        return list(self.queues) or None

    @property
    def health_address(self) -> tuple[str, int] | None:
        """Host and port of the health endpoint, or None. Raises SettingsError."""
        return host_and_port("GOQUEUE_WORKER_BIND", self.bind, 8081) if self.bind else None

    @property
    def end_seconds(self) -> float:
        """How long a child may take to end in order: the times it gives its jobs, and some to write how they ended."""
        return self.shutdown_timeout + self.interrupt_grace + 10.0

    @property
    def retention(self) -> Retention:
        """How long final jobs are kept."""
        return Retention(
            completed=timedelta(days=self.keep_completed),
            failed=timedelta(days=self.keep_failed),
            cancelled=timedelta(days=self.keep_cancelled),
        )

    def slots_of(self, child: int) -> int:
        """How many jobs child number `child` (from 0) runs at once."""
        share, rest = divmod(self.concurrency, self.processes)
        return share + (1 if child < rest else 0)

    def _check(self) -> None:
        for queue in self.queues:
            if not is_name(queue):
                raise SettingsError(
                    f"queue {queue!r} is no name: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit"
                )
        if not 1 <= self.processes <= 256:
            raise SettingsError(f"processes={self.processes} is out of range: 1 to 256")
        if not self.processes <= self.concurrency <= 4096:
            raise SettingsError(
                f"concurrency={self.concurrency} is out of range: at least one for each of the {self.processes} processes, "
                "at most 4096"
            )
        if not 0 < self.heartbeat < self.lease:
            raise SettingsError(
                f"GOQUEUE_LEASE={self.lease:g} must be longer than GOQUEUE_HEARTBEAT={self.heartbeat:g} (several times, to "
                "survive a lost heartbeat)"
            )
        numbers = ("shutdown_timeout", "cancel_grace", "interrupt_grace", "unknown_type_after", "max_jobs", "max_memory")
        for name in numbers:
            if getattr(self, name) < 0:
                raise SettingsError(f"{name}={getattr(self, name):g} is out of range: 0 or more")
        _ = self.health_address
        if self.burst and self.reload:
            raise SettingsError("--burst ends when the queues are empty, --reload waits for changes: choose one")
        if not self.handlers:
            raise SettingsError("no handler module given: leave --handlers out for the built-in types")

    def _check_kept(self) -> None:
        if not 0 <= self.job_log_bytes <= MAX_LOG_BYTES:
            raise SettingsError(
                f"GOQUEUE_JOB_LOG_BYTES={self.job_log_bytes} is out of range: 0 (no line is kept) to {MAX_LOG_BYTES}"
            )
        for name in ("keep_completed", "keep_failed", "keep_cancelled"):
            if not 0 <= getattr(self, name) <= _LONGEST_KEPT_DAYS:
                raise SettingsError(
                    f"GOQUEUE_{name.upper()}={getattr(self, name):g} is out of range: 0 to {_LONGEST_KEPT_DAYS} days, "
                    "parts of a day too"
                )


def _words(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """`a,b, c` -> its words, each once."""
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
