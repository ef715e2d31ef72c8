"""Instants become jobs: each at most once, whoever asks, and however often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from goqueue_common.database import Database, connect, run_on
from goqueue_common.errors import IdempotencyKeyReused, ScheduleNotFound, StoreUnavailable
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import FINAL, JobStatus
from goqueue_common.schedule import AHEAD_SECONDS, Fire, FireOutcome
from goqueue_common.schedule_run_store import OVERLAP_RUNS, FireReport, ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.schedule_sync_store import ScheduleSyncStore
from tests.factories import idempotency_key
from tests.schedules import ADA, definition, fire, make, minutes_ago


def unknown(_: str) -> int | None:
    """No worker has published any type."""
    return None


@pytest.fixture
def runs(database: Database) -> ScheduleRunStore:
    return ScheduleRunStore(database)


@pytest.fixture
def many(database_url: str) -> Iterator[Database]:
    """The same database with connections for eight threads."""
    opened = connect(database_url, pool_size=8, statement_timeout_seconds=20.0, application_name="many")
    yield opened
    opened.close()


def outcomes(report: FireReport) -> list[str]:
    return [str(answer.outcome) for answer in report.answers]


def end(database: Database, job_id: str | None, status: str = "completed") -> None:
    database.run(
        "UPDATE jobs SET status = %(status)s, finished_at = CASE WHEN %(status)s = ANY(%(final)s) THEN now() END, "
        "failure_reason = CASE WHEN %(status)s = 'failed' THEN 'exhausted' END, "
        "worker_id = CASE WHEN %(status)s = 'processing' THEN gen_random_uuid() END, run_at = now() WHERE id = %(id)s",
        {"status": status, "id": job_id, "final": sorted(FINAL)},
    )


def count(database: Database, table: str) -> int:
    return int(database.run(f"SELECT count(*) FROM {table}")[0][0])


def test_an_instant_becomes_a_job_as_the_schedule_says(runs: ScheduleRunStore, database: Database, store: JobStore) -> None:
    members = {"type": "mail", "queue": "mails", "payload": {"ü": [1, 1.5]}, "priority": "high", "tags": ["a", "b"]}
    made = make(database, **members, max_retries=7, timeout=2.5)
    request = fire(made, 2, missed=3)
    report = runs.fire([request], unknown)
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
    first = runs.fire([fire("report", 2)], unknown)
    again = runs.fire([fire("report", 2), fire("report", 1), fire("report", 1)], unknown)
    assert outcomes(again) == ["replayed", "fired", "replayed"]
    assert again.answers[0].job_id == first.answers[0].job_id
    assert again.answers[1].job_id == again.answers[2].job_id
    assert count(database, "jobs") == 2


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
        unknown,
    )
    assert outcomes(report) == ["gone", "paused", "changed", "passed", "ahead", "fired"]
    assert [answer.job_id is None for answer in report.answers] == [True] * 5 + [False]
    assert (count(database, "jobs"), count(database, "schedule_runs")) == (1, 1)


def test_instants_that_were_missed_fire_in_their_order_in_one_call(
    runs: ScheduleRunStore, database: Database, store: JobStore
) -> None:
    for name in ("a", "b"):
        make(database, name)
    report = runs.fire([fire(name, minutes) for minutes in (9, 5, 3) for name in ("b", "a")], unknown)
    assert set(outcomes(report)) == {"fired"}
    assert outcomes(runs.fire([fire("a", 2), fire("a", 4)], unknown)) == ["fired", "passed"]
    jobs = [store.get_job_by_id(answer.job_id or "") for answer in report.answers]
    assert [(job.schedule, job.scheduled_for) for job in jobs] == [
        (answer.schedule, answer.scheduled_for) for answer in report.answers
    ]


def test_an_instant_fires_once_even_if_its_run_and_key_are_forgotten(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    runs.fire([fire("report", 2)], unknown)
    database.run("DELETE FROM schedule_runs; DELETE FROM idempotency_keys")
    assert outcomes(runs.fire([fire("report", 2)], unknown)) == ["passed"]


def test_an_instant_that_only_its_key_remembers_is_answered_with_its_job(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database)
    first = runs.fire([fire("report", 2)], unknown)
    database.run("DELETE FROM schedule_runs; UPDATE schedules SET due_after = now() - interval '1 day'")
    again = runs.fire([fire("report", 2), fire("report", 2), fire("report", 1)], unknown)
    assert outcomes(again) == ["replayed", "replayed", "fired"]
    assert [answer.job_id for answer in again.answers[:2]] == [first.answers[0].job_id] * 2
    assert count(database, "jobs") == 2
    assert [run.job_id for run in runs.page("report", before=None, limit=9)] == [
        again.answers[2].job_id,
        first.answers[0].job_id,
    ]


def test_a_schedule_made_anew_under_its_name_does_not_fire_an_instant_again(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database)
    runs.fire([fire("report", 2)], unknown)
    ScheduleStore(database).delete("report", ADA, version=None)
    assert outcomes(runs.fire([fire("report", 2), fire("report", 1)], unknown)) == ["replayed", "gone"]
    make(database)
    assert outcomes(runs.fire([fire("report", 2), fire("report", 1)], unknown)) == ["replayed", "fired"]


@pytest.mark.parametrize("status", [*sorted(set(JobStatus) - FINAL), *sorted(FINAL), "deleted"])
def test_a_schedule_that_skips_overlaps_waits_for_its_job_to_end(
    runs: ScheduleRunStore, database: Database, status: str
) -> None:
    make(database, overlap="skip")
    (first,) = runs.fire([fire("report", 5)], unknown).answers
    if status == "deleted":
        database.run("DELETE FROM jobs")
    else:
        end(database, first.job_id, status)
    is_over = status == "deleted" or JobStatus(status) in FINAL
    report = runs.fire([fire("report", 4), fire("report", 3)], unknown)
    assert outcomes(report) == (["fired", "skipped"] if is_over else ["skipped", "skipped"])
    shown = [run.outcome for run in runs.page("report", before=None, limit=9)]
    assert shown == ["skipped", "queued" if is_over else "skipped", status]
    assert outcomes(runs.fire([fire("report", 3)], unknown)) == ["skipped"]
    assert count(database, "schedule_runs") == 3
    assert ScheduleStore(database).get("report").due_after == report.answers[1].scheduled_for


def test_a_job_that_runs_for_long_is_seen_behind_any_number_of_skipped_instants(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database, overlap="skip")
    report = runs.fire([fire("report", minutes) for minutes in range(59, 2, -1)], unknown)
    assert Counter(outcomes(report)) == {"fired": 1, "skipped": 56}
    assert outcomes(runs.fire([fire("report", 2)], unknown)) == ["skipped"]
    end(database, report.answers[0].job_id)
    assert outcomes(runs.fire([fire("report", 1)], unknown)) == ["fired"]


def test_an_unfinished_job_behind_many_newer_ones_is_no_overlap(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    report = runs.fire([fire("report", 3 + number) for number in range(OVERLAP_RUNS, -1, -1)], unknown)
    for answer in report.answers[1:]:
        end(database, answer.job_id)
    database.run("UPDATE schedules SET overlap = 'skip'")
    assert len(report.answers) == OVERLAP_RUNS + 1
    assert outcomes(runs.fire([fire("report", 2)], unknown)) == ["fired"]


def test_schedules_that_allow_overlaps_or_are_others_do_not_wait(runs: ScheduleRunStore, database: Database) -> None:
    make(database, "busy", overlap="skip")
    make(database, "free", overlap="skip")
    make(database, "easy")
    runs.fire([fire("busy", 5), fire("easy", 5)], unknown)
    assert outcomes(runs.fire([fire("busy"), fire("free"), fire("easy")], unknown)) == ["skipped", "fired", "fired"]


def test_a_commit_whose_answer_was_lost_has_fired_once(forgetful: Database, database: Database) -> None:
    make(database)
    runs = ScheduleRunStore(forgetful)
    report = runs.fire([fire("report", 2)], unknown)
    assert outcomes(report) == ["replayed"]
    assert [row[0] for row in database.run("SELECT id::text FROM jobs")] == [report.answers[0].job_id]
    submission, submitted = runs.run_by_hand("report", ADA, idempotency_key(), unknown)
    by_hand = runs.page("report", before=None, limit=1)[0]
    assert (by_hand.job_id, by_hand.scheduled_for) == (submitted.id, submission.job.scheduled_for)
    assert [count(database, name) for name in ("jobs", "schedule_runs", "audit WHERE action = 'schedule.run'")] == [2, 2, 1]


def test_two_who_fire_the_same_instants_at_once_make_one_job_of_each(many: Database, database: Database) -> None:
    names = [f"s{number}" for number in range(20)]
    for name in names:
        make(database, name)
    fires = [fire(name, minutes) for minutes in (3, 2) for name in names]
    start = Barrier(4)

    def go(seed: int) -> FireReport:
        start.wait()
        order = [item for minutes in (fires[:20], fires[20:]) for item in random.Random(seed).sample(minutes, 20)]
        return ScheduleRunStore(many).fire(order, unknown)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(go, range(4)))
    told = Counter(answer.outcome for report in reports for answer in report.answers)
    assert told == {FireOutcome.FIRED: 40, FireOutcome.REPLAYED: 120}
    jobs = {(answer.schedule, answer.scheduled_for, answer.job_id) for report in reports for answer in report.answers}
    assert (len(jobs), count(database, "jobs"), count(database, "schedule_runs")) == (40, 40, 40)


def test_who_fires_what_another_holds_gives_up_soon_and_nothing_is_fired(impatient: Database, database: Database) -> None:
    for name in "abc":
        make(database, name)
    fires = [fire(name) for name in "abc"]
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM schedules WHERE name = 'b' FOR UPDATE")
        with pytest.raises(StoreUnavailable):
            ScheduleRunStore(impatient).fire(fires, unknown)
    assert count(database, "jobs") == 0
    assert outcomes(ScheduleRunStore(impatient).fire(fires, unknown)) == ["fired"] * 3


def test_fires_and_changes_of_all_kinds_at_once_neither_deadlock_nor_fire_twice(many: Database, database: Database) -> None:
    names = [f"s{number:02}" for number in range(24)]
    for name in names[:16]:
        make(database, name, overlap="skip" if name > "s08" else "allow")
    people, files, runs = ScheduleStore(many), ScheduleSyncStore(many), ScheduleRunStore(many)

    def firing(chance: random.Random) -> None:
        minutes = chance.randint(1, 30)
        order = chance.sample(names, len(names))
        report = runs.fire([fire(name, minutes, version=chance.randint(1, 9)) for name in order], unknown)
        assert len(report.answers) == len(names)

    def syncing(chance: random.Random) -> None:
        kept = chance.sample(names[16:], chance.randint(0, 8))
        files.sync([definition(name, queue=chance.choice("xy")) for name in kept], ADA)

    def changing(chance: random.Random) -> None:
        name = chance.choice(names[:16])
        deed: Callable[[], Any] = chance.choice(
            [
                lambda: people.pause(name, ADA),
                lambda: people.resume(name, ADA),
                lambda: people.replace(definition(name, queue=chance.choice("xyz")), ADA, version=None),
                lambda: people.delete(name, ADA, version=None),
                lambda: people.create(definition(name), ADA),
                lambda: runs.run_by_hand(name, ADA, None, unknown),
            ]
        )
        deed()

    def go(number: int) -> Counter[str]:
        chance, said = random.Random(number), Counter[str]()
        for _ in range(25):
            try:
                (firing, syncing, changing)[number % 3](chance)
            except Exception as error:  # noqa: BLE001 - each kind is looked at below
                said[type(error).__name__] += 1
        return said

    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = database.run(deadlocks)
    with ThreadPoolExecutor(8) as pool:
        said = sum(pool.map(go, range(8)), Counter[str]())
    assert set(said) <= {"ScheduleNotFound", "ScheduleExists"}
    assert database.run(deadlocks) == before
    twice = "SELECT 1 FROM jobs WHERE schedule IS NOT NULL GROUP BY schedule, scheduled_for HAVING count(*) > 1"
    assert database.run(twice) == []
    assert count(database, "jobs") == count(database, "schedule_runs WHERE job_id IS NOT NULL") > 0


def test_a_pause_that_comes_first_is_heeded_and_one_that_comes_late_waits(
    many: Database, database: Database, impatient: Database
) -> None:
    make(database)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM schedules WHERE name = 'report' FOR NO KEY UPDATE")
        with pytest.raises(StoreUnavailable):
            ScheduleStore(impatient).pause("report", ADA)
    ScheduleStore(database).pause("report", ADA)
    assert outcomes(ScheduleRunStore(many).fire([fire("report"), fire("report", version=2)], unknown)) == [
        "changed",
        "paused",
    ]


def test_a_run_by_hand_heeds_neither_pause_nor_overlap_and_moves_nothing(
    runs: ScheduleRunStore, database: Database, store: JobStore
) -> None:
    make(database, overlap="skip", paused=True, payload={"a": 1})
    before = ScheduleStore(database).get("report")
    for _ in range(2):
        submission, submitted = runs.run_by_hand("report", ADA, None, unknown, "00-0af7-b7ad-01")
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
    _, submitted = runs.run_by_hand("report", ADA, None, unknown)
    assert outcomes(runs.fire([fire("report", 2)], unknown)) == ["skipped"]
    end(database, submitted.id)
    assert outcomes(runs.fire([fire("report", 1)], unknown)) == ["fired"]


def test_a_run_by_hand_under_one_key_is_one_job(runs: ScheduleRunStore, database: Database) -> None:
    make(database)
    make(database, "other")
    key = idempotency_key("once", request="report")
    (_, first), (_, again) = (runs.run_by_hand("report", ADA, key, unknown) for _ in range(2))
    assert (again.id, first.replayed, again.replayed) == (first.id, False, True)
    with pytest.raises(IdempotencyKeyReused):
        runs.run_by_hand("other", ADA, idempotency_key("once", request="other"), unknown)
    assert [count(database, name) for name in ("jobs", "schedule_runs", "audit WHERE action = 'schedule.run'")] == [1, 1, 1]


def test_what_is_not_there_does_not_run_by_hand(runs: ScheduleRunStore) -> None:
    with pytest.raises(ScheduleNotFound, match="'report'"):
        runs.run_by_hand("report", ADA, None, unknown)


def test_runs_are_paged_from_the_newest_and_tell_what_became_of_their_jobs(
    runs: ScheduleRunStore, database: Database
) -> None:
    make(database)
    report = runs.fire([fire("report", minutes) for minutes in (5, 4, 3, 2)], unknown)
    for answer, status in zip(report.answers, ("completed", "failed", "processing"), strict=False):
        end(database, answer.job_id, status)
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
