"""A schedule that skips overlaps fires nothing while a job of it is unfinished."""

from __future__ import annotations

from collections import Counter

import pytest

from goqueue_common.database import Database
from goqueue_common.lifecycle import FINAL, JobStatus
from goqueue_common.schedule_run_store import OVERLAP_RUNS, ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from tests.schedules import count_rows, end_job, fire, known_to_nobody, make, outcomes


@pytest.fixture
def runs(database: Database) -> ScheduleRunStore:
    return ScheduleRunStore(database)


@pytest.mark.parametrize("status", [*sorted(set(JobStatus) - FINAL), *sorted(FINAL), "deleted"])
def test_a_schedule_that_skips_overlaps_waits_for_its_job_to_end(
    runs: ScheduleRunStore, database: Database, status: str
) -> None:
    make(database, overlap="skip")
    (first,) = runs.fire([fire("report", 5)], known_to_nobody).answers
    if status == "deleted":
        database.run("DELETE FROM jobs")
    else:
        end_job(database, first.job_id, status)
    is_over = status == "deleted" or JobStatus(status) in FINAL
    report = runs.fire([fire("report", 4), fire("report", 3)], known_to_nobody)
    assert outcomes(report) == (["fired", "skipped"] if is_over else ["skipped", "skipped"])
    shown = [run.outcome for run in runs.page("report", before=None, limit=9)]
    assert shown == ["skipped", "queued" if is_over else "skipped", status]
    assert outcomes(runs.fire([fire("report", 3)], known_to_nobody)) == ["skipped"]
    assert count_rows(database, "schedule_runs") == 3
    assert ScheduleStore(database).get("report").due_after == report.answers[1].scheduled_for


def test_a_job_that_runs_for_long_is_seen_behind_any_number_of_skipped_instants(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database, overlap="skip")
    report = runs.fire([fire("report", minutes) for minutes in range(59, 2, -1)], known_to_nobody)
    assert Counter(outcomes(report)) == {"fired": 1, "skipped": 56}
    assert outcomes(runs.fire([fire("report", 2)], known_to_nobody)) == ["skipped"]
    end_job(database, report.answers[0].job_id)
    assert outcomes(runs.fire([fire("report", 1)], known_to_nobody)) == ["fired"]


def test_an_unfinished_job_behind_many_newer_ones_is_no_overlap(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    report = runs.fire([fire("report", 3 + number) for number in range(OVERLAP_RUNS, -1, -1)], known_to_nobody)
    for answer in report.answers[1:]:
        end_job(database, answer.job_id)
    database.run("UPDATE schedules SET overlap = 'skip'")
    assert len(report.answers) == OVERLAP_RUNS + 1
    assert outcomes(runs.fire([fire("report", 2)], known_to_nobody)) == ["fired"]


def test_schedules_that_allow_overlaps_or_are_others_do_not_wait(runs: ScheduleRunStore, database: Database) -> None:
    make(database, "busy", overlap="skip")
    make(database, "free", overlap="skip")
    make(database, "easy")
    runs.fire([fire("busy", 5), fire("easy", 5)], known_to_nobody)
    assert outcomes(runs.fire([fire("busy"), fire("free"), fire("easy")], known_to_nobody)) == ["skipped", "fired", "fired"]
