"""Both stores together, for the local stack and for tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

from goqueue_cli.local.data_dir import DataDir
from goqueue_cli.local.postgres_server import PostgresServer
from goqueue_cli.local.valkey_server import ValkeyServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from goqueue_cli.local.store_server import StoreServer


class LocalStores:
    """A PostgreSQL and a Valkey of one's own, in one folder, for the length of a `with`.

    path: the folder; made if need be, and its data are found again next time.
    postgres_options: server settings that win over ours, such as {"fsync": "off"} in tests.
    The attributes `postgres` and `valkey` can be stopped, killed and started again, on the same port.
    Raises CommandError with one clear line when the stores cannot be had.
    """

    def __init__(self, path: Path | str, *, postgres_options: Mapping[str, str] | None = None) -> None:
        self._data_dir = DataDir(Path(path))
        self._postgres_options = postgres_options
        self.postgres: PostgresServer
        self.valkey: ValkeyServer

    @property
    def database_url(self) -> str:
        """The address of the database `goqueue`, with user and password."""
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        """The address of database 0, with the password."""
        return self.valkey.url

    def __enter__(self) -> Self:
        self._data_dir.acquire()
        try:
            self.postgres = postgres_in(self._data_dir, self._postgres_options)
            self.valkey = valkey_in(self._data_dir)
            start_together([self.postgres, self.valkey])
        except BaseException:
            self._data_dir.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            stop_together([self.postgres, self.valkey])
        finally:
            self._data_dir.release()


def postgres_in(data_dir: DataDir, options: Mapping[str, str] | None = None) -> PostgresServer:
    """The PostgreSQL server of a data directory, not started."""
    return PostgresServer(data_dir.subfolder("postgres"), data_dir.subfolder("logs") / "postgres.log", options)


def valkey_in(data_dir: DataDir) -> ValkeyServer:
    """The Valkey server of a data directory, not started."""
    return ValkeyServer(data_dir.subfolder("valkey"), data_dir.subfolder("logs") / "valkey.log")


def start_together(servers: Sequence[StoreServer], given_up: Callable[[], bool] = lambda: False) -> None:
    """Start several servers at the same time; when one fails, none is left and its error is raised."""
    try:
        with ThreadPoolExecutor(max_workers=max(1, len(servers))) as pool:
            for started in [pool.submit(server.start, given_up) for server in servers]:
                started.result()
    except BaseException:
        stop_together(servers)
        raise


def stop_together(servers: Sequence[StoreServer], given_up: Callable[[], bool] = lambda: False) -> None:
    """Stop several servers at the same time."""
    with ThreadPoolExecutor(max_workers=max(1, len(servers))) as pool:
        for stopped in [pool.submit(server.stop, given_up) for server in servers]:
            stopped.result()
