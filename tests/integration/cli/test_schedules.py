"""`goqueue schedules` against a real API; the scheduler itself has tests of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from goqueue import Client
from tests.integration.cli.conftest import Command

NOBODY_FIRES = "no scheduler is running: nothing fires; start one with: goqueue scheduler"
NIGHTLY = ("--type", "demo.noop", "--cron", "0 2 * * *", "--timezone", "Europe/Berlin", "--queue", "reports")


@pytest.fixture
def nightly(client: Client) -> Iterator[str]:
    name = "nightly"
    client.create_schedule(
        "demo.noop", "0 2 * * *", name=name, timezone="Europe/Berlin", queue="reports", payload={"n": 1}, tags=["a"]
    )
    yield name
    if any(schedule.name == name for schedule in client.schedules()):
        client.delete_schedule(name)


def test_create_says_what_the_cron_means_and_when_it_runs(goqueue: Command, client: Client) -> None:
    answer = goqueue("schedules", "create", "created", *NIGHTLY, "--payload", '{"n": 1}', "--tag", "a", "--jitter", "1m")
    first, header, *lines = answer.stdout.splitlines()
    assert answer.returncode == 0, answer.stderr
    assert first.startswith("created: ")
    assert first.endswith(" (Europe/Berlin)")
    assert header.split() == ["in", "its", "zone", "in", "UTC", "when"]
    assert len(lines) == 3
    assert all(" 02:00:00 +0" in line and "UTC  in " in line for line in lines)
    assert answer.stderr == f"goqueue: {NOBODY_FIRES}\n"
    made = client.schedule("created")
    assert (made.queue, made.payload, made.tags, made.jitter) == ("reports", {"n": 1}, ("a",), 60.0)
    client.delete_schedule(made)


def test_every_option_of_create_arrives(goqueue: Command, client: Client) -> None:
    words = ("--priority", "high", "--max-retries", "1", "--timeout", "30s", "--catch-up", "all", "--catch-up-window", "2h")
    more = ("--catch-up-limit", "7", "--overlap", "skip", "--starts-at", "2030-01-01T00:00:00Z", "--paused")
    answer = goqueue(
        "schedules", "create", "full", *NIGHTLY, *words, *more, "--ends-at", "2031-01-01T00:00:00+01:00", "--json"
    )
    made = json.loads(answer.stdout)
    assert (made["priority"], made["max_retries"], made["timeout"]) == ("high", 1, 30.0)
    assert (made["catch_up"], made["catch_up_window"], made["catch_up_limit"]) == ("all", 7200.0, 7)
    assert (made["overlap"], made["starts_at"], made["ends_at"]) == (
        "skip",
        "2030-01-01T00:00:00Z",
        "2030-12-31T23:00:00Z",
    )
    assert (made["paused"], made["next_at"]) == (True, None)
    client.delete_schedule("full")


def test_edit_changes_what_is_given_and_shows_it_as_create_does(goqueue: Command, client: Client, nightly: str) -> None:
    before = client.schedule(nightly)
    answer = goqueue(
        "schedules", "edit", nightly, "--cron", "0 3 * * *", "--jitter", "5m", "--timeout", "30s", "--tag", "b"
    )
    first, _, *lines = answer.stdout.splitlines()
    assert answer.returncode == 0, answer.stderr
    assert first.startswith(f"{nightly}: ")
    assert (len(lines), all(" 03:00:00 +0" in line for line in lines)) == (3, True)
    after = client.schedule(nightly)
    assert (after.cron, after.jitter, after.timeout, after.tags) == ("0 3 * * *", 300.0, 30.0, ("b",))
    assert (after.queue, after.payload, after.timezone) == (before.queue, before.payload, before.timezone)


def test_edit_clears_what_may_be_none(goqueue: Command, client: Client, nightly: str) -> None:
    until = ("--starts-at", "2030-01-01T00:00:00Z", "--ends-at", "2031-01-01T00:00:00Z")
    goqueue("schedules", "edit", nightly, "--max-retries", "2", "--timeout", "30s", *until)
    set_to = client.schedule(nightly)
    assert None not in (set_to.max_retries, set_to.timeout, set_to.starts_at, set_to.ends_at)
    cleared = [word for name in ("max-retries", "timeout", "starts-at", "ends-at") for word in ("--clear", name)]
    shown = json.loads(goqueue("schedules", "edit", nightly, *cleared, "--json").stdout)
    assert [shown[name] for name in ("max_retries", "timeout", "starts_at", "ends_at")] == [None] * 4


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("create", "bad", "--type", "demo.noop", "--cron", "@daily", "--jitter", "2h"), "--jitter"),
        (
            ("create", "bad", *NIGHTLY, "--starts-at", "2031-01-01T00:00:00Z", "--ends-at", "2030-01-01T00:00:00Z"),
            "--ends-at",
        ),
        (("create", "bad", *NIGHTLY, "--tag", ""), "--tag, at /0"),
        (("edit", "nightly", "--catch-up-window", "52w"), "--catch-up-window"),
    ],
    ids=["jitter", "ends-at", "tag", "edit"],
)
@pytest.mark.usefixtures("nightly")
def test_what_the_api_refuses_is_named_by_its_option(goqueue: Command, words: tuple[str, ...], option: str) -> None:
    answer = goqueue("schedules", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(f"goqueue: {option}: ")


@pytest.mark.parametrize(
    ("words", "option", "given"),
    [
        (("--cron", "0 25 * * *"), "--cron", "0 25 * * *"),
        (("--cron", "@daily", "--timezone", "Europe/Marz"), "--timezone", "Europe/Marz"),
        (("--cron", "@daily", "--type", "no name"), "--type", "no name"),
    ],
    ids=["cron", "zone", "type"],
)
def test_what_is_wrong_is_shown_at_its_character(goqueue: Command, words: tuple[str, ...], option: str, given: str) -> None:
    answer = goqueue("schedules", "create", "bad", "--type", "demo.noop", *words)
    message, shown, mark = answer.stderr.splitlines()
    assert (answer.returncode, answer.stdout) == (2, "")
    assert message.startswith(f"goqueue: {option}: ")
    assert "(character" not in message
    assert shown == f"  {given}"
    assert mark.strip() == "^"


def test_a_list_says_who_leads(goqueue: Command, goqueue_process: Command, nightly: str) -> None:
    header, line, blank, last = goqueue_process("schedules", "list").stdout.splitlines()
    assert header.split() == ["name", "cron", "zone", "next", "run", "last", "run", "state"]
    assert line.startswith(f"{nightly}  0 2 * * *  Europe/Berlin  in ")
    assert line.endswith("  active")
    assert (blank, last) == ("", NOBODY_FIRES)
    (found,) = json.loads(goqueue("schedules", "list", "--json").stdout)
    assert (found["name"], found["source"]) == (nightly, "api")
    nothing = goqueue("schedules", "list", "--source", "file", "--json")
    assert json.loads(nothing.stdout) == []


def test_a_schedule_is_shown_with_its_runs(goqueue: Command, client: Client, nightly: str) -> None:
    job = client.run_schedule(nightly)
    shown = goqueue("schedules", "show", nightly).stdout
    assert "0 2 * * * (Europe/Berlin)" in shown
    assert '{"n": 1}' in shown
    assert shown.count(" 02:00:00 +0") == 5
    assert f"{job.id}  by hand" in shown
    assert f"schedule      {nightly}, for 20" in goqueue("jobs", "show", job.id).stdout
    assert json.loads(goqueue("schedules", "show", nightly, "--json").stdout)["payload"] == {"n": 1}


def test_a_schedule_is_paused_and_resumed(goqueue: Command, client: Client, nightly: str) -> None:
    assert goqueue("schedules", "pause", nightly).stdout == f"{nightly} paused\n"
    assert client.schedule(nightly).paused
    assert "paused now" in goqueue("schedules", "list", "--paused").stdout
    assert goqueue("schedules", "show", nightly).returncode == 0
    resumed = goqueue("schedules", "resume", nightly, "--json")
    assert json.loads(resumed.stdout)["paused"] is False


def test_a_run_by_hand_is_as_a_submit(goqueue: Command, client: Client, nightly: str) -> None:
    job = client.get(goqueue("schedules", "run", nightly).stdout.strip())
    assert (job.schedule, job.payload, job.queue) == (nightly, {"n": 1}, "reports")
    waited = goqueue("schedules", "run", nightly, "--wait", "--json")
    assert (waited.returncode, json.loads(waited.stdout)["status"]) == (0, "completed")
    client.wait(job.id, timeout=30)
    lines = goqueue("schedules", "runs", nightly, "--limit", "2").stdout.splitlines()
    assert [line.split()[-1] for line in lines] == ["note", "hand", "hand"]
    assert all("completed" in line for line in lines[1:])
    assert job.id in goqueue("jobs", "list", "--schedule", nightly).stdout


def test_next_runs_are_those_of_a_schedule_or_of_any_cron(goqueue: Command, nightly: str) -> None:
    assert len(goqueue("schedules", "next", nightly, "-n", "4").stdout.splitlines()) == 5
    preview = goqueue("schedules", "next", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "-n", "2").stdout
    assert preview.startswith("30 2 * * *  ")
    assert preview.count(" 02:30:00 +0") + preview.count(" 03:") >= 2
    assert "clocks change at " in preview
    asked = json.loads(goqueue("schedules", "next", "--cron", "@daily", "--json", "-n", "1").stdout)
    assert (asked["timezone"], asked["transition"], len(asked["next"])) == ("UTC", None, 1)


def test_a_deleted_schedule_is_gone(goqueue: Command, nightly: str) -> None:
    assert goqueue("schedules", "delete", nightly).stdout == f"{nightly} deleted\n"
    assert goqueue("schedules", "show", nightly).returncode == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "nothing"], "nothing"),
        (["show", "no\udcfftext"], "is no name"),
        (["create", "x", "--type", "demo.noop"], "--cron"),
        (["create", "x", "--type", "demo.noop", "--cron", "@daily", "--jitter", "soon"], "is no duration"),
        (["create", "x", "--type", "demo.noop", "--cron", "@daily", "--jitter", "2h"], "3600"),
        (["create", "x", "--type", "demo.noop", "--cron", "@daily", "--payload", "[1]"], "must be a JSON object"),
        (["edit", "x"], "say what to change"),
        (["edit", "nothing", "--jitter", "1m"], "nothing"),
        (["edit", "x", "--timeout", "5", "--clear", "timeout"], "--timeout and --clear timeout contradict each other"),
        (["edit", "x", "--clear", "cron"], "cron"),
        (["next"], "name a schedule, or give a cron"),
        (["next", "x", "--cron", "@daily"], "name a schedule, or give a cron"),
        (["next", "x", "--timezone", "UTC"], "--timezone goes with --cron"),
        (["run", "x", "--wait-timeout", "1"], "add --wait"),
        (["runs", "nothing"], "nothing"),
        (["pause"], "Missing argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_carried_out_is_one_line(goqueue: Command, words: list[str], says: str) -> None:
    answer = goqueue("schedules", *words)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert says in answer.stderr


def test_a_name_that_is_taken_is_told(goqueue: Command, nightly: str) -> None:
    answer = goqueue("schedules", "create", nightly, *NIGHTLY)
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert f"there is a schedule '{nightly}' already" in answer.stderr


def test_list_and_doctor_show_what_a_scheduler_says_is_wrong(goqueue: Command, client: Client, nightly: str) -> None:
    said: dict[str, Any] = {"host": "web-1", "pid": 7, "version": "1", "leads": True, "term": 3, "lag": 0.0, "fired": 0}
    trouble = "the schedules file /srv/schedules.yaml is not understood: line 3, a, cron: bad"
    scheduler_id = str(uuid4())
    client.report_scheduler(scheduler_id, **said, trouble=trouble)
    listed, found = goqueue("schedules", "list"), goqueue("doctor")
    client.report_scheduler(scheduler_id, **said, ended=True)
    assert listed.stdout.splitlines()[-2:] == ["leader web-1:7, term 3, lag 0.0 s", trouble]
    assert trouble in found.stdout


@pytest.mark.usefixtures("nightly")
def test_stats_and_doctor_say_that_nobody_fires(goqueue: Command) -> None:
    assert "1 schedule; no scheduler is running: nothing fires" in goqueue("stats").stdout
    answer = goqueue("doctor")
    assert answer.returncode == 1
    assert "fix: goqueue scheduler" in answer.stdout
