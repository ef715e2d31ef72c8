"""What weakens a promise is said in a sentence."""

from __future__ import annotations

import pytest
from redis import Redis
from sqlalchemy import make_url

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect
from goqueue_common.server_store import ServerStore


def test_fit_stores_get_no_complaint(database: Database, broker: RedisBroker) -> None:
    assert ServerStore(database).complaints() == []
    assert broker.complaints() == []


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("synchronous_commit", "off", "synchronous_commit is off"),
        ("default_transaction_read_only", "on", "PostgreSQL is read-only"),
    ],
    ids=["may-forget-a-commit", "takes-no-jobs"],
)
def test_an_unfit_postgresql_is_complained_of(database: Database, database_url: str, setting, value, words) -> None:
    name = make_url(database_url).database
    database.run(f"ALTER DATABASE {name} SET {setting} = {value}")
    unfit = connect(database_url, pool_size=1, statement_timeout_seconds=5.0, application_name="t")
    try:
        (complaint,) = ServerStore(unfit).complaints()
    finally:
        database.run(f"ALTER DATABASE {name} RESET {setting}")
        unfit.close()
    assert complaint.startswith(words)
    assert "; " in complaint


def test_connections_are_counted_by_a_user_who_may_not_see_the_others(database: Database, database_url: str) -> None:
    database.run("DROP ROLE IF EXISTS humble")
    database.run("CREATE ROLE humble LOGIN PASSWORD 'humble'")
    url = make_url(database_url).set(username="humble", password="humble")
    humble = connect(
        url.render_as_string(hide_password=False), pool_size=1, statement_timeout_seconds=5.0, application_name="t"
    )
    try:
        assert ServerStore(humble).facts().connections >= 2
    finally:
        humble.close()
        database.run("DROP ROLE humble")


def test_a_redis_that_may_evict_queues_is_complained_of(broker: RedisBroker, redis_client: Redis) -> None:
    redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        (complaint,) = broker.complaints()
    finally:
        redis_client.config_set("maxmemory-policy", "noeviction")
    assert "set it to noeviction" in complaint
