"""The judge of schedules under faults is able to say no: each rule, broken once; and its table can be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.fires import TOTAL, FireRow, Said, Seen, Strike, judge
from tests.faults.fires_table import render
from tests.faults.observer import Instant, Run
from tests.faults.table import WIDTH

KILL = Strike(fault="leader killed -9", at=110.4, victim="one", leads_within=15.0, late_by=17.0)
API = Strike(fault="API killed -9 + restart", at=130.0, late_by=8.0)
INSTANTS: list[Instant] = [(name, second) for name in ("a", "b") for second in range(100, 141)]
LED = [
    Said(100.0, "one", "leader_elected", "info"),
    Said(101.0, "one", "schedules_fired", "info", 2),
    Said(110.5, "one", "schedules_fired", "info", 2),
    Said(121.4, "two", "leader_elected", "info"),
    Said(121.6, "two", "schedules_fired", "info", 22),
]
GOOD = Seen(
    first={"a": 100, "b": 100},
    until=140,
    runs=[Run(instant, instant[1] + 0.25, has_job=True, missed=0) for instant in INSTANTS],
    jobs=Counter(INSTANTS),
    said=LED,
    strikes=[KILL, API],
)


def problems(place: int = -1, **seen: Any) -> list[str]:
    """Of one row: of the kill, of the API, of all."""
    return judge(replace(GOOD, **seen))[place].problems


def test_faults_without_harm_break_no_rule() -> None:
    rows = judge(GOOD)
    assert [row.fault for row in rows] == [KILL.fault, API.fault, TOTAL]
    assert [(row.instants, row.jobs, row.twice, row.missing) for row in rows] == [
        (40, 40, 0, 0),
        (22, 22, 0, 0),
        (82, 82, 0, 0),
    ]
    assert [row.problems for row in rows] == [[], [], []]
    assert rows[0].take_over == pytest.approx(11.0)
    assert rows[1].take_over is None
    assert rows[2].late_max == pytest.approx(0.25)


def test_strikes_of_one_kind_share_a_row_with_the_longest_take_over() -> None:
    again = replace(KILL, at=122.0, victim="two")
    said = [*LED, Said(135.5, "three", "leader_elected", "info"), Said(135.6, "three", "schedules_fired", "info", 1)]
    row = judge(replace(GOOD, strikes=[KILL, again], said=said))[0]
    assert (row.times, row.take_over) == (2, pytest.approx(13.5))
    assert row.remarks == ["another led after 11.00, 13.50 s, and fired after 11.20, 13.60"]


def test_an_instant_without_a_run_is_missing() -> None:
    assert problems(runs=[run for run in GOOD.runs if run.instant != ("b", 115)]) == [
        "1 instants have no run or no job, such as b at 115"
    ]


def test_an_instant_without_a_job_is_missing_where_it_happened() -> None:
    jobs = GOOD.jobs - Counter([("b", 131)])
    assert problems(0, jobs=jobs) == []
    assert problems(1, jobs=jobs) == ["1 instants have no run or no job, such as b at 131"]


def test_two_jobs_of_one_instant_are_one_too_many() -> None:
    assert problems(0, jobs=GOOD.jobs + Counter([("a", 112)])) == ["1 instants have more jobs than one, such as a at 112"]


def test_the_victim_itself_takes_nothing_over() -> None:
    assert problems(0, said=[said._replace(replica="one") for said in LED]) == ["another led never, allowed 15"]


def test_a_take_over_can_be_too_late() -> None:
    late = [said._replace(at=126.0) if said.event == "leader_elected" and said.replica == "two" else said for said in LED]
    assert problems(0, said=late) == ["another led after 15.60 s, allowed 15"]


def test_an_instant_can_be_too_late() -> None:
    late = [run._replace(fired_at=149.5) if run.instant == ("a", 140) else run for run in GOOD.runs]
    assert problems(1, runs=late) == ["an instant was 9.50 s late, allowed 8"]


def test_nothing_is_fired_that_was_not_due() -> None:
    early: Instant = ("a", 99)
    runs = [*GOOD.runs, Run(early, 99.1, has_job=True, missed=0)]
    assert problems(runs=runs, jobs=GOOD.jobs + Counter([early])) == ["1 runs that no schedule asked for, such as a at 99"]
    assert problems(jobs=GOOD.jobs + Counter([early])) == ["1 jobs of instants without a run, such as a at 99"]


def test_nothing_is_skipped_or_left_out() -> None:
    skipped = [run._replace(has_job=run.instant != ("a", 120)) for run in GOOD.runs]
    assert problems(runs=skipped) == ["1 instants were skipped, such as a at 120"]
    assert problems(runs=[run._replace(missed=int(run.instant == ("b", 130))) for run in GOOD.runs]) == [
        "1 instants were left out as missed"
    ]


def test_replicas_log_no_errors() -> None:
    assert problems(said=[*LED, Said(139.0, "two", "task_failed", "error")]) == [
        "replicas logged task_failed as an error, 1 times"
    ]


def test_the_table_aligns_within_the_terminal_and_counts_rows_that_broke_a_rule() -> None:
    full = FireRow("leader hears nothing of Redis", 3, 12.44, 15.5, 0.84, 11.72, 11.74, 17.5, 3000, 3000, 0, 0)
    total = FireRow(TOTAL, 0, None, None, 0.01, 77.0, 81.26, None, 21_973, 21_973, 40, 1, problems=["1 instants " * 20])
    lines = render([full, total], "full")
    assert max(map(len, lines)) <= WIDTH
    head, first, second = lines[:3]
    for title in ("p50", "p99", "max late", "instants", "jobs", "twice", "missing"):
        end = head.index(title) + len(title)
        assert {line[end : end + 1] for line in (head, first, second)} <= {" ", ""}
        assert all(line[end - 1] != " " for line in (first, second))
    assert first.startswith("leader hears nothing of Redis x3 12.4 of 15.5")
    assert lines[3].startswith("    ! 1 instants")
    assert lines[-1] == "schedules, full form: 1 rows broke a rule"
    assert render(judge(GOOD), "short")[-1] == "schedules, short form: every rule held"
