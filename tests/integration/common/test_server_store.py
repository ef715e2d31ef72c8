"""What weakens a promise is said in a sentence."""

from __future__ import annotations

from redis import Redis
from sqlalchemy import make_url

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, connect
from goqueue_common.server_store import ServerStore


def test_fit_stores_get_no_complaint(database: Database, broker: RedisBroker) -> None:
    assert ServerStore(database).complaints() == []
    assert broker.complaints() == []


def test_a_postgresql_that_may_forget_a_commit_is_complained_of(database: Database, database_url: str) -> None:
    name = make_url(database_url).database
    database.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    forgetful = connect(database_url, pool_size=1, statement_timeout_seconds=5.0, application_name="t")
    try:
        (complaint,) = ServerStore(forgetful).complaints()
    finally:
        database.run(f"ALTER DATABASE {name} RESET synchronous_commit")
        forgetful.close()
    assert "synchronous_commit is off" in complaint


def test_a_redis_that_may_evict_queues_is_complained_of(broker: RedisBroker, redis_client: Redis) -> None:
    redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        (complaint,) = broker.complaints()
    finally:
        redis_client.config_set("maxmemory-policy", "noeviction")
    assert "set it to noeviction" in complaint
