"""`python -m goqueue_common.migrations upgrade | current | wait`; reads DATABASE_URL."""

from __future__ import annotations

import argparse
import sys
import time

from sqlalchemy.exc import SQLAlchemyError

from goqueue_common import migrations, structured_logs
from goqueue_common.database import Database, connect
from goqueue_common.errors import GoQueueError, SettingsError, StoreUnavailable
from goqueue_common.settings import environment
from goqueue_common.store_settings import StoreSettings


def main(argv: list[str] | None = None) -> int:
    """0 done, 1 the database is away or behind, 2 a setting or argument makes no sense."""
    parser = argparse.ArgumentParser(
        prog="goqueue db",
        description="Bring the database up to date, show where it is, or wait for it; reads DATABASE_URL.",
    )
    parser.add_argument("command", choices=("upgrade", "current", "wait"))
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds to wait for PostgreSQL (default 60)")
    arguments = parser.parse_args(argv)
    try:
        url = StoreSettings.read(environment()).database_url
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command line speaks by print
        return 2
    database = connect(url, pool_size=1, statement_timeout_seconds=10.0, application_name="goqueue-migrations")
    try:
        return _COMMANDS[arguments.command](database, url, time.monotonic() + arguments.timeout)
    except (GoQueueError, SQLAlchemyError) as error:
        print(f"error: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201
        return 1
    finally:
        database.close()


def _upgrade(database: Database, url: str, deadline: float) -> int:
    _wait_until_reachable(database, deadline)
    before = migrations.current(database)
    migrations.upgrade(url)
    after = migrations.current(database)
    if migrations.is_ahead(after):
        print(f"schema at {after}, of a later release than this one, which ends at {migrations.head()}: nothing done")  # noqa: T201
        return 0
    print(f"schema at {after}" + ("" if after == before else f" (was {before or 'empty'})"))  # noqa: T201
    return 0


def _current(database: Database, _url: str, _deadline: float) -> int:
    revision = migrations.current(database)
    print(f"schema at {revision or 'nothing'}, head is {migrations.head()}")  # noqa: T201
    return 0 if migrations.is_current(database) else 1


def _wait(database: Database, _url: str, deadline: float) -> int:
    while True:
        try:
            if migrations.is_current(database):
                return 0
            reason = f"the schema is not at {migrations.head()} yet: run `upgrade`"
        except StoreUnavailable as error:
            reason = str(error)
        if time.monotonic() > deadline:
            print(f"error: gave up waiting: {reason}", file=sys.stderr)  # noqa: T201
            return 1
        time.sleep(0.2)


def _wait_until_reachable(database: Database, deadline: float) -> None:
    while True:
        try:
            database.run("SELECT 1")
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


_COMMANDS = {"upgrade": _upgrade, "current": _current, "wait": _wait}

if __name__ == "__main__":
    structured_logs.disable()
    sys.exit(main())
