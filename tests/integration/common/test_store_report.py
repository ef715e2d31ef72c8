"""What `goqueue doctor` asks of the stores."""

from __future__ import annotations

import json

import pytest

from goqueue_common import migrations, store_report
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job import JobRef, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.server_store import ServerStore
from tests.factories import register_worker, submit


@pytest.fixture
def report(monkeypatch, capsys, database_url, redis_url, prefix):
    """Run the module with these variables on top of a right environment; the exit code and both outputs."""

    def run(*words: str, **environment: str) -> tuple[int, str, str]:
        usual = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GOQUEUE_PREFIX": prefix}
        for name, value in {**usual, **environment}.items():
            monkeypatch.setenv(name, value)
        return store_report.main(list(words or ["--json"])), *capsys.readouterr()

    return run


def test_both_stores_are_described(report, database: Database, broker: RedisBroker) -> None:
    register_worker(database)
    submit(JobStore(database), queue="mail")
    broker.enqueue_many([JobRef("1", "mail", Priority.HIGH), JobRef("2", "mail", Priority.LOW)])
    code, out, err = report()
    said = json.loads(out)
    assert (code, err) == (0, "")
    postgres, redis = said["postgres"], said["redis"]
    assert postgres["error"] is None
    assert postgres["database_bytes"] > 1_000_000
    assert 0 < postgres["connections"] <= postgres["max_connections"]
    assert (postgres["schema"], postgres["schema_is_current"]) == (migrations.head(), True)
    assert postgres["complaints"] == redis["complaints"] == []
    assert redis["error"] is None
    assert redis["product"] in ("Redis", "Valkey")
    assert redis["memory_bytes"] > 0
    assert redis["policy"] == "noeviction"
    assert redis["waiting"] == 2
    assert [worker["queues"] for worker in said["workers"]] == [None]


def test_rows_are_estimated_once_they_were_analysed(database: Database) -> None:
    submit(JobStore(database))
    database.run("ANALYZE jobs")
    assert ServerStore(database).facts().jobs_estimated == 1


def test_worker_without_a_fresh_heartbeat_is_not_live(report, database: Database) -> None:
    register_worker(database)
    database.run("UPDATE workers SET beat_at = now() - interval '31 seconds'")
    assert json.loads(report()[1])["workers"] == []
    assert len(json.loads(report(GOQUEUE_LEASE="60")[1])["workers"]) == 1


def test_empty_database_has_no_schema_and_says_nothing_of_workers(report, empty_database_url: str) -> None:
    said = json.loads(report(DATABASE_URL=empty_database_url)[1])
    assert (said["postgres"]["schema"], said["postgres"]["schema_is_current"]) == (None, False)
    assert said["postgres"]["jobs_estimated"] is None
    assert said["workers"] is None


def test_stores_that_are_away_are_a_report_too_and_no_password_is_in_it(report) -> None:
    code, out, err = report(
        DATABASE_URL="postgresql://joe:hush1@127.0.0.1:1/x?sslpassword=hush2", REDIS_URL="redis://:hush3@127.0.0.1:1/0"
    )
    said = json.loads(out)
    assert code == 0
    assert "Connection refused" in said["postgres"]["error"]
    assert "Connection refused" in said["redis"]["error"]
    assert said["postgres"]["address"] == "postgresql://joe:***@127.0.0.1:1/x?sslpassword=***"
    assert said["redis"]["address"] == "redis://:***@127.0.0.1:1/0"
    assert "hush" not in out + err


def test_setting_that_makes_no_sense_is_one_line(report) -> None:
    code, out, err = report(REDIS_URL="ftp://x")
    assert (code, out) == (2, "")
    assert err.startswith("error: REDIS_URL=")
    assert err.count("\n") == 1
