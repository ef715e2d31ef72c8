"""The API as users run it, on real stores and with keys: what its description promises is tried on this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from goqueue_api.access.token import new_token
from goqueue_cli.local import LocalStores
from goqueue_common.api_key_store import ApiKeyStore
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, connect
from tests.processes import Processes, eventually, free_port, is_ready
from tests.scratch_database import scratch_database

THREADS = 4


class Service(NamedTuple):
    """A running API. admin: a key that may do everything."""

    processes: Processes
    database: Database
    url: str
    admin: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.admin}"}


def make_key(database: Database, *scopes: str, name: str = "", lifetime_seconds: float | None = None) -> str:
    made = new_token()
    ApiKeyStore(database).create(
        made.id,
        made.secret_hash,
        name=name or "-".join(scopes),
        scopes=scopes,
        lifetime_seconds=lifetime_seconds,
        actor=Actor("tests"),
    )
    return made.token


@pytest.fixture(scope="module")
def service(
    stores: LocalStores, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One process of THREADS threads for the tests of a module: what hangs in it is seen by all."""
    folder = tmp_path_factory.mktemp("contract")
    with scratch_database(server_url, template=template) as database_url:
        database = connect(database_url, pool_size=4, statement_timeout_seconds=10.0, application_name="goqueue-tests")
        processes = Processes(database_url, stores.redis_url, folder.name, folder)
        processes.environment |= {
            "GOQUEUE_API_PROCESSES": "1",
            "GOQUEUE_API_THREADS": str(THREADS),
            "GOQUEUE_LOG_LEVEL": "error",
        }
        admin = make_key(database, "admin")
        try:
            processes.start_api()
            yield Service(processes, database, processes.api_url, admin)
        finally:
            processes.close()
            database.close()


@pytest.fixture(scope="module")
def working(service: Service) -> Service:
    """The same with a worker of the built-in types."""
    address = f"127.0.0.1:{free_port()}"
    words = ("--handlers", "goqueue_builtin", "--processes", "1", "--concurrency", "4", "--bind", address)
    service.processes.start("goqueue_worker", *words)
    eventually(lambda: is_ready(f"http://{address}"), "worker ready")
    return service
