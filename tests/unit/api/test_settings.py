from __future__ import annotations

import pytest

from goqueue_api.main import main
from goqueue_api.settings import ApiSettings
from goqueue_common.errors import SettingsError

NAMES = ("BIND", "PROCESSES", "THREADS")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *(f"GOQUEUE_API_{name}" for name in NAMES),
        "GOQUEUE_DASHBOARD_BIND",
        "GOQUEUE_DB_POOL",
        "GOQUEUE_AUTH",
        "GOQUEUE_LEASE",
    ):
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
        pytest.param({"GOQUEUE_DASHBOARD_BIND": "3000"}, "such as 127.0.0.1:3000", id="dashboard without a host"),
        pytest.param({"GOQUEUE_DASHBOARD_BIND": "[::1]:8080"}, "have the same port 8080", id="two on one port"),
        pytest.param({"GOQUEUE_API_PROCESSES": "0"}, "out of range: 1 to 64", id="no process"),
        pytest.param({"GOQUEUE_API_THREADS": "257"}, "out of range: 1 to 256", id="too many threads"),
        pytest.param({"GOQUEUE_API_THREADS": "many"}, "GOQUEUE_API_THREADS", id="no number"),
        pytest.param({"GOQUEUE_DB_POOL": "4"}, "set GOQUEUE_DB_POOL=10", id="more threads than connections"),
        pytest.param({"GOQUEUE_AUTH": "key"}, "choose keys", id="unknown auth"),
        pytest.param({"GOQUEUE_BOOTSTRAP_KEY": "x" * 31}, "has 31 characters", id="a key that can be guessed"),
        pytest.param({"GOQUEUE_BOOTSTRAP_KEY": "x y" * 30}, "without spaces", id="a key that no header can hold"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=sentence):
        ApiSettings.read()


@pytest.mark.parametrize(
    ("bind", "is_loopback"),
    [("localhost:1", True), ("127.8.9.1:1", True), ("[::1]:1", True), ("0.0.0.0:1", False), ("api.internal:1", False)],
)
def test_what_only_this_machine_can_reach_is_known(bind: str, is_loopback: bool) -> None:
    assert ApiSettings.read({"bind": bind}).is_loopback is is_loopback


def test_open_access_may_be_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_AUTH", "none")
    assert ApiSettings.read({"bind": "0.0.0.0:8080"}).is_open


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


def test_dashboard_is_served_where_it_is_asked_for_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ApiSettings.read().addresses == {"GOQUEUE_API_BIND": "127.0.0.1:8080"}
    monkeypatch.setenv("GOQUEUE_DASHBOARD_BIND", "[::1]:3000")
    assert ApiSettings.read().addresses["GOQUEUE_DASHBOARD_BIND"] == "[::1]:3000"
    assert ApiSettings.read({"dashboard_bind": "0.0.0.0:90"}).addresses["GOQUEUE_DASHBOARD_BIND"] == "0.0.0.0:90"


@pytest.mark.parametrize("port", [8080, 3000])
def test_dashboard_that_others_reach_opens_the_api(port: int) -> None:
    settings = ApiSettings.read({"bind": "127.0.0.1:8081", "dashboard_bind": f"0.0.0.0:{port}"})
    assert not settings.is_loopback
    assert settings.open_addresses == f"GOQUEUE_DASHBOARD_BIND=0.0.0.0:{port}"


def test_all_that_lets_others_in_is_named() -> None:
    settings = ApiSettings.read({"bind": "0.0.0.0:8080", "dashboard_bind": "[::]:3000"})
    assert settings.open_addresses == "GOQUEUE_API_BIND=0.0.0.0:8080 and GOQUEUE_DASHBOARD_BIND=[::]:3000"
