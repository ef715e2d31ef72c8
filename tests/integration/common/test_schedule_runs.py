"""Runs by hand, and what is shown of all runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_common.database import Database
from goqueue_common.errors import IdempotencyKeyReused, ScheduleNotFound
from goqueue_common.job_store import JobStore
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from tests.factories import idempotency_key
from tests.schedules import ADA, count_rows, end_job, fire, known_to_nobody, make, minutes_ago, outcomes


@pytest.fixture
def runs(database: Database) -> ScheduleRunStore:
    return ScheduleRunStore(database)


def test_a_run_by_hand_heeds_neither_pause_nor_overlap_and_moves_nothing(
    runs: ScheduleRunStore, database: Database, store: JobStore
) -> None:
    make(database, overlap="skip", paused=True, payload={"a": 1})
    before = ScheduleStore(database).get("report")
    for _ in range(2):
        submission, submitted = runs.run_by_hand("report", ADA, None, known_to_nobody, "00-0af7-b7ad-01")
        job = store.get_job_by_id(submitted.id)
        assert (job.schedule, job.payload, job.traceparent) == ("report", {"a": 1}, "00-0af7-b7ad-01")
        assert job.scheduled_for == submission.job.scheduled_for
        assert job.scheduled_for is not None
        assert job.scheduled_for.microsecond
        assert abs(job.scheduled_for - datetime.now(UTC)) < timedelta(minutes=1)
    after = ScheduleStore(database).get("report")
    assert (after.due_after, after.version, after.next_at) == (before.due_after, before.version, None)
    assert [(run.manual, run.outcome) for run in runs.page("report", before=None, limit=9)] == [(True, "queued")] * 2
    assert database.run("SELECT actor, target ->> 'job' FROM audit ORDER BY id DESC LIMIT 1") == [("ada", submitted.id)]


def test_an_unfinished_run_by_hand_is_an_overlap(runs: ScheduleRunStore, database: Database) -> None:
    make(database, overlap="skip")
    _, submitted = runs.run_by_hand("report", ADA, None, known_to_nobody)
    assert outcomes(runs.fire([fire("report", 2)], known_to_nobody)) == ["skipped"]
    end_job(database, submitted.id)
    assert outcomes(runs.fire([fire("report", 1)], known_to_nobody)) == ["fired"]


def test_a_run_by_hand_under_one_key_is_one_job(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    make(database, "other")
    key = idempotency_key("once", request="report")
    (_, first), (_, again) = (runs.run_by_hand("report", ADA, key, known_to_nobody) for _ in range(2))
    assert (again.id, first.replayed, again.replayed) == (first.id, False, True)
    with pytest.raises(IdempotencyKeyReused):
        runs.run_by_hand("other", ADA, idempotency_key("once", request="other"), known_to_nobody)
    assert [count_rows(database, name) for name in ("jobs", "schedule_runs", "audit WHERE action = 'schedule.run'")] == [
        1,
        1,
        1,
    ]


def test_what_is_not_there_does_not_run_by_hand(runs: ScheduleRunStore) -> None:
    with pytest.raises(ScheduleNotFound, match="'report'"):
        runs.run_by_hand("report", ADA, None, known_to_nobody)


def test_runs_are_paged_from_the_newest_and_tell_what_became_of_their_jobs(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database)
    report = runs.fire([fire("report", minutes) for minutes in (5, 4, 3, 2)], known_to_nobody)
    for answer, status in zip(report.answers, ("completed", "failed", "processing"), strict=False):
        end_job(database, answer.job_id, status)
    database.run("DELETE FROM jobs WHERE id = %(id)s", {"id": report.answers[3].job_id})
    first = runs.page("report", before=None, limit=3)
    rest = runs.page("report", before=first[-1].scheduled_for, limit=3)
    assert [run.outcome for run in first + rest] == ["deleted", "processing", "failed", "completed"]
    assert [run.scheduled_for for run in first + rest] == [minutes_ago(minutes) for minutes in (2, 3, 4, 5)]
    assert runs.page("report", before=rest[-1].scheduled_for, limit=3) == []


def test_only_what_never_was_has_no_page(runs: ScheduleRunStore, database: Database) -> None:
    with pytest.raises(ScheduleNotFound, match="'report'"):
        runs.page("report", before=None, limit=9)
    make(database)
    assert runs.page("report", before=None, limit=9) == []
