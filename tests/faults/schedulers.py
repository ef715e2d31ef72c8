"""Replicas of the scheduler under test: stores and an API of their own, and for each its links to Redis and the API."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import requests

from goqueue import Client
from goqueue_cli.local import LocalStores
from goqueue_cli.local.ports import find_free_port
from goqueue_cli.local.readiness import api_is_ready
from goqueue_common import migrations
from goqueue_common.store_settings import normalise_database_url
from tests.faults.fault_proxy import FaultProxy
from tests.faults.fires import Said
from tests.faults.forms import SchedulerForm
from tests.faults.observer import Observer
from tests.faults.rig import through
from tests.faults.service import Service
from tests.processes import eventually

REPLICAS: Final = 3
_ANSWER_SECONDS: Final = 1.0


class Replica:
    """One scheduler, started at once. `redis`, `api`: its ways to them, which can fail."""

    def __init__(self, name: str, redis: FaultProxy, api: FaultProxy, environment: dict[str, str], folder: Path) -> None:
        self.name = name
        self.redis = redis
        self.api = api
        self._url = f"http://127.0.0.1:{find_free_port()}"
        self.log = folder / f"{name}.log"
        address = {"GOQUEUE_SCHEDULER_BIND": self._url.removeprefix("http://")}
        self.service = Service(["goqueue_scheduler"], environment=environment | address, log=self.log)

    def role(self) -> str | None:
        """As it says itself; None: it is not ready, or does not answer."""
        with suppress(requests.RequestException, ValueError):
            answer = requests.get(f"{self._url}/readyz", timeout=_ANSWER_SECONDS)
            return str(answer.json()["role"]) if answer.ok else None
        return None

    def said(self) -> Iterator[Said]:
        """What it has logged."""
        for line in self.log.read_text().splitlines():
            with suppress(ValueError):
                document: dict[str, Any] = json.loads(line)
                at = datetime.fromisoformat(document["timestamp"]).timestamp()
                fired = document.get("outcomes", {}).get("fired", 0)
                yield Said(at, self.name, document["event"], document["level"], fired)


class SchedulerRig:
    """For the length of a `with`: nothing is shared with other rigs. `replicas` are those that should run now."""

    def __init__(self, folder: Path, form: SchedulerForm) -> None:
        self.form = form
        self.folder = folder
        self.stores = LocalStores(folder / "stores")
        self.replicas: list[Replica] = []
        self.ended: list[Replica] = []
        self.api_port = find_free_port()
        self.observer: Observer
        self.api: Service
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.stores)
            migrations.upgrade(normalise_database_url(self.stores.database_url))
            self.observer = Observer(self.stores)
            starting.callback(self.observer.close)
            self.start_api()
            starting.callback(self._kill_api)
            starting.callback(self._kill_replicas)
            for _ in range(REPLICAS):
                self.start_replica()
            self.wait_until_settled()
            self._exit = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def client(self) -> Client:
        """Of the API."""
        return Client(f"http://127.0.0.1:{self.api_port}")

    def start_api(self) -> None:
        """On the port that it always has; returns when it is ready."""
        environment = self._environment(self.stores.redis_url, self.api_port) | {
            "GOQUEUE_API_BIND": f"127.0.0.1:{self.api_port}"
        }
        self.api = Service(["goqueue_api"], environment=environment, log=self.folder / "api.log")
        eventually(lambda: api_is_ready(self.api_port), "API ready")

    def start_replica(self) -> None:
        """One more."""
        redis, api = FaultProxy(self.stores.valkey.port or 0).start(), FaultProxy(self.api_port).start()
        name = f"scheduler-{len(self.replicas) + len(self.ended) + 1}"
        environment = self._environment(through(redis, self.stores.redis_url), api.port)
        self.replicas.append(Replica(name, redis, api, environment, self.folder))

    def replace(self, replica: Replica) -> None:
        """This one has ended: another starts in its place."""
        assert not replica.service.is_running()
        self._forget(replica)
        self.start_replica()

    def leader(self) -> Replica:
        """The one that leads, once nobody else does."""
        self.wait_until_settled()
        return next(replica for replica in self.replicas if replica.role() == "leader")

    def wait_until_settled(self) -> None:
        """Until one leads and the others follow."""
        wanted = sorted(["leader", *["follower"] * (REPLICAS - 1)])
        eventually(lambda: sorted(self.roles()) == wanted, "one replica leads, the others follow", 2 * self.form.lease + 10)

    def roles(self) -> list[str]:
        """Of the replicas, as they say themselves; "" for those that do not answer."""
        return [replica.role() or "" for replica in self.replicas]

    def stop_replicas(self) -> list[int]:
        """Have all of them end in order; their exit codes."""
        codes = [replica.service.stop() for replica in self.replicas]
        for replica in list(self.replicas):
            self._forget(replica)
        return codes

    def said(self) -> list[Said]:
        """What all replicas have logged, those that have ended too, in order."""
        return sorted(said for replica in (*self.ended, *self.replicas) for said in replica.said())

    def _forget(self, replica: Replica) -> None:
        self.replicas.remove(replica)
        self.ended.append(replica)
        replica.redis.stop()
        replica.api.stop()

    def _kill_api(self) -> None:
        self.api.kill()

    def _kill_replicas(self) -> None:
        for replica in list(self.replicas):
            replica.service.kill()
            self._forget(replica)

    def _environment(self, redis_url: str, api_port: int) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.stores.database_url,
            "REDIS_URL": redis_url,
            "API_URL": f"http://127.0.0.1:{api_port}",
            "GOQUEUE_API_PROCESSES": "1",
            "GOQUEUE_SCHEDULER_LEASE": str(self.form.lease),
            "GOQUEUE_SCHEDULES": "",
            "GOQUEUE_LOG_FORMAT": "json",
        }
