"""What `goqueue doctor` asks of the stores."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
from structlog.testing import capture_logs

from goqueue_common import migrations, store_report
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_common.job import JobRef, Priority
from goqueue_common.job_store import JobStore
from goqueue_common.server_store import ServerStore
from tests.factories import LONG_SECONDS, register_worker, submit


@pytest.fixture
def report(monkeypatch, capsys, database_url, redis_url, prefix):
    """Run the module with these variables on top of a right environment; the exit code and both outputs."""

    def run(**environment: str) -> tuple[int, str, str]:
        usual = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GOQUEUE_PREFIX": prefix}
        for name, value in {**usual, **environment}.items():
            monkeypatch.setenv(name, value)
        with capture_logs():  # as a process of its own it has none
            return store_report.write_report(), *capsys.readouterr()

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
    patient = register_worker(database, lease_seconds=60.0)
    register_worker(database, lease_seconds=30.0)
    database.run("UPDATE workers SET beat_at = now() - interval '31 seconds'")
    assert [worker["id"] for worker in json.loads(report()[1])["workers"]] == [patient]


def test_empty_database_has_no_schema_and_says_nothing_of_workers(report, empty_database_url: str) -> None:
    said = json.loads(report(DATABASE_URL=empty_database_url)[1])
    assert (said["postgres"]["schema"], said["postgres"]["schema_is_current"]) == (None, False)
    assert said["postgres"]["jobs_estimated"] is None
    assert said["workers"] is said["queues"] is said["redis"]["waiting"] is None


def test_due_jobs_of_a_queue_that_no_live_worker_serves_are_told_apart(report, database: Database) -> None:
    register_worker(database, queues=["mail"])
    for queue, options in {"mail": {}, "images": {}, "later": {"delay_seconds": LONG_SECONDS}}.items():
        submit(JobStore(database), queue=queue, **options)
    assert json.loads(report()[1])["queues"] == [
        {"name": "images", "due": 1, "is_served": False},
        {"name": "mail", "due": 1, "is_served": True},
    ]


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


def test_store_that_takes_connections_and_stays_silent_holds_nothing_up(report) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        began = monotonic()
        said = json.loads(report(DATABASE_URL=f"postgresql://{address}/x", REDIS_URL=f"redis://{address}")[1])
    assert monotonic() - began < 6.0
    assert said["postgres"]["error"]
    assert said["redis"]["error"]


@pytest.mark.parametrize(
    ("variable", "url", "store", "reason"),
    [
        ("DATABASE_URL", "postgresql://127.0.0.1:1/x?colour=red", "postgres", 'invalid connection option "colour"'),
        ("REDIS_URL", "redis://127.0.0.1:1/0?colour=red", "redis", "unexpected keyword argument 'colour'"),
        ("REDIS_URL", "redis://127.0.0.1:1/0?socket_timeout=red", "redis", "Invalid value for 'socket_timeout'"),
    ],
    ids=["postgres", "redis-name", "redis-value"],
)
def test_option_of_an_address_that_no_driver_knows_is_told(report, variable, url, store, reason) -> None:
    code, out, _ = report(**{variable: url})
    assert code == 0
    assert reason in json.loads(out)[store]["error"]


def test_report_is_the_one_line_that_the_process_writes(database_url: str, redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "redis.py").write_text("raise SystemExit('the wrong redis')")
    stores = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    argv = [sys.executable, "-P", "-m", "goqueue_common", "goqueue_common.store_report"]
    done = subprocess.run(argv, env=os.environ | stores, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["redis"]["error"] is None


def test_setting_that_makes_no_sense_is_one_line(report) -> None:
    code, out, err = report(REDIS_URL="ftp://x")
    assert (code, out) == (2, "")
    assert err.startswith("error: REDIS_URL=")
    assert err.count("\n") == 1
