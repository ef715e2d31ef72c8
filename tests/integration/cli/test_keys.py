"""`goqueue keys`, and the API that asks for what it made: whole processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from goqueue import Client, Unauthorized
from goqueue_api import keys as key_commands
from goqueue_cli.local import LocalStores
from goqueue_common.database import Database
from tests.processes import Processes, eventually, free_port, is_ready


@pytest.fixture
def processes(
    database: Database, database_url: str, stores: LocalStores, prefix: str, tmp_path: Path
) -> Iterator[Processes]:
    started = Processes(database_url, stores.redis_url, prefix, tmp_path)
    yield started
    started.close()


def keys(processes: Processes, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "goqueue_cli.main", "keys", *words],
        check=False,
        env=processes.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )


def start_api(processes: Processes, host: str, **environment: str) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    process = processes.start("goqueue_api", "--processes", "1", GOQUEUE_API_BIND=f"{host}:{port}", **environment)
    return process, f"http://127.0.0.1:{port}"


def test_a_key_opens_an_api_that_others_can_reach(processes: Processes) -> None:
    made = keys(processes, "create", "--name", "ada", "--scope", "read", "--scope", "submit", "--expires", "2d")
    token = made.stdout.strip()
    assert (made.returncode, token.count("\n")) == (0, 0)
    _, url = start_api(processes, "0.0.0.0")
    eventually(lambda: is_ready(url), "API ready")
    with Client(url, api_key=token) as client:
        assert client.me().scopes == ("submit", "read")
        job = client.submit("demo")
        with pytest.raises(Unauthorized, match="operate"):
            client.cancel(job.id)
    with Client(url, api_key="gq_0123456789ab_" + "x" * 43) as stranger, pytest.raises(Unauthorized):
        stranger.queues()
    listed = json.loads(keys(processes, "list", "--json").stdout)
    assert [(key["name"], key["scopes"], key["state"]) for key in listed] == [("ada", ["read", "submit"], "valid")]
    assert token not in keys(processes, "list").stdout
    assert keys(processes, "revoke", listed[0]["id"]).returncode == 0
    nobody = keys(processes, "revoke", "nobody")
    assert (nobody.returncode, nobody.stdout, nobody.stderr.count("\n")) == (2, "", 1)
    assert "no key has the id 'nobody'" in nobody.stderr
    assert json.loads(keys(processes, "list", "--json").stdout)[0]["state"] == "revoked"


def test_an_api_that_others_can_reach_does_not_start_without_a_key(processes: Processes) -> None:
    process, _ = start_api(processes, "0.0.0.0")
    assert process.wait(20) == 2


@pytest.mark.parametrize("variables", [{"GOQUEUE_AUTH": "none"}, {"GOQUEUE_BOOTSTRAP_KEY": "b" * 32}], ids=str)
def test_it_starts_when_open_access_is_meant_or_a_first_key_is_given(
    processes: Processes, variables: dict[str, str]
) -> None:
    _, url = start_api(processes, "0.0.0.0", **variables)
    eventually(lambda: is_ready(url), "API ready")
    with Client(url, api_key=variables.get("GOQUEUE_BOOTSTRAP_KEY")) as client:
        assert "admin" in client.me().scopes
    with Client(url) as stranger:
        if "GOQUEUE_BOOTSTRAP_KEY" in variables:
            with pytest.raises(Unauthorized):
                stranger.me()
        else:
            assert stranger.me().name == "anonymous"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "--scope", "read"], "--name"),
        (["create", "--name", "x"], "--scope"),
        (["create", "--name", "x", "--scope", "any"], "invalid choice: 'any'"),
        (["create", "--name", "x", "--scope", "read", "--expires", "2w"], "'2w' is no lifetime"),
        ([], "create | list | revoke"),
    ],
)
def test_nonsense_gets_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert key_commands.main(words) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert sentence in said.err
