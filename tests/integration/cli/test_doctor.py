"""`goqueue doctor` as a process: on a system in order, and on one where something is missing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from goqueue import Client
from goqueue_cli.local import LocalStores
from goqueue_cli.local.stack_file import StackFile
from tests.integration.cli.conftest import Command, beside
from tests.processes import Processes, free_port
from tests.scratch_database import scratch_database

UNNAMED = {"DATABASE_URL": "", "REDIS_URL": "", "API_URL": ""}


def lines(answer: subprocess.CompletedProcess[str], mark: str) -> list[str]:
    """What has this mark, each with the name of the check first."""
    return [line.removeprefix(mark).strip() for line in answer.stdout.splitlines() if line.startswith(mark)]


@pytest.fixture
def idle(stores: LocalStores, server_url: str, template: str, prefix: str, tmp_path: Path) -> Iterator[Processes]:
    """An API without a worker, and a folder in which it looks like a `goqueue up`."""
    with scratch_database(server_url, template=template) as database_url:
        started = Processes(database_url, stores.redis_url, prefix, tmp_path)
        started.environment["GOQUEUE_API_PROCESSES"] = "1"
        started.start_api().close()
        (tmp_path / ".goqueue").mkdir()
        api = started._processes[0]
        StackFile(tmp_path / ".goqueue" / "stack.json").write(
            database_url=started.environment["DATABASE_URL"],
            redis_url=stores.redis_url,
            api_url=started.api_url,
            pids={"api": api.pid},
        )
        yield started
        started.close()


def test_system_in_order_is_exit_code_zero(goqueue: Command) -> None:
    answer = goqueue("doctor")
    assert answer.returncode == 0, answer.stdout
    assert [line.split()[0] for line in lines(answer, "ok")] == [
        "GoQueue",
        "PostgreSQL",
        "schema",
        "Redis",
        "API",
        "workers",
        "queues",
    ]
    assert "fix:" not in answer.stdout
    assert "\x1b" not in answer.stdout


def test_nothing_printed_holds_a_password(goqueue: Command, stores: LocalStores) -> None:
    password = stores.redis_url.split(":")[2].partition("@")[0]
    assert password
    for words in (["doctor"], ["doctor", "--json"]):
        assert password not in goqueue(*words).stdout


def test_json_has_the_checks_and_what_the_stores_said(goqueue: Command) -> None:
    said = json.loads(goqueue("doctor", "--json").stdout)
    assert said["is_well"] is True
    assert {check["mark"] for check in said["checks"]} == {"ok"}
    assert said["stores"]["postgres"]["schema_is_current"] is True


def test_api_that_is_away_is_told_and_the_rest_looked_at(goqueue: Command) -> None:
    answer = goqueue("doctor", env={"API_URL": f"http://127.0.0.1:{free_port()}"})
    assert answer.returncode == 1
    [found] = lines(answer, "problem")
    assert found.startswith("API")
    assert "Connection refused" in found
    assert "goqueue up" in answer.stdout
    assert len(lines(answer, "ok")) == 6


def test_redis_that_is_away_is_told(goqueue: Command) -> None:
    answer = goqueue("doctor", "--json", env={"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert answer.returncode == 1
    [found] = [check for check in json.loads(answer.stdout)["checks"] if check["mark"] != "ok"]
    assert found["name"] == "Redis"
    assert "Connection refused" in found["finding"]
    assert "REDIS_URL" in found["fix"]


def test_postgresql_that_is_away_is_told(goqueue: Command) -> None:
    answer = goqueue("doctor", env={"DATABASE_URL": f"postgresql://127.0.0.1:{free_port()}/x"})
    assert answer.returncode == 1
    [found] = lines(answer, "problem")
    assert found.startswith("PostgreSQL")


def test_empty_database_is_told_with_the_command_that_mends_it(goqueue: Command, server_url: str) -> None:
    with scratch_database(server_url) as empty:
        url = {"DATABASE_URL": empty.replace("+psycopg2", "")}
        answer = goqueue("doctor", env=url)
        assert "the database has no tables yet" in answer.stdout
        assert "fix: goqueue db upgrade" in answer.stdout
        assert goqueue("db", "upgrade", env=url).returncode == 0
        assert "the database has no tables yet" not in goqueue("doctor", env=url).stdout


def test_setting_that_makes_no_sense_is_told(goqueue: Command) -> None:
    answer = goqueue("doctor", env={"DATABASE_URL": "mysql://joe:hush@h/x"})
    assert answer.returncode == 1
    assert "is no PostgreSQL URL" in answer.stdout
    assert "hush" not in answer.stdout


def test_without_a_worker_the_command_that_is_named_mends_it(idle: Processes) -> None:
    goqueue = beside(idle)
    with Client(idle.api_url) as client:
        job = client.submit("demo.noop", queue="mail")
        answer = goqueue("doctor", env=UNNAMED)
        assert answer.returncode == 1
        assert [line.split()[0] for line in lines(answer, "problem")] == ["workers", "queues"]
        assert "mail: 1 job is due, and no live worker serves it" in answer.stdout
        assert "fix: goqueue worker\n" in answer.stdout
        assert goqueue("worker", "--burst", env=UNNAMED).returncode == 0
        assert client.get(job.id).status == "completed"
