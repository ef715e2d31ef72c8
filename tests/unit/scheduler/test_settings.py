from __future__ import annotations

import os
from pathlib import Path

import pytest

from goqueue_common.errors import SettingsError
from goqueue_scheduler.main import main
from goqueue_scheduler.schedule_file import default_file
from goqueue_scheduler.settings import SchedulerSettings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GOQUEUE_") or name in ("API_URL", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN"):
            monkeypatch.delenv(name)


def test_without_anything_it_keeps_the_schedules_that_come_with_goqueue() -> None:
    settings = SchedulerSettings.read()
    assert (settings.api_url, settings.api_key, settings.lease) == ("http://localhost:8080", None, 15.0)
    assert settings.health_address is None
    assert settings.file == default_file()


def test_it_needs_no_database_and_takes_no_notice_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert SchedulerSettings.read().service.redis_url == "redis://localhost:6379/0"


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_SCHEDULES", "environment.yaml")
    monkeypatch.setenv("GOQUEUE_SCHEDULER_BIND", "127.0.0.1:1")
    assert SchedulerSettings.read().file == Path("environment.yaml")
    settings = SchedulerSettings.read({"schedules": "line.yaml", "bind": "[::]:8082"})
    assert (settings.file, settings.health_address) == (Path("line.yaml"), ("::", 8082))


def test_an_empty_name_of_a_file_means_that_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOQUEUE_SCHEDULES", "")
    assert SchedulerSettings.read().file is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GOQUEUE_SCHEDULER_LEASE", "0.5", "GOQUEUE_SCHEDULER_LEASE=0.5 is out of range: 1 to 300 seconds"),
        ("GOQUEUE_SCHEDULER_LEASE", "301", "GOQUEUE_SCHEDULER_LEASE=301 is out of range: 1 to 300 seconds"),
        ("GOQUEUE_SCHEDULER_LEASE", "nan", "GOQUEUE_SCHEDULER_LEASE='nan'"),
        ("GOQUEUE_SCHEDULER_LEASE", "soon", "GOQUEUE_SCHEDULER_LEASE='soon'"),
        ("GOQUEUE_SCHEDULER_BIND", "8082", "write host:port, such as 127.0.0.1:8082"),
        ("REDIS_URL", "ftp://cache", "REDIS_URL='ftp://cache' is no Redis URL"),
        ("API_URL", "localhost", "API_URL or GOQUEUE_API_KEY: 'localhost' is no address of an API"),
        ("GOQUEUE_API_KEY_FILE", "/nowhere/key", "GOQUEUE_API_KEY_FILE: cannot read /nowhere/key"),
    ],
)
def test_nonsense_is_one_line_that_names_the_setting_and_exit_code_2(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError):
        SchedulerSettings.read()
    assert main(["--check"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert says in line


def test_the_check_shows_every_setting_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOQUEUE_API_KEY", "gq_hunter2")
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@cache/0")
    assert main(["--check", "--schedules", ""]) == 0
    shown = capsys.readouterr().out
    assert "hunter2" not in shown
    lines = {line.split()[0]: line.split()[-1] for line in shown.splitlines()}
    assert (lines["api_key"], lines["lease"], lines["api_url"]) == ("***", "15.0", "http://localhost:8080")


def test_a_file_that_is_wrong_is_said_at_the_start_with_everything_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "schedules.yaml"
    file.write_text("- {type: report, cron: '61 * * * *'}\n- {type: mail, cron: '* * * * *', timezone: Mars/Olympus}\n")
    assert main(["--schedules", str(file)]) == 2
    said = capsys.readouterr().err
    assert "61" in said
    assert "Mars/Olympus" in said


def test_a_file_that_is_not_there_is_said_at_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--schedules", str(tmp_path / "none.yaml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
