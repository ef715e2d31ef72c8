"""Instants become jobs as the schedule says, each at most once, however often they are asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goqueue_common.database import Database
from goqueue_common.errors import PayloadTooLarge
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import MAX_DOCUMENT_BYTES
from goqueue_common.schedule import AHEAD_SECONDS, Fire, FireOutcome
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.schedule_sync_store import ScheduleSyncStore
from tests.schedules import ADA, count_rows, definition, fire, known_to_nobody, make, outcomes


@pytest.fixture
def runs(database: Database) -> ScheduleRunStore:
    return ScheduleRunStore(database)


def test_an_instant_becomes_a_job_as_the_schedule_says(runs: ScheduleRunStore, database: Database, store: JobStore) -> None:
    members = {"type": "mail", "queue": "mails", "payload": {"ü": [1, 1.5]}, "priority": "high", "tags": ["a", "b"]}
    made = make(database, **members, max_retries=7, timeout=2.5)
    request = fire(made, 2, missed=3)
    report = runs.fire([request], known_to_nobody)
    (answer,) = report.answers
    assert answer.job_id is not None
    job = store.get_job_by_id(answer.job_id)
    assert (answer.outcome, job.status, job.schedule, job.scheduled_for) == (
        FireOutcome.FIRED,
        JobStatus.QUEUED,
        "report",
        request.scheduled_for,
    )
    assert (job.type, job.queue, job.payload, job.tags) == ("mail", "mails", {"ü": [1, 1.5]}, ["a", "b"])
    assert (job.priority.label, job.max_retries, job.timeout_seconds, job.run_at) == ("high", 7, 2.5, None)
    (run,) = runs.page("report", before=None, limit=9)
    assert (run.scheduled_for, run.fired_at, run.job_id) == (request.scheduled_for, report.at, answer.job_id)
    assert (run.outcome, run.manual, run.missed) == ("queued", False, 3)
    now = ScheduleStore(database).get("report")
    assert (now.due_after, now.version, now.updated_at) == (request.scheduled_for, made.version, made.updated_at)
    assert now.next_at == request.scheduled_for + timedelta(minutes=1)


@pytest.mark.parametrize(("known", "expected"), [(9, 9), (0, 0), (None, 3)])
def test_a_schedule_that_says_nothing_of_retries_takes_those_of_the_handler(
    runs: ScheduleRunStore, database: Database, known: int | None, expected: int
) -> None:
    make(database)
    fired = runs.fire([fire("report")], lambda name: known if name == "demo" else 77)
    by_hand = runs.run_by_hand("report", ADA, None, lambda _: known)
    assert (fired.submitted[0].max_retries, by_hand[1].max_retries) == (expected, expected)


def test_an_instant_that_was_fired_is_answered_with_its_job(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    first = runs.fire([fire("report", 2)], known_to_nobody)
    again = runs.fire([fire("report", 2), fire("report", 1), fire("report", 1)], known_to_nobody)
    assert outcomes(again) == ["replayed", "fired", "replayed"]
    assert again.answers[0].job_id == first.answers[0].job_id
    assert again.answers[1].job_id == again.answers[2].job_id
    assert count_rows(database, "jobs") == 2


def test_each_reason_not_to_fire_is_told(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    make(database, "paused", paused=True)
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD_SECONDS)
    report = runs.fire(
        [
            fire("nobody"),
            fire("paused"),
            fire("report", version=2),
            fire("report", 90),
            Fire(schedule="report", scheduled_for=ahead + timedelta(seconds=5), version=1),
            Fire(schedule="report", scheduled_for=ahead - timedelta(seconds=5), version=1),
        ],
        known_to_nobody,
    )
    assert outcomes(report) == ["gone", "paused", "changed", "passed", "ahead", "fired"]
    assert [answer.job_id is None for answer in report.answers] == [True] * 5 + [False]
    assert (count_rows(database, "jobs"), count_rows(database, "schedule_runs")) == (1, 1)


def test_instants_that_were_missed_fire_in_their_order_in_one_call(
    runs: ScheduleRunStore, database: Database, store: JobStore
) -> None:
    for name in ("a", "b"):
        make(database, name)
    report = runs.fire([fire(name, minutes) for minutes in (9, 5, 3) for name in ("b", "a")], known_to_nobody)
    assert set(outcomes(report)) == {"fired"}
    assert outcomes(runs.fire([fire("a", 2), fire("a", 4)], known_to_nobody)) == ["fired", "passed"]
    jobs = [store.get_job_by_id(answer.job_id or "") for answer in report.answers]
    assert [(job.schedule, job.scheduled_for) for job in jobs] == [
        (answer.schedule, answer.scheduled_for) for answer in report.answers
    ]


def test_an_instant_fires_once_even_if_its_run_and_key_are_forgotten(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    runs.fire([fire("report", 2)], known_to_nobody)
    database.run("DELETE FROM schedule_runs; DELETE FROM idempotency_keys")
    assert outcomes(runs.fire([fire("report", 2)], known_to_nobody)) == ["passed"]


def test_an_instant_that_only_its_key_remembers_is_answered_with_its_job(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database)
    first = runs.fire([fire("report", 2)], known_to_nobody)
    database.run("DELETE FROM schedule_runs; UPDATE schedules SET due_after = now() - interval '1 day'")
    again = runs.fire([fire("report", 2), fire("report", 2), fire("report", 1)], known_to_nobody)
    assert outcomes(again) == ["replayed", "replayed", "fired"]
    assert [answer.job_id for answer in again.answers[:2]] == [first.answers[0].job_id] * 2
    assert count_rows(database, "jobs") == 2
    assert [run.job_id for run in runs.page("report", before=None, limit=9)] == [
        again.answers[2].job_id,
        first.answers[0].job_id,
    ]


def test_a_schedule_made_anew_under_its_name_does_not_fire_an_instant_again(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database)
    runs.fire([fire("report", 2)], known_to_nobody)
    ScheduleStore(database).delete("report", ADA, version=None)
    assert outcomes(runs.fire([fire("report", 2), fire("report", 1)], known_to_nobody)) == ["replayed", "gone"]
    anew = make(database)
    request = fire("report", version=anew.version)
    assert outcomes(runs.fire([fire("report", 2), request], known_to_nobody)) == ["replayed", "fired"]


@pytest.mark.parametrize("kept_by", ["people", "file"])
def test_who_knows_a_schedule_that_was_deleted_does_not_fire_the_one_that_has_its_name_now(
    runs: ScheduleRunStore, database: Database, kept_by: str
) -> None:
    if kept_by == "file":
        ScheduleSyncStore(database).sync([definition()], ADA)
        ScheduleSyncStore(database).sync([], ADA)
    else:
        make(database)
        ScheduleStore(database).delete("report", ADA, version=1)
    anew = make(database, cron="@yearly")
    assert outcomes(runs.fire([fire("report"), fire("report", version=anew.version)], known_to_nobody)) == [
        "changed",
        "fired",
    ]


def test_more_payload_than_memory_bears_is_not_written_at_once(runs: ScheduleRunStore, database: Database) -> None:
    make(database, payload={"x": "x" * (MAX_DOCUMENT_BYTES - 100)})
    fires = [fire("report", minutes) for minutes in range(59, 0, -1)]
    fires += [fire("report", seconds / 60) for seconds in range(59, 39, -1)]
    with pytest.raises(PayloadTooLarge, match="ask for fewer"):
        runs.fire(fires, known_to_nobody)
    assert count_rows(database, "jobs") == 0
    assert set(outcomes(runs.fire(fires[:60], known_to_nobody))) == {"fired"}
    assert outcomes(runs.fire(fires, known_to_nobody)) == ["replayed"] * 60 + ["fired"] * 19
