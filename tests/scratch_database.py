"""Databases for tests that cannot share one: made, handed out, dropped."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

_numbers = itertools.count()


@contextmanager
def scratch_database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """The URL of a new database on the server; the `template` fixture gives it our schema."""
    name = f"scratch_{next(_numbers)}"
    _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
