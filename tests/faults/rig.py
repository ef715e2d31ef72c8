"""The system under test: stores of its own, four links that can fail, one API, two workers; all real processes."""

from __future__ import annotations

import os
import re
import signal
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from goqueue_cli.local import LocalStores
from goqueue_cli.local.ports import find_free_port
from goqueue_cli.local.readiness import api_is_ready
from goqueue_common import migrations
from goqueue_common.store_settings import normalise_database_url
from tests.faults.effect_log import EffectLog, in_flight
from tests.faults.fault_proxy import FaultProxy
from tests.faults.forms import Form
from tests.faults.observer import Observer
from tests.faults.service import Service, children_of
from tests.processes import eventually

WORKERS: Final = 2
SLOTS: Final = 4
_HANDLERS: Final = Path(__file__).parent / "handlers"
WRONG_CLOCK: Final = Path(__file__).parent / "wrong_clock"


@dataclass(frozen=True, slots=True)
class Links:
    """The four ways from a service to a store."""

    api_postgres: FaultProxy
    api_redis: FaultProxy
    worker_postgres: FaultProxy
    worker_redis: FaultProxy

    def all(self) -> tuple[FaultProxy, ...]:
        """Each of them."""
        return self.api_postgres, self.api_redis, self.worker_postgres, self.worker_redis


class Rig:
    """For the length of a `with`. A fault leaves `is_sound` false until all is well again; else it is made anew."""

    def __init__(self, folder: Path, form: Form) -> None:
        self.form = form
        self.folder = folder
        self.stores = LocalStores(folder / "stores")
        self.effects = EffectLog(folder / "effects")
        self.api_port = find_free_port()
        self.workers: list[Service] = []
        self.is_sound = False
        self.links: Links
        self.observer: Observer
        self.api: Service
        self._started = 0
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.stores)
            migrations.upgrade(normalise_database_url(self.stores.database_url))
            self.observer = Observer(self.stores)
            starting.callback(self.observer.close)
            self.links = Links(*(self._link(starting, port) for port in self._store_ports() * 2))
            starting.callback(self._kill_services)
            self._start_services()
            self._exit = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.resume_stores()
        self._exit.close()

    def make_ready(self) -> None:
        """One API, two workers, no unfinished job; what the last fault left broken is made anew."""
        if self.is_sound and self.api.is_running() and len(self.live_workers()) == WORKERS:
            return
        self.make_empty()
        self._start_services()

    def make_empty(self) -> None:
        """No process of ours, and healthy stores with nothing in them."""
        self.is_sound = False
        self._kill_services()
        self.resume_stores()
        for server in (self.stores.postgres, self.stores.valkey):
            if not server.is_running():
                server.start()
        for link in self.links.all():
            link.heal()
            link.reset_all()
        self.observer.wipe()

    def start_api(self) -> None:
        """On the port that it always has; returns when it is ready."""
        environment = self._environment(self.links.api_postgres, self.links.api_redis)
        environment["GOQUEUE_API_BIND"] = f"127.0.0.1:{self.api_port}"
        self.api = Service(["goqueue_api"], environment=environment, log=self._log("api"))
        eventually(lambda: api_is_ready(self.api_port), "API ready")

    def start_worker(self, **environment: str) -> Service:
        """Another worker; returns when it is registered."""
        words = ["goqueue_worker", "--handlers", "fault_jobs", "--app-dir", str(_HANDLERS)]
        words += ["--processes", "1", "--concurrency", str(SLOTS)]
        known = self._environment(self.links.worker_postgres, self.links.worker_redis)
        worker = Service(words, environment=known | environment, log=self._log("worker"))
        self.workers.append(worker)
        self.wait_until_registered(worker)
        return worker

    def live_workers(self) -> list[Service]:
        """Those whose process runs; the others are forgotten."""
        self.workers = [worker for worker in self.workers if worker.is_running()]
        return self.workers

    def wait_until_registered(self, worker: Service) -> None:
        """Until a child of this worker is registered as alive."""
        eventually(lambda: any(map(worker.owns, self.observer.live_worker_pids())), "worker registered")

    def wait_until_in_flight(self, worker: Service, jobs: int = 2) -> None:
        """Until this worker is in the middle of so many jobs."""

        def is_busy() -> bool:
            return sum(worker.owns(effect.pid) for effect in in_flight(self.effects.read())) >= jobs

        eventually(is_busy, f"{jobs} jobs in flight in one worker")

    def stop_postgres_at_once(self) -> None:
        """PostgreSQL's immediate shutdown: no checkpoint, all sessions cut."""
        server = self.stores.postgres
        _signal(_pid(server.pid), signal.SIGQUIT)
        eventually(lambda: not server.is_running(), "PostgreSQL ended")

    def pause_postgres(self) -> None:
        """All its processes stand still, their connections stay open."""
        postmaster = _pid(self.stores.postgres.pid)
        _signal(postmaster, signal.SIGSTOP)  # first, or it would start others
        for child in children_of(postmaster):
            _signal(child, signal.SIGSTOP)

    def pause_redis(self) -> None:
        """It stands still, its connections stay open."""
        _signal(_pid(self.stores.valkey.pid), signal.SIGSTOP)

    def resume_stores(self) -> None:
        """Let both go on; harmless for one that does."""
        for server in (self.stores.postgres, self.stores.valkey):
            if server.is_running():
                for pid in (*children_of(_pid(server.pid)), _pid(server.pid)):
                    _signal(pid, signal.SIGCONT)

    def _start_services(self) -> None:
        self.start_api()
        for _ in range(WORKERS):
            self.start_worker()
        self.is_sound = True

    def _kill_services(self) -> None:
        for service in (*self.workers, *([self.api] if hasattr(self, "api") else [])):
            service.kill()
        self.workers = []

    def _store_ports(self) -> tuple[int, int]:
        return self.stores.postgres.port or 0, self.stores.valkey.port or 0

    def _link(self, starting: ExitStack, port: int) -> FaultProxy:
        proxy = FaultProxy(port).start()
        starting.callback(proxy.stop)
        return proxy

    def _environment(self, postgres: FaultProxy, redis: FaultProxy) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": through(postgres, self.stores.database_url),
            "REDIS_URL": through(redis, self.stores.redis_url),
            "GOQUEUE_API_PROCESSES": "1",
            "GOQUEUE_LEASE": str(self.form.lease),
            "GOQUEUE_HEARTBEAT": str(self.form.heartbeat),
            "FAULT_EFFECTS": str(self.effects.path),
        }

    def _log(self, name: str) -> Path:
        self._started += 1
        return self.folder / f"{self._started:03}-{name}.log"


def direct_environment(rig: Rig) -> dict[str, str]:
    """For a service that is to reach the stores without a proxy between."""
    return {"DATABASE_URL": rig.stores.database_url, "REDIS_URL": rig.stores.redis_url}


def through(proxy: FaultProxy, url: str) -> str:
    """The same address, reached by a link that can fail."""
    return re.sub(r":\d+/", f":{proxy.port}/", url)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # a backend that has just ended
        os.kill(pid, number)


def _pid(pid: int | None) -> int:
    assert pid is not None, "the server was never started"
    return pid
