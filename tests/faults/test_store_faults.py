"""A store dies, stands still or refuses for a while; how Redis is done without is in test_without_redis."""

from __future__ import annotations

import time

from tests.faults.conftest import Inject
from tests.faults.rig import Rig

TERMINATE_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND application_name <> 'observer'
"""


def test_postgres_is_stopped_at_once_and_started_again(rig: Rig, inject: Inject) -> None:
    with inject("PostgreSQL immediate stop + restart", recovery=rig.form.store_recovery):
        rig.stop_postgres_at_once()
        rig.stores.postgres.start()


def test_postgres_is_away_for_longer_than_the_lease(rig: Rig, inject: Inject) -> None:
    with inject(f"PostgreSQL away {rig.form.postgres_away:g} s", recovery=rig.form.store_recovery):
        rig.stop_postgres_at_once()
        time.sleep(rig.form.postgres_away)
        rig.stores.postgres.start()


def test_every_connection_to_postgres_is_terminated(rig: Rig, inject: Inject) -> None:
    with inject("PostgreSQL ends every connection", recovery=rig.form.store_recovery):
        rig.observer.execute(TERMINATE_ALL)


def test_postgres_stands_still(rig: Rig, inject: Inject) -> None:
    with inject(f"PostgreSQL stalled {rig.form.stalled:g} s", recovery=rig.form.store_recovery):
        rig.pause_postgres()
        time.sleep(rig.form.stalled)
        rig.resume_stores()


def test_postgres_is_read_only_for_longer_than_the_lease(rig: Rig, inject: Inject) -> None:
    with inject("PostgreSQL read-only", recovery=rig.form.store_recovery):
        set_read_only(rig, "on")
        time.sleep(rig.form.longer_than_lease)
        set_read_only(rig, "off")


def test_redis_is_flushed(rig: Rig, inject: Inject) -> None:
    with inject("Redis FLUSHALL", recovery=rig.form.store_recovery, keeps_records=False):
        rig.observer.redis.flushall()


def test_redis_is_killed_and_started_again(rig: Rig, inject: Inject) -> None:
    with inject("Redis killed -9 + restart", recovery=rig.form.store_recovery, keeps_records=False, is_without_redis=True):
        rig.stores.valkey.kill()
        rig.stores.valkey.start()


def set_read_only(rig: Rig, value: str) -> None:
    rig.observer.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
    rig.observer.execute("SELECT pg_reload_conf()")
