"""`goqueue up`: stores, migrations, API, worker and scheduler, from the first check to the last stop."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goqueue_cli.errors import CommandError
from goqueue_cli.local.data_dir import DataDir
from goqueue_cli.local.ports import is_free
from goqueue_cli.local.readiness import NO_BUILD, api_is_ready, banner, is_page, live_types, wants_another_key
from goqueue_cli.local.service import Service, ServiceProcess
from goqueue_cli.local.stack_file import StackFile
from goqueue_cli.local.stores import postgres_in, start_together, valkey_in
from goqueue_cli.local.supervisor import Supervisor, describe_exit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from goqueue_cli.local.interrupts import Interrupts
    from goqueue_cli.local.log_prefix import PrefixedOutput
    from goqueue_cli.local.store_server import StoreServer
    from goqueue_cli.settings import CommandSettings

SPEAKERS = ("goqueue", "migrate", "api", "worker", "scheduler")
_READY_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class StackOptions:
    """What was asked for on the command line.

    worker_words: options passed on to the worker as they are. schedules: a file for the scheduler; None: as the
    environment says. dashboard_port: None: no dashboard.
    """

    port: int
    data_dir: Path
    with_worker: bool
    with_scheduler: bool
    worker_words: tuple[str, ...]
    schedules: Path | None = None
    dashboard_port: int | None = None

    @property
    def api_url(self) -> str:
        """Where the API will be."""
        return f"http://{self.api_bind}"

    @property
    def api_bind(self) -> str:
        """The same as the API is told it."""
        return f"127.0.0.1:{self.port}"

    @property
    def dashboard_bind(self) -> str:
        """Where the API is to serve the dashboard, too; empty: nowhere."""
        return "" if self.dashboard_port is None else f"127.0.0.1:{self.dashboard_port}"


class Stack:
    """The whole system on this machine, for as long as `run` runs."""

    def __init__(
        self,
        options: StackOptions,
        settings: CommandSettings,
        output: PrefixedOutput,
        interrupts: Interrupts,
    ) -> None:
        self._options = options
        self._settings = settings
        self._output = output
        self._interrupts = interrupts
        self._data_dir = DataDir(options.data_dir)
        self._file = StackFile(self._data_dir.path / "stack.json")
        self._stores: list[StoreServer] = []
        self._services: list[ServiceProcess] = []
        self._database_url = settings.database_url or ""
        self._redis_url = settings.redis_url or ""
        self._supervisor = Supervisor(say=self._say, changed=self._write_file, given_up=interrupts.stop_requested)

    def run(self) -> None:
        """Start everything, keep it running until a signal asks for the end, and stop it in order.

        Raises CommandError when that cannot be, or when a process says that its settings make no sense.
        """
        require_services()
        self._data_dir.acquire()
        try:
            self._check_place()
            self._start_stores()
            # While the tables are brought up to date the API loads its modules, which takes as long; until it
            # finds the tables at its own version its /readyz says no, and nobody has been told its address.
            self._start_service("api", "goqueue_api")
            if self._migrate():
                if self._options.with_worker:
                    self._start_service("worker", "goqueue_worker", *self._options.worker_words)
                if self._options.with_scheduler:
                    self._start_service("scheduler", "goqueue_scheduler")
                self._supervise()
        finally:
            self._stop()
            self._data_dir.release()

    def _check_place(self) -> None:
        for name in self._file.stop_orphans(("scheduler", "worker", "api")):
            self._say(f"stopped the {name} that a killed goqueue had left behind")
        port, dashboard_port = self._options.port, self._options.dashboard_port
        if port == dashboard_port:
            raise CommandError(f"port {port} cannot be of both API and dashboard: choose another by --dashboard-port")
        if not is_free(port):
            raise CommandError(f"port {port} is taken: free it, or choose another by --port")
        if dashboard_port is not None and not is_free(dashboard_port):
            raise CommandError(f"port {dashboard_port} is taken: free it, or choose another by --dashboard-port")

    def _start_stores(self) -> None:
        postgres = postgres_in(self._data_dir) if not self._settings.database_url else None
        valkey = valkey_in(self._data_dir) if not self._settings.redis_url else None
        self._stores = [server for server in (postgres, valkey) if server is not None]
        start_together(self._stores, self._interrupts.stop_requested)
        self._database_url = postgres.url if postgres is not None else self._database_url
        self._redis_url = valkey.url if valkey is not None else self._redis_url
        for server in self._stores:
            self._supervisor.watch(server)

    def _migrate(self) -> bool:
        """Bring the tables up to date; False when a signal came first."""
        if self._interrupts.stop_requested():
            return False
        process = ServiceProcess(self._service("migrate", "goqueue_common.migrations", "upgrade"), self._output)
        process.start(self._interrupts.stop_requested)
        try:
            while process.is_running() and not self._interrupts.stop_requested():
                self._interrupts.wait(1.0)
        finally:
            process.stop(self._interrupts.kill_requested)
        if self._interrupts.stop_requested():
            return False
        if process.exit_code != 0:
            reason = describe_exit(process.exit_code)
            raise CommandError(f"the database could not be brought up to date ({reason}): see above")
        return True

    def _start_service(self, name: str, module: str, *words: str) -> None:
        if not self._interrupts.stop_requested():
            process = ServiceProcess(self._service(name, module, *words), self._output)
            self._services.append(process)
            self._supervisor.start(process)

    def _supervise(self) -> None:
        announced = False
        while not self._interrupts.stop_requested():
            seconds = self._supervisor.step()
            announced = announced or self._announce()
            self._interrupts.wait(seconds if announced else min(seconds, _READY_POLL_SECONDS))

    def _announce(self) -> bool:
        """Say that all is ready, if it is: the API answers, and the worker has loaded its handlers, where it tells us."""
        if not api_is_ready(self._options.port):
            return False
        key = self._service_environment().get("GOQUEUE_API_KEY")
        types = live_types(self._options.port, key)
        if self._options.with_worker and not types and not wants_another_key(self._options.port, key):
            return False
        for line in banner(self._options.api_url, self._dashboard_line(), types):
            self._say(line)
        return True

    def _dashboard_line(self) -> str | None:
        port = self._options.dashboard_port
        if port is None:
            return None
        return f"http://{self._options.dashboard_bind}" if is_page(port) else NO_BUILD

    def _stop(self) -> None:
        """Scheduler first: nothing new comes. Worker next: what it finishes, it can still write down. Stores last."""
        if self._services:
            self._say("stopping; once more Ctrl-C to stop at once")
        self._supervisor.stop([*reversed(self._services), *self._stores], self._interrupts.kill_requested)
        self._file.remove()

    def _service(self, name: str, module: str, *words: str) -> Service:
        # -P: without it, a redis.py in the folder we are called from would stand in for the real one.
        argv = (sys.executable, "-P", "-m", module, *words)
        return Service(name, argv, self._service_environment())

    def _service_environment(self) -> Mapping[str, str]:
        own = {
            "DATABASE_URL": self._database_url,
            "REDIS_URL": self._redis_url,
            "API_URL": self._options.api_url,
            "GOQUEUE_API_BIND": self._options.api_bind,
            "GOQUEUE_DASHBOARD_BIND": self._options.dashboard_bind,
            "PYTHONUNBUFFERED": "1",
        }
        inherited = dict(self._settings.environment)
        inherited.setdefault("GOQUEUE_LOG_FORMAT", "console")  # a person reads along, though through a pipe
        inherited.setdefault("GOQUEUE_MEDIA_ROOT", str(self._data_dir.subfolder("media")))
        if bootstrap := inherited.get("GOQUEUE_BOOTSTRAP_KEY"):
            inherited.setdefault("GOQUEUE_API_KEY", bootstrap)  # the scheduler calls the API, which asks for a key then
        if self._options.schedules is not None:
            inherited["GOQUEUE_SCHEDULES"] = str(self._options.schedules.absolute())
        for name in ("DATABASE_URL_FILE", "REDIS_URL_FILE"):
            inherited.pop(name, None)  # read already; it would win over the value
        return {**inherited, **own}

    def _write_file(self) -> None:
        running: list[StoreServer | ServiceProcess] = [*self._stores, *self._services]
        self._file.write(
            database_url=self._database_url,
            redis_url=self._redis_url,
            api_url=self._options.api_url,
            pids={unit.name: unit.pid for unit in running if unit.pid is not None},
        )

    def _say(self, text: str) -> None:
        self._output.line("goqueue", text)


def require_services(find: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Raise CommandError when what the services stand on is not installed."""
    stores = ("sqlalchemy", "psycopg2", "redis")
    needed: Sequence[str] = ("flask_smorest", "gunicorn", *stores, "setproctitle", "cronsim", "schedule", "yaml")
    missing = [name for name in needed if find(name) is None]
    if missing:
        raise CommandError(f"{', '.join(missing)} not installed: pip install 'goqueue[api,worker,scheduler,embedded]'")
