"""Rule 25: a pooler that gives each transaction another session breaks nothing, and no commit is forgotten.

A real PgBouncer is not here: what it would break is looked for instead.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect, engine_options
from goqueue_common.server_store import ServerStore
from goqueue_worker.store_check import StoreCheck
from tests.integration.protocol.whole_life import whole_life


def test_rule_25_a_job_lives_its_whole_life_though_each_statement_has_another_connection(database_url: str) -> None:
    options = {name: value for name, value in _options().items() if not name.startswith("pool_") and name != "max_overflow"}
    whole_life(Database(create_engine(database_url, poolclass=NullPool, **options)), after_each=lambda: None)


SESSION_STATE = """
SELECT 'lock' FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'
UNION ALL SELECT 'listens to ' || pg_listening_channels()
UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements
UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable
UNION ALL SELECT 'temporary tables' WHERE pg_my_temp_schema() <> 0
UNION ALL SELECT 'has set ' || name FROM pg_settings WHERE source = 'session'
"""


def test_rule_25_no_statement_leaves_anything_in_its_session_that_a_pooler_would_hand_to_others(database_url: str) -> None:
    database = connect(database_url, pool_size=1, statement_timeout_seconds=10.0, application_name="tests")
    left: list[tuple[Any, ...]] = []
    whole_life(database, after_each=lambda: left.extend(database.run(SESSION_STATE)))
    database.close()
    assert left == []


def _options() -> dict[str, Any]:
    return engine_options(pool_size=1, statement_timeout_seconds=10.0, application_name="tests")


def test_rule_25_a_worker_that_starts_complains_of_a_postgresql_that_may_forget_a_commit(
    database: Database, database_url: str, broker: RedisBroker
) -> None:
    name = make_url(database_url).database
    database.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    forgetful = connect(database_url, pool_size=1, statement_timeout_seconds=5.0, application_name="tests")
    try:
        with structlog.testing.capture_logs() as logged:
            StoreCheck(ServerStore(forgetful), broker).step()
    finally:
        database.run(f"ALTER DATABASE {name} RESET synchronous_commit")
        forgetful.close()
    (line,) = logged
    assert (line["event"], line["store"]) == ("store_unfit", "postgres")
    assert "synchronous_commit is off" in line["reason"]
