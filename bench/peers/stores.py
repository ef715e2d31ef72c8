"""The PostgreSQL and the Valkey that all peers use, one after the other, each time empty."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg2
import redis

from goqueue_cli.local import LocalStores

_DATABASE = "bench"


class Stores:
    """PostgreSQL with its default durability, and Valkey that keeps an append-only file; for the length of a `with`."""

    def __init__(self, folder: Path) -> None:
        self._running = LocalStores(folder)

    def __enter__(self) -> Self:
        self._running.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._running.__exit__(kind, error, traceback)

    @property
    def variables(self) -> dict[str, str]:
        """Of the environment of whoever uses them."""
        return {"DATABASE_URL": self._url(_DATABASE), "REDIS_URL": self._running.redis_url}

    def pids(self, names: Sequence[str]) -> list[int]:
        """Of the servers of these names: "postgres", "redis"."""
        servers = {"postgres": self._running.postgres, "redis": self._running.valkey}
        return [pid for name in names if (pid := servers[name].pid)]

    def clear(self) -> None:
        """Both are empty, and PostgreSQL has no checkpoint before it."""
        redis.Redis.from_url(self._running.redis_url).flushall()
        self._run(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)", f"CREATE DATABASE {_DATABASE}", "CHECKPOINT")

    def ask(self, statement: str) -> tuple[Any, ...]:
        """The first row of the answer of the peer's database."""
        connection = psycopg2.connect(self._url(_DATABASE))
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone() or ()
        finally:
            connection.close()

    def _run(self, *statements: str) -> None:
        connection = psycopg2.connect(self._url("postgres"))
        try:
            connection.autocommit = True  # nobody drops a database in a transaction
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    def _url(self, database: str) -> str:
        return f"{self._running.database_url.rpartition('/')[0]}/{database}"
