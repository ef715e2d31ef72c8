"""The schedules file, kept by the scheduler that leads: at its start, when the file changes, and on SIGHUP."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from goqueue import Client, Conflict, Schedule
from goqueue_scheduler.schedule_file import default_file
from tests.acceptance.conftest import System
from tests.acceptance.scheduler_process import Scheduler
from tests.processes import eventually

StartScheduler = Callable[..., Scheduler]
FIVE_ERRORS = """
- {type: shop.plain, cron: "* * * *"}
- {type: shop.brief, cron: "0 0 31 2 *"}
- {type: shop.span, cron: "@daily", timezone: Europe/Berlln}
- {type: shop.pid, cron: "@daily", queu: mail}
- {cron: "@hourly", name: typeless}
"""
EXPECTED = (
    ("line 2", "shop.plain", "cron"),
    ("line 3", "shop.brief", "never"),
    ("line 4", "shop.span", "Europe/Berlin"),
    ("line 5", "shop.pid", "queue"),
    ("line 6", "typeless", "type"),
)
BUSY, IDLE = "{name: busy, type: shop.plain, cron: '* * * * * *'}", "{name: idle, type: shop.plain, cron: '@yearly'}"
CROWD = 1_000


@pytest.fixture(autouse=True)
def no_schedules(system: System) -> None:
    """Nor runs, which outlive them."""
    asked(system, "DELETE FROM schedules; DELETE FROM schedule_runs; SELECT 1")


def entries(*lines: str) -> str:
    return "".join(f"- {line}\n" for line in lines)


def replace(file: Path, text: str) -> None:
    """As editors do: written beside it, then renamed over it."""
    beside = file.with_suffix(".new")
    beside.write_text(text)
    beside.replace(file)


def names(client: Client) -> set[str]:
    return {schedule.name for schedule in client.schedules()}


def is_dropped(schedule: Schedule) -> bool:
    return schedule.paused and schedule.dropped_at is not None


def test_the_shipped_file_is_there_and_belongs_to_the_file(client: Client, start_scheduler: StartScheduler) -> None:
    start_scheduler(GOQUEUE_SCHEDULES=str(default_file()))
    eventually(lambda: names(client) == {"report.generate", "email.daily_summary"}, "both are there")
    report, summary = client.schedule("report.generate"), client.schedule("email.daily_summary")
    assert (report.cron, report.queue, report.source) == ("0 0 * * *", "reports", "file")
    assert (summary.cron, summary.queue, summary.source) == ("0 8 * * *", "emails", "file")
    for deed in (
        lambda: client.edit_schedule(report, cron="@hourly"),
        lambda: client.replace_schedule(report, "report.generate", "@hourly"),
        lambda: client.delete_schedule(report),
    ):
        with pytest.raises(Conflict) as refused:
            deed()
        assert refused.value.code == "schedule_read_only"
    assert client.pause_schedule(report.name).paused
    assert not client.resume_schedule(report.name).paused


@pytest.mark.parametrize("linked", [False, True], ids=["renamed over", "link turned"])
def test_a_change_of_the_file_is_followed(
    linked: bool, client: Client, start_scheduler: StartScheduler, tmp_path: Path
) -> None:
    file = tmp_path / "schedules.yaml"

    def write(text: str, version: int) -> None:
        if not linked:
            return replace(file, text)
        folder = tmp_path / f"v{version}"  # as Kubernetes mounts a ConfigMap
        folder.mkdir()
        (folder / "schedules.yaml").write_text(text)
        (tmp_path / "..new").symlink_to(folder)
        (tmp_path / "..new").replace(tmp_path / "..data")
        if version == 1:
            file.symlink_to(tmp_path / "..data" / "schedules.yaml")
        return None

    write(entries(BUSY, IDLE), 1)
    start_scheduler(GOQUEUE_SCHEDULES=str(file))
    eventually(lambda: names(client) == {"busy", "idle"}, "both are there")
    eventually(lambda: list(client.schedule_runs("busy")), "one has fired")
    write(entries("{name: new, type: shop.plain, cron: '@daily'}"), 2)
    eventually(lambda: names(client) == {"busy", "new"}, "one is new, one is gone")
    assert is_dropped(client.schedule("busy")), "it has runs: it stays, and fires no more"
    with pytest.raises(Conflict):
        client.resume_schedule("busy")
    write(entries(BUSY.replace("* * * * * *", "*/2 * * * * *")), 3)
    eventually(lambda: names(client) == {"busy"}, "the new one is gone")
    back = client.schedule("busy")
    assert (back.paused, back.dropped_at, back.cron) == (False, None, "*/2 * * * * *")


def test_sighup_has_the_file_synced_though_it_has_not_changed(
    client: Client, start_scheduler: StartScheduler, tmp_path: Path
) -> None:
    file = tmp_path / "schedules.json"
    file.write_text('[{"type": "shop.plain", "cron": "@daily", "paused": false}]')
    scheduler = start_scheduler(GOQUEUE_SCHEDULES=str(file))
    eventually(lambda: names(client) == {"shop.plain"}, "it is there")
    client.pause_schedule("shop.plain")
    scheduler.signal(signal.SIGHUP)
    eventually(lambda: not client.schedule("shop.plain").paused, "the file's word holds again")


def test_five_errors_are_five_lines_and_nothing_starts(system: System, client: Client, tmp_path: Path) -> None:
    file = tmp_path / "schedules.yaml"
    file.write_text(FIVE_ERRORS)
    scheduler = Scheduler(system.environment, tmp_path / "log", GOQUEUE_SCHEDULES=str(file))
    assert scheduler.wait() == 2
    lines = scheduler.text().splitlines()
    assert len(lines) == len(EXPECTED)
    for line, words in zip(lines, EXPECTED, strict=True):
        assert all(word in line for word in words), line
    assert names(client) == set()


def test_errors_in_a_change_are_logged_and_what_was_stays(
    client: Client, start_scheduler: StartScheduler, tmp_path: Path
) -> None:
    file = tmp_path / "schedules.yaml"
    file.write_text(entries(BUSY))
    scheduler = start_scheduler(GOQUEUE_SCHEDULES=str(file))
    eventually(lambda: "busy" in names(client) and list(client.schedule_runs("busy")), "it fires")
    replace(file, FIVE_ERRORS)
    eventually(lambda: scheduler.said("schedules_file_not_understood"), "it says so")
    said = scheduler.said("schedules_file_not_understood")[0]
    assert said["level"] == "error"
    assert len(said["reason"].splitlines()) == len(EXPECTED)
    eventually(lambda: "is not understood" in (client.overview().scheduler.trouble or ""), "everybody can see it")
    before = len(list(client.schedule_runs("busy")))
    eventually(lambda: len(list(client.schedule_runs("busy"))) > before + 1, "it still fires")
    assert names(client) == {"busy"}
    replace(file, entries(BUSY, IDLE))
    eventually(lambda: names(client) == {"busy", "idle"}, "a good file is taken again")
    eventually(lambda: client.overview().scheduler.trouble is None, "there is nothing to look at any more")
    assert len(scheduler.said("schedules_file_not_understood")) == 1


def test_a_thousand_schedules_due_at_once_all_get_their_jobs(
    system: System, client: Client, start_scheduler: StartScheduler
) -> None:
    start_scheduler()
    definition = {"type": "demo.noop", "cron": "*/3 * * * * *"}
    client.sync_schedules([{**definition, "name": f"crowd-{number}"} for number in range(CROWD)])
    eventually(lambda: len(jobs_of_instants(system)) >= 2, "two instants were fired")
    client.sync_schedules([])
    assert set(jobs_of_instants(system).values()) == {CROWD}


def jobs_of_instants(system: System) -> Counter[str]:
    """How many jobs there are of each instant."""
    return Counter(dict(asked(system, "SELECT scheduled_for, count(*) FROM jobs WHERE schedule LIKE 'crowd-%' GROUP BY 1")))


def asked(system: System, statement: str) -> list[tuple[Any, ...]]:
    with psycopg2.connect(system.environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall()
    connection.close()
    return found
