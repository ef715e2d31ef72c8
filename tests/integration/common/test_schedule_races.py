"""Many who fire and change schedules at once: each instant is one job, and nobody waits in a ring."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from goqueue_common.database import Database, connect, run_on
from goqueue_common.errors import StoreUnavailable
from goqueue_common.schedule import FireOutcome
from goqueue_common.schedule_run_store import FireReport, ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.schedule_sync_store import ScheduleSyncStore
from tests.factories import idempotency_key
from tests.schedules import ADA, count_rows, definition, fire, known_to_nobody, make, outcomes


@pytest.fixture
def many(database_url: str) -> Iterator[Database]:
    """The same database with connections for eight threads."""
    opened = connect(database_url, pool_size=8, statement_timeout_seconds=20.0, application_name="many")
    yield opened
    opened.close()


def test_two_who_fire_the_same_instants_at_once_make_one_job_of_each(many: Database, database: Database) -> None:
    names = [f"s{number}" for number in range(20)]
    for name in names:
        make(database, name)
    fires = [fire(name, minutes) for minutes in (3, 2) for name in names]
    start = Barrier(4)

    def go(seed: int) -> FireReport:
        start.wait()
        order = [item for minutes in (fires[:20], fires[20:]) for item in random.Random(seed).sample(minutes, 20)]
        return ScheduleRunStore(many).fire(order, known_to_nobody)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(go, range(4)))
    told = Counter(answer.outcome for report in reports for answer in report.answers)
    assert told == {FireOutcome.FIRED: 40, FireOutcome.REPLAYED: 120}
    jobs = {(answer.schedule, answer.scheduled_for, answer.job_id) for report in reports for answer in report.answers}
    assert (len(jobs), count_rows(database, "jobs"), count_rows(database, "schedule_runs")) == (40, 40, 40)


def test_who_fires_what_another_holds_gives_up_soon_and_nothing_is_fired(impatient: Database, database: Database) -> None:
    for name in "abc":
        make(database, name)
    fires = [fire(name) for name in "abc"]
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM schedules WHERE name = 'b' FOR UPDATE")
        with pytest.raises(StoreUnavailable):
            ScheduleRunStore(impatient).fire(fires, known_to_nobody)
    assert count_rows(database, "jobs") == 0
    assert outcomes(ScheduleRunStore(impatient).fire(fires, known_to_nobody)) == ["fired"] * 3


def test_fires_and_changes_of_all_kinds_at_once_neither_deadlock_nor_fire_twice(many: Database, database: Database) -> None:
    names = [f"s{number:02}" for number in range(24)]
    for name in names[:16]:
        make(database, name, overlap="skip" if name > "s08" else "allow")
    people, files, runs = ScheduleStore(many), ScheduleSyncStore(many), ScheduleRunStore(many)

    def firing(chance: random.Random) -> None:
        minutes = chance.randint(1, 30)
        order = chance.sample(names, len(names))
        report = runs.fire([fire(name, minutes, version=chance.randint(1, 9)) for name in order], known_to_nobody)
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
                lambda: runs.run_by_hand(name, ADA, None, known_to_nobody),
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
    assert count_rows(database, "jobs") == count_rows(database, "schedule_runs WHERE job_id IS NOT NULL") > 0


def test_a_pause_that_comes_first_is_heeded_and_one_that_comes_late_waits(
    many: Database, database: Database, impatient: Database
) -> None:
    make(database)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM schedules WHERE name = 'report' FOR NO KEY UPDATE")
        with pytest.raises(StoreUnavailable):
            ScheduleStore(impatient).pause("report", ADA)
    ScheduleStore(database).pause("report", ADA)
    assert outcomes(ScheduleRunStore(many).fire([fire("report"), fire("report", version=2)], known_to_nobody)) == [
        "changed",
        "paused",
    ]


def test_a_commit_whose_answer_was_lost_has_fired_once(forgetful: Database, database: Database) -> None:
    make(database)
    runs = ScheduleRunStore(forgetful)
    report = runs.fire([fire("report", 2)], known_to_nobody)
    assert outcomes(report) == ["replayed"]
    assert [row[0] for row in database.run("SELECT id::text FROM jobs")] == [report.answers[0].job_id]
    submission, submitted = runs.run_by_hand("report", ADA, idempotency_key(), known_to_nobody)
    by_hand = runs.page("report", before=None, limit=1)[0]
    assert (by_hand.job_id, by_hand.scheduled_for) == (submitted.id, submission.job.scheduled_for)
    assert [count_rows(database, name) for name in ("jobs", "schedule_runs", "audit WHERE action = 'schedule.run'")] == [
        2,
        2,
        1,
    ]
