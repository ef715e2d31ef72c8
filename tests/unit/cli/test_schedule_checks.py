"""What the doctor makes of schedules and of who fires them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from goqueue import SchedulerInfo, SchedulerLeader, SchedulerSight
from goqueue_cli.doctor.finding import Finding, Mark
from goqueue_cli.doctor.schedule_checks import check_schedules

LEADER = SchedulerLeader(id="1", host="web-1", pid=7, term=3)


def bad(findings: Sequence[Finding]) -> list[Finding]:
    return [found for found in findings if found.mark is not Mark.OK]


def test_without_schedules_nothing_is_said_of_them() -> None:
    assert check_schedules(SchedulerSight()) == []
    assert check_schedules(None) == []


@pytest.mark.parametrize(
    ("sight", "mark", "finding", "fix"),
    [
        pytest.param(
            SchedulerSight(schedules=1),
            "problem",
            "1 schedule, and no scheduler is running: nothing fires",
            "goqueue scheduler",
            id="none-runs",
        ),
        pytest.param(
            SchedulerSight(schedules=1, paused=1),
            "warning",
            "1 schedule (1 paused), and no",
            "goqueue scheduler",
            id="paused",
        ),
        pytest.param(SchedulerSight(schedules=2, alive=1), "warning", "none leads", "in a moment", id="no-leader"),
        pytest.param(
            SchedulerSight(schedules=2, alive=1, leader=LEADER, lag_seconds=125.0),
            "problem",
            "web-1:7 leads, and is 2 min 5 s behind",
            "look into its log and its /readyz: does it reach the API, and do PostgreSQL and Redis answer?",
            id="late",
        ),
        pytest.param(
            SchedulerSight(alive=1, leader=LEADER, trouble="the schedules file a.yaml is not understood: line 1: no"),
            "warning",
            "the schedules file a.yaml is not understood: line 1: no",
            "goqueue schedules check FILE",
            id="broken-file",
        ),
    ],
)
def test_what_is_wrong_with_schedules_is_told(sight: SchedulerSight, mark: str, finding: str, fix: str) -> None:
    [found] = bad(check_schedules(sight))
    assert (found.what, found.mark) == ("schedules", mark)
    assert finding in found.finding
    assert fix in (found.fix or "")


@pytest.mark.parametrize(("paused", "mark"), [(0, "problem"), (1, "warning")], ids=["active", "paused"])
def test_a_scheduler_that_is_heard_of_no_more_is_to_be_looked_at_and_not_to_be_started(paused: int, mark: str) -> None:
    now = datetime.now(UTC)
    known = [
        SchedulerInfo(id="1", host="web-1", pid=7, version="1", state="lost", seen_at=now - timedelta(minutes=30)),
        SchedulerInfo(
            id="2", host="web-2", pid=8, version="1", state="lost", seen_at=now - timedelta(minutes=3, seconds=5)
        ),
        SchedulerInfo(id="3", host="web-3", pid=9, version="1", state="ended", seen_at=now - timedelta(minutes=1)),
    ]
    [found] = bad(check_schedules(SchedulerSight(schedules=1, paused=paused), known))
    assert found.mark == mark
    assert found.finding.endswith("no scheduler is running: nothing fires; web-2:8 was last heard of 3 min ago")
    assert "GOQUEUE_API_KEY" in (found.fix or "")
    [only_ended] = bad(check_schedules(SchedulerSight(schedules=1), known[2:]))
    assert only_ended.fix == "goqueue scheduler"
