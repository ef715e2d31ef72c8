"""Behind a PgBouncer in transaction mode a statement may find any session: none of ours may need the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from goqueue_common import migrations
from goqueue_common.database import Database, connect
from goqueue_common.errors import QueryTimeout, SettingsError
from goqueue_common.server_store import ServerStore
from tests.pgbouncer import PROGRAM, pgbouncer

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer here: nothing was tried behind a connection pooler")


@pytest.fixture
def pooled(tmp_path: Path, database_url: str) -> Callable[..., object]:
    """Opens the database through a PgBouncer of one session."""

    @contextmanager
    def opened(**options: str) -> Iterator[Database]:
        with pgbouncer(tmp_path, database_url, pool_size=1, **options) as url:
            database = connect(url, pool_size=2, statement_timeout_seconds=5.0, application_name="t")
            yield database
            database.close()

    return opened


def test_an_upgrade_through_a_pooler_is_refused_and_leaves_no_lock(
    tmp_path: Path, empty_database_url: str, database: Database
) -> None:
    with (
        pgbouncer(tmp_path, empty_database_url) as url,
        pytest.raises(SettingsError, match="connect to PostgreSQL itself"),
    ):
        migrations.upgrade(url)
    assert database.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_what_connect_query_sets_holds_for_our_statements(pooled: Callable[..., object]) -> None:
    with pooled(connect_query="SET statement_timeout = '200ms'; SET lock_timeout = '2s'; SET timezone = 'UTC'") as database:
        assert database.run("SELECT current_setting('timezone'), current_setting('lock_timeout')") == [("UTC", "2s")]
        with pytest.raises(QueryTimeout):
            database.run("SELECT pg_sleep(5)")
        assert ServerStore(database).complaints() == []


def test_time_outs_that_a_pooler_drops_are_complained_of(pooled: Callable[..., object]) -> None:
    with pooled(connect_query="SELECT 1") as database:
        (complaint,) = ServerStore(database).complaints()
    assert "connect_query" in complaint
