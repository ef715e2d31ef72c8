from __future__ import annotations

import pytest

from goqueue_api.__main__ import main
from goqueue_api.settings import ApiSettings
from goqueue_common.errors import SettingsError

NAMES = ("BIND", "PROCESSES", "THREADS")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*(f"GOQUEUE_API_{name}" for name in NAMES), "GOQUEUE_DB_POOL", "GOQUEUE_AUTH", "GOQUEUE_LEASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://me:secret@db/goqueue")
    monkeypatch.setenv("REDIS_URL", "redis:6379")


def test_defaults_serve_this_machine_with_a_connection_for_every_thread() -> None:
    settings = ApiSettings.read()
    assert (settings.host, settings.port, settings.processes, settings.threads) == ("127.0.0.1", 8080, 2, 8)
    assert settings.db_pool == 10


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_API_THREADS", "3")
    monkeypatch.setenv("GOQUEUE_API_PROCESSES", "3")
    settings = ApiSettings.read({"threads": 5, "processes": None, "bind": "[::1]:90"})
    assert (settings.threads, settings.processes, settings.address) == (5, 3, "[::1]:90")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param({"GOQUEUE_API_BIND": "8080"}, "is no address", id="no host"),
        pytest.param({"GOQUEUE_API_BIND": "127.0.0.1:99999"}, "is no address", id="port too high"),
        pytest.param({"GOQUEUE_API_PROCESSES": "0"}, "out of range: 1 to 64", id="no process"),
        pytest.param({"GOQUEUE_API_THREADS": "257"}, "out of range: 1 to 256", id="too many threads"),
        pytest.param({"GOQUEUE_API_THREADS": "many"}, "GOQUEUE_API_THREADS", id="no number"),
        pytest.param({"GOQUEUE_DB_POOL": "4"}, "set GOQUEUE_DB_POOL=10", id="more threads than connections"),
        pytest.param({"GOQUEUE_API_BIND": "0.0.0.0:8080"}, "set GOQUEUE_AUTH=none", id="open to the network"),
        pytest.param({"GOQUEUE_API_BIND": "api.internal:80"}, "set GOQUEUE_AUTH=none", id="a host name"),
        pytest.param({"GOQUEUE_AUTH": "key"}, "the only choice is none", id="unknown auth"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=sentence):
        ApiSettings.read()


@pytest.mark.parametrize("bind", ["localhost:1", "127.8.9.1:1", "[::1]:1"])
def test_loopback_needs_no_permission(bind: str) -> None:
    assert ApiSettings.read({"bind": bind}).port == 1


def test_open_access_may_be_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_AUTH", "none")
    assert ApiSettings.read({"bind": "0.0.0.0:8080"}).address == "0.0.0.0:8080"


def test_check_prints_settings_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    printed = capsys.readouterr().out
    assert "postgresql+psycopg2://me:***@db/goqueue" in printed
    assert "secret" not in printed


@pytest.mark.parametrize(
    "words", [["--threads", "x"], ["--what"], ["--threads", "300"], ["--check", "--bind", "nowhere"]], ids=" ".join
)
def test_a_bad_command_line_gets_one_line_and_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
