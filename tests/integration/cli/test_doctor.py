"""`goqueue doctor` as a process: on a system in order, and on one where something is missing."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL, make_url

from goqueue import Client
from goqueue_cli.local import LocalStores
from goqueue_cli.local.stack_file import StackFile
from tests.integration.cli.conftest import Command, beside, called
from tests.processes import Processes, free_port
from tests.scratch_database import scratch_database

UNNAMED = {"DATABASE_URL": "", "REDIS_URL": "", "API_URL": ""}


def lines(answer: subprocess.CompletedProcess[str], mark: str) -> list[str]:
    """What has this mark, each with what was looked at first."""
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


def test_system_in_order_is_exit_code_zero(goqueue_process: Command) -> None:
    answer = goqueue_process("doctor")
    assert answer.returncode == 0, answer.stdout
    assert [line.split()[0] for line in lines(answer, "✓")] == [
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


@pytest.mark.parametrize(
    ("plain", "has_colour"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["terminal", "terminal-without-colour"]
)
def test_colours_are_for_a_terminal_that_wants_them(service: Processes, plain: dict[str, str], has_colour: bool) -> None:
    inherited = {name: value for name, value in service.environment.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    assert ("\x1b" in on_a_terminal("doctor", env={**inherited, "TERM": "xterm-256color", **plain})) is has_colour


def on_a_terminal(*words: str, env: dict[str, str]) -> str:
    """What `goqueue` writes there."""
    ours, its = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "goqueue_cli.main", *words], env=env, stdout=its, stderr=its)
    os.close(its)
    written = bytearray()
    with open(ours, "rb", buffering=0) as terminal, contextlib.suppress(OSError):  # Linux: EIO is how it ends
        while piece := terminal.read(4096):
            written += piece
    assert process.wait(60) == 0
    return written.decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda url: url, id="right"),
        pytest.param(lambda url: url.set(port=1), id="away"),
        pytest.param(lambda url: url.set(username="nobody"), id="refused"),
        pytest.param(lambda url: url.update_query_dict({"colour": "red"}), id="option"),
        pytest.param(lambda url: url.set(host=f"{url.password}@{url.host}"), id="unescaped"),
    ],
)
def test_nothing_printed_holds_a_password(service: Processes, change: Callable[[URL], URL]) -> None:
    usual = make_url(service.environment["DATABASE_URL"])
    assert usual.password
    url = change(usual).render_as_string(hide_password=False)
    answer = called(service)("doctor", "--json", env={"DATABASE_URL": url})  # has all that the table has, and more
    assert "DATABASE_URL" in answer.stdout or "postgresql://" in answer.stdout
    redis_password = urlsplit(service.environment["REDIS_URL"]).password
    assert redis_password
    for password in (str(usual.password), redis_password):
        assert password not in answer.stdout + answer.stderr


def test_json_has_the_findings_and_what_the_stores_said(goqueue: Command) -> None:
    said = json.loads(goqueue("doctor", "--json").stdout)
    assert set(said) == {"ok", "findings", "stores"}
    assert said["ok"] is True
    assert {"mark": "ok", "what": "queues", "finding": "0 jobs are due, in 0 queues", "fix": None} in said["findings"]
    assert said["stores"]["postgres"]["schema_is_current"] is True


def test_stores_that_nothing_can_ask_are_told_with_the_reason(goqueue_process: Command, tmp_path: Path) -> None:
    (tmp_path / "orjson.py").write_text("raise ImportError('built for another machine')")
    answer = goqueue_process("doctor", env={"PYTHONPATH": str(tmp_path)})
    assert (answer.returncode, answer.stderr) == (1, "")
    assert lines(answer, "✗") == ["stores   ImportError: built for another machine"]
    assert "API" in answer.stdout
    assert "Traceback" not in answer.stdout


def test_api_that_is_away_is_told_and_the_rest_looked_at(goqueue: Command) -> None:
    answer = goqueue("doctor", env={"API_URL": f"http://127.0.0.1:{free_port()}"})
    assert answer.returncode == 1
    [found] = lines(answer, "✗")
    assert found.startswith("API")
    assert "Connection refused" in found
    assert "goqueue up" in answer.stdout
    assert len(lines(answer, "✓")) == 6


def test_redis_that_is_away_is_told(goqueue: Command) -> None:
    answer = goqueue("doctor", "--json", env={"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert answer.returncode == 1
    [found] = [one for one in json.loads(answer.stdout)["findings"] if one["mark"] != "ok"]
    assert found["what"] == "Redis"
    assert "Connection refused" in found["finding"]
    assert "REDIS_URL" in found["fix"]


def test_postgresql_that_is_away_is_told(goqueue: Command) -> None:
    answer = goqueue("doctor", env={"DATABASE_URL": f"postgresql://127.0.0.1:{free_port()}/x"})
    assert answer.returncode == 1
    [found] = lines(answer, "✗")
    assert found.startswith("PostgreSQL")


def test_empty_database_is_told_with_the_command_that_mends_it(
    goqueue: Command, goqueue_process: Command, server_url: str
) -> None:
    with scratch_database(server_url) as empty:
        url = {"DATABASE_URL": empty.replace("+psycopg2", "")}
        answer = goqueue("doctor", env=url)
        assert "the database has no tables yet" in answer.stdout
        assert "fix: goqueue db upgrade" in answer.stdout
        assert goqueue_process("db", "upgrade", env=url).returncode == 0
        assert "the database has no tables yet" not in goqueue("doctor", env=url).stdout


def test_setting_that_makes_no_sense_is_told(goqueue: Command) -> None:
    answer = goqueue("doctor", env={"DATABASE_URL": "mysql://joe:hush@h/x"})
    assert answer.returncode == 1
    assert "is no PostgreSQL URL" in answer.stdout
    assert "hush" not in answer.stdout


def test_without_a_worker_the_command_that_is_named_mends_it(idle: Processes) -> None:
    goqueue = called(idle)
    with Client(idle.api_url) as client:
        assert goqueue("doctor", env=UNNAMED).returncode == 0
        job = client.submit("demo.noop", queue="mail")
        answer = goqueue("doctor", env=UNNAMED)
        assert answer.returncode == 1
        assert [line.split()[0] for line in lines(answer, "!")] == ["workers"]
        assert [line.split()[0] for line in lines(answer, "✗")] == ["queues"]
        assert "mail: 1 job is due, and no live worker serves it" in answer.stdout
        assert "fix: goqueue worker\n" in answer.stdout
        assert beside(idle)("worker", "--burst", env=UNNAMED).returncode == 0
        assert client.get(job.id).status == "completed"
