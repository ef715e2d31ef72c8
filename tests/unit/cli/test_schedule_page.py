from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goqueue import NextRun, Schedule, SchedulePreview, SchedulerInfo, ScheduleRun, ZoneTransition
from goqueue_cli.output import print_json
from goqueue_cli.schedule_page import (
    print_next_runs,
    print_preview,
    print_runs,
    print_schedule,
    print_scheduler,
    print_schedules,
    scheduler_text,
    state_text,
)

HOSTILE = "\x1b]0;owned\x07\x1b[31mred"
NOW = datetime.now(UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ACTIVE = Schedule(
    name="nightly", type="report.generate", queue="reports", cron="0 0 * * *", version=1, next_at=NOW + timedelta(hours=2.1)
)
PAUSED = replace(ACTIVE, paused=True, paused_at=NOW - timedelta(hours=3), paused_by="ops", next_at=None)
LEADER = SchedulerInfo(id="1", host="web-1", pid=7, version="1", state="alive", leads=True, term=3, lag=0.02)
FOLLOWER = replace(LEADER, id="2", pid=8, leads=False, term=None)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        pytest.param(ACTIVE, "active", id="active"),
        pytest.param(replace(ACTIVE, source="file"), "by file, active", id="by-file"),
        pytest.param(PAUSED, "paused 3 h ago by ops", id="paused"),
        pytest.param(replace(PAUSED, source="file"), "by file, paused 3 h ago by ops", id="paused-by-file"),
        pytest.param(
            replace(PAUSED, source="file", dropped_at=NOW - timedelta(days=3)), "dropped by its file 3 d ago", id="dropped"
        ),
        pytest.param(replace(ACTIVE, next_at=None), "ended", id="ended"),
    ],
)
def test_a_state_says_whether_it_fires_and_who_keeps_it(schedule: Schedule, said: str) -> None:
    assert state_text(schedule).plain == said


@pytest.mark.parametrize(
    ("schedulers", "said", "style"),
    [
        pytest.param([LEADER], "leader web-1:7, term 3, lag 0.0 s", "", id="one"),
        pytest.param([FOLLOWER, LEADER], "leader web-1:7, term 3, lag 0.0 s; 2 schedulers", "", id="two"),
        pytest.param([replace(LEADER, lag=61.0)], "leader web-1:7, term 3, lag 61.0 s", "yellow", id="late"),
        pytest.param([FOLLOWER], "1 scheduler, and none of them leads yet: nothing fires", "yellow", id="no-leader"),
        pytest.param(
            [replace(LEADER, state="lost"), replace(FOLLOWER, state="ended")],
            "no scheduler is running: nothing fires; start one with: goqueue scheduler",
            "yellow",
            id="none",
        ),
        pytest.param(
            [replace(LEADER, term=None), replace(FOLLOWER, leads=True)],
            "2 schedulers, without Redis to elect a leader: 2 fire, web-1:7 first, lag 0.0 s",
            "yellow",
            id="without-redis",
        ),
    ],
)
def test_the_last_line_says_who_fires(schedulers: list[SchedulerInfo], said: str, style: str) -> None:
    line = scheduler_text(schedulers)
    assert (line.plain, line.style) == (said, style)


def test_below_who_fires_stands_what_live_schedulers_want_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    lost = replace(FOLLOWER, state="lost", trouble="of one that is lost")
    print_scheduler([lost, replace(LEADER, trouble=f"the file is {HOSTILE}\nnot understood")])
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "leader web-1:7, term 3, lag 0.0 s"
    assert (len(others), "\x1b" in others[0], others[0].startswith("the file is ")) == (1, False, True)


def test_a_list_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    ran = ScheduleRun(schedule="nightly", scheduled_for=NOW, outcome="failed")
    print_schedules([ACTIVE, replace(PAUSED, name="hourly", cron="@hourly", timezone="Europe/Berlin", last_run=ran)])
    assert capsys.readouterr().out.splitlines() == [
        "name     cron       zone           next run  last run  state",
        "nightly  0 0 * * *  UTC            in 2 h              active",
        "hourly   @hourly    Europe/Berlin            failed    paused 3 h ago by ops",
    ]


def test_next_runs_in_utc_have_one_clock(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 3, 1, 7, tzinfo=UTC)
    print_next_runs([NextRun(at=at, local=at)])
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["in", "UTC", "when"]
    assert line.startswith("Sun 2026-03-01 07:00:00 UTC  ")


def test_next_runs_elsewhere_have_two(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    print_next_runs([NextRun(at=at, local=at.astimezone(BERLIN))])
    assert "Mon 2026-03-02 00:30:00 +01:00  Sun 2026-03-01 23:30:00 UTC" in capsys.readouterr().out


def test_a_script_is_told_what_the_clocks_of_the_zone_show(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    print_json([NextRun(at=at, local=at.astimezone(BERLIN))])
    assert json.loads(capsys.readouterr().out) == [{"at": "2026-03-01T23:30:00Z", "local": "2026-03-02T00:30:00+01:00"}]


def test_a_cron_of_two_lines_is_shown_on_one(capsys: pytest.CaptureFixture[str]) -> None:
    schedule = replace(ACTIVE, cron="0 0\n25\t* *")
    print_schedules([schedule])
    print_schedule(schedule, [], [])
    print_preview(SchedulePreview(cron=schedule.cron, timezone="UTC"))
    out = capsys.readouterr().out
    assert (out.count("0 0 25 * *"), "\t" in out) == (3, False)


@pytest.mark.parametrize(
    ("catch_up", "said"),
    [
        ("none", "missed runs   none"),
        ("latest", "missed runs   the latest"),
        ("all", "missed runs   all of the last 1 d, 100 at most"),
    ],
)
def test_what_is_caught_up_is_said(catch_up: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_schedule(replace(ACTIVE, catch_up=catch_up), [], [])
    assert said in capsys.readouterr().out.splitlines(), "a window and a limit are for `all` alone"


def test_a_preview_says_what_happens_when_the_clocks_change(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 3, 29, 1, tzinfo=UTC)
    change = ZoneTransition(at=at, from_offset="+01:00", to_offset="+02:00", effect="It runs at 03:30.")
    preview = SchedulePreview(cron="30 2 * * *", timezone="Europe/Berlin", words="At 02:30 every day", transition=change)
    print_preview(preview)
    assert capsys.readouterr().out.splitlines() == [
        "30 2 * * *  At 02:30 every day (Europe/Berlin)",
        "it never runs",
        "",
        "clocks change at 2026-03-29 01:00:00 UTC, from +01:00 to +02:00: It runs at 03:30.",
    ]


def test_runs_say_what_became_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 3, 1, 7, tzinfo=UTC)
    fired = ScheduleRun(schedule="a", scheduled_for=at, lateness=0.25, job_id="job-1", outcome="completed", missed=1200)
    skipped = ScheduleRun(schedule="a", scheduled_for=at, outcome="skipped")
    by_hand = ScheduleRun(schedule="a", scheduled_for=at, job_id="job-2", outcome="queued", manual=True)
    print_runs([by_hand, skipped, fired])
    assert capsys.readouterr().out.splitlines() == [
        "scheduled for              late  outcome    job    note",
        "2026-03-01 07:00:00 UTC          queued     job-2  by hand",
        "2026-03-01 07:00:00 UTC    0 ms  skipped           an earlier job was unfinished",
        "2026-03-01 07:00:00 UTC  250 ms  completed  job-1  1,200 before it missed",
    ]


def test_hostile_text_is_shown_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    run = ScheduleRun(schedule=HOSTILE, scheduled_for=NOW, job_id=HOSTILE, outcome=HOSTILE)
    schedule = replace(
        PAUSED, name=HOSTILE, type=HOSTILE, words=HOSTILE, payload={"a": HOSTILE}, paused_by=HOSTILE, tags=(HOSTILE,)
    )
    print_schedule(schedule, [NextRun(at=NOW, local=NOW)], [run])
    print_schedules([schedule])
    print_preview(SchedulePreview(cron=HOSTILE, timezone=HOSTILE, words=HOSTILE))
    assert "\x1b" not in capsys.readouterr().out
