"""`python -m goqueue_common.store_report --json`: what both stores say of themselves, as one JSON object.

For `goqueue doctor`, which may not import this package. It writes to no store, and no password leaves it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import orjson
from sqlalchemy.exc import SQLAlchemyError

from goqueue_common import database, migrations
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import Database
from goqueue_common.errors import BrokerUnavailable, SettingsError, StoreUnavailable
from goqueue_common.queue_store import QueueStore
from goqueue_common.server_store import ServerStore
from goqueue_common.settings import StoreSettings, environment, mask_url, read_lease
from goqueue_common.version import version
from goqueue_common.worker_store import WorkerStore

_STATEMENT_SECONDS: Final = 5.0


def main(argv: list[str] | None = None) -> int:
    """0 a report was written, be the stores away or not; 2 a setting or argument makes no sense."""
    parser = argparse.ArgumentParser(prog="goqueue_common.store_report", description=__doc__)
    parser.add_argument("--json", action="store_true", required=True, help="the one form there is")
    parser.parse_args(argv)
    try:
        settings, lease = StoreSettings.read(environment()), read_lease(environment())
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command line speaks by print
        return 2
    print(orjson.dumps(report(settings, lease)).decode())  # noqa: T201
    return 0


def report(settings: StoreSettings, lease_seconds: float) -> dict[str, Any]:
    """Both stores, each with its address and either an `error` or its facts; `workers` None: PostgreSQL cannot say."""
    opened = database.connect(
        settings.database_url,
        pool_size=1,
        statement_timeout_seconds=_STATEMENT_SECONDS,
        application_name="goqueue-doctor",
    )
    broker = RedisBroker(settings.redis_url, Keys(settings.prefix))
    try:
        postgres, queues, workers = _postgres(opened, lease_seconds)
        redis = _redis(broker, queues)
    finally:
        opened.close()
        broker.close()
    return {
        "version": version(),
        "postgres": {"address": mask_url(settings.database_url.replace("+psycopg2", "", 1)), **postgres},
        "redis": {"address": mask_url(settings.redis_url), **redis},
        "workers": workers,
    }


def _postgres(opened: Database, lease_seconds: float) -> tuple[dict[str, Any], Sequence[str], list[dict[str, Any]] | None]:
    """The server, the names of the queues, the live workers."""
    try:
        store = ServerStore(opened)
        facts = {
            "error": None,
            **asdict(store.facts()),
            "complaints": store.complaints(),
            "schema": migrations.current(opened),
            "schema_head": migrations.head(),
            "schema_is_current": migrations.is_current(opened),
        }
        if not facts["schema_is_current"]:
            return facts, [], None
        return facts, QueueStore(opened).names(), [asdict(worker) for worker in WorkerStore(opened).live(lease_seconds)]
    except (StoreUnavailable, SQLAlchemyError) as error:  # the latter: a user who may not read our tables, say
        return {"error": str(error).splitlines()[0]}, [], None


def _redis(broker: RedisBroker, queues: Sequence[str]) -> dict[str, Any]:
    try:
        facts = broker.facts()
        return {"error": None, **asdict(facts), "complaints": facts.complaints(), "waiting": broker.waiting(queues)}
    except BrokerUnavailable as error:
        return {"error": str(error)}


if __name__ == "__main__":
    sys.exit(main())
