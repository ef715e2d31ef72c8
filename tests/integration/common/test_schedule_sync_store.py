"""The schedules file and the database: what the file says is there, and nothing of what people keep is touched."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_common.audit_store import Actor, AuditStore
from goqueue_common.database import Database, connect, run_on
from goqueue_common.errors import ScheduleExists
from goqueue_common.schedule import Source
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.schedule_sync_store import ScheduleSyncStore, SyncReport
from tests.factories import eventually
from tests.schedules import ADA, definition


@pytest.fixture
def files(database: Database) -> ScheduleSyncStore:
    return ScheduleSyncStore(database)


@pytest.fixture
def schedules(database: Database) -> ScheduleStore:
    return ScheduleStore(database)


def sync(files: ScheduleSyncStore, *names: str, **members: Any) -> SyncReport:
    return files.sync([definition(name, **members) for name in names], ADA)


def revision(schedules: ScheduleStore) -> int:
    return schedules.page(after=None, limit=1).revision


def names(schedules: ScheduleStore) -> list[str]:
    return [one.name for one in schedules.page(after=None, limit=100).schedules]


def run(database: Database, name: str) -> None:
    ScheduleRunStore(database).run_by_hand(name, ADA, None, lambda _: None)


def test_a_sync_creates_changes_removes_and_leaves_alone(files: ScheduleSyncStore, schedules: ScheduleStore) -> None:
    first = sync(files, "c", "a", "b")
    assert (first.created, first.updated, first.removed, first.paused, first.unchanged) == (("a", "b", "c"), (), (), (), 0)
    kept = schedules.get("b")
    assert kept.source is Source.FILE
    before = revision(schedules)
    second = files.sync([definition("d"), definition("a", queue="other"), definition("b")], ADA)
    assert (second.created, second.updated, second.removed, second.unchanged) == (("d",), ("a",), ("c",), 1)
    assert names(schedules) == ["a", "b", "d"]
    assert (schedules.get("a").definition.queue, schedules.get("a").version) == ("other", 2)
    assert schedules.get("b") == kept
    assert revision(schedules) == before + 1
    assert abs((second.at - datetime.now(UTC)).total_seconds()) < 60


def test_the_same_file_again_changes_nothing(
    files: ScheduleSyncStore, schedules: ScheduleStore, database: Database
) -> None:
    members = {"payload": {"b": 1.0, "a": [True, None, 1e16, 1.5e-7]}, "tags": ["x", "y"], "timezone": "Europe/Berlin"}
    sync(files, "a", "b", **members, jitter=0.1, starts_at="2026-01-01T00:00:00.000001+01:00")
    before = revision(schedules)
    again = sync(files, "b", "a", **members, jitter=0.1, starts_at="2025-12-31T23:00:00.000001Z")
    assert (again.changes(), again.unchanged) == ({}, 2)
    assert revision(schedules) == before
    assert len(AuditStore(database).page(before=None, limit=9)) == 1


def test_an_empty_file_is_a_file(files: ScheduleSyncStore, schedules: ScheduleStore) -> None:
    assert sync(files).changes() == {}
    sync(files, "a", "b")
    assert sync(files).removed == ("a", "b")
    assert names(schedules) == []


def test_what_people_keep_is_left_alone_and_its_name_refused(files: ScheduleSyncStore, schedules: ScheduleStore) -> None:
    kept = [schedules.create(definition(name), ADA) for name in ("mine", "ours")]
    sync(files, "a")
    before = revision(schedules)
    for given, told in ((("b", "mine"), "a schedule of the name 'mine'"), (("ours", "mine"), "schedules of the name")):
        with pytest.raises(ScheduleExists, match=told):
            sync(files, *given)
    assert names(schedules) == ["a", "mine", "ours"]
    assert revision(schedules) == before
    sync(files)
    assert [schedules.get(name) for name in ("mine", "ours")] == kept


def test_a_new_cron_begins_now_and_another_queue_does_not(files: ScheduleSyncStore, schedules: ScheduleStore) -> None:
    sync(files, "a", "b")
    before = schedules.get("a").due_after
    files.sync([definition("a", cron="0 0 * * *"), definition("b", queue="other")], ADA)
    assert schedules.get("a").due_after > before
    assert schedules.get("b").due_after == before
    next_at = schedules.get("a").next_at
    assert next_at is not None
    assert (next_at.hour, next_at.minute) == (0, 0)


def test_what_has_run_is_paused_when_the_file_drops_it_and_goes_on_when_it_is_back(
    files: ScheduleSyncStore, schedules: ScheduleStore, database: Database
) -> None:
    sync(files, "a", "b")
    run(database, "a")
    report = sync(files)
    assert (report.removed, report.paused) == (("b",), ("a",))
    dropped = schedules.get("a")
    assert dropped.dropped_at is not None
    assert (dropped.paused_at, dropped.paused_by, dropped.next_at, dropped.source, dropped.version) == (
        dropped.dropped_at,
        "ada",
        None,
        Source.FILE,
        2,
    )
    assert sync(files).changes() == {}
    assert sync(files, "a").updated == ("a",)
    back = schedules.get("a")
    assert (back.dropped_at, back.paused_at, back.paused_by, back.version) == (None, None, None, 3)
    assert back.due_after > dropped.dropped_at
    assert back.next_at is not None


@pytest.mark.parametrize(("paused", "is_paused"), [(None, True), (True, True), (False, False)])
def test_what_people_had_paused_before_stays_paused_when_it_is_back_unless_the_file_says_no(
    files: ScheduleSyncStore, schedules: ScheduleStore, database: Database, paused: bool | None, is_paused: bool
) -> None:
    sync(files, "a")
    run(database, "a")
    by_hand = schedules.pause("a", ADA).paused_at
    sync(files)
    assert schedules.get("a").paused_at == by_hand
    sync(files, "a", **({} if paused is None else {"paused": paused}))
    back = schedules.get("a")
    assert (back.dropped_at, back.paused_at) == (None, by_hand if is_paused else None)


def test_what_people_pause_while_the_file_has_dropped_it_stays_paused_when_it_is_back(
    files: ScheduleSyncStore, schedules: ScheduleStore, database: Database
) -> None:
    sync(files, "a")
    run(database, "a")
    sync(files)
    by_hand = schedules.pause("a", Actor("grace", None, "r2"))
    assert (by_hand.paused_by, schedules.pause("a", ADA)) == ("grace", by_hand)
    sync(files, "a")
    back = schedules.get("a")
    assert (back.dropped_at, back.paused_at, back.paused_by) == (None, by_hand.paused_at, "grace")


def test_what_an_entry_says_of_pausing_is_enforced_and_silence_leaves_it_to_people(
    files: ScheduleSyncStore, schedules: ScheduleStore
) -> None:
    def is_paused() -> bool:
        return schedules.get("a").paused_at is not None

    seen = []
    sync(files, "a", paused=True)
    for members in ({}, {"paused": False}, {"paused": True}):
        sync(files, "a", **members)
        seen.append(is_paused())
    schedules.resume("a", ADA)
    for members in ({}, {"paused": True}):
        sync(files, "a", **members)
        seen.append(is_paused())
    assert seen == [True, False, True, False, True]


def test_the_audit_log_has_what_a_sync_did(files: ScheduleSyncStore, database: Database) -> None:
    sync(files, *(f"s{number:02}" for number in range(30)))
    sync(files, "s00", "s01", queue="other")
    last, first = AuditStore(database).page(before=None, limit=9)
    assert (first.action, first.affected, first.target["created"]["count"]) == ("schedule.sync", 30, 30)
    assert len(first.target["created"]["schedules"]) == 25
    assert last.affected == 30
    assert last.target["updated"] == {"schedules": ["s00", "s01"], "count": 2}
    assert last.target["removed"]["count"] == 28


def test_a_commit_whose_answer_was_lost_is_reported_as_it_was_done(forgetful: Database, database: Database) -> None:
    assert sync(ScheduleSyncStore(forgetful), "a", "b").created == ("a", "b")
    assert len(AuditStore(database).page(before=None, limit=9)) == 1


def test_what_fires_while_the_file_drops_it_is_paused_and_not_removed(
    files: ScheduleSyncStore, schedules: ScheduleStore, database: Database
) -> None:
    sync(files, "a")
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as connection:
            run_on(connection, "SELECT FROM schedules WHERE name = 'a' FOR NO KEY UPDATE")
            run_on(connection, "INSERT INTO schedule_runs (schedule, scheduled_for) VALUES ('a', now())")
            synced = pool.submit(sync, files)
            eventually(lambda: database.run(waiting))
        assert synced.result().paused == ("a",)
    assert schedules.get("a").dropped_at is not None


def test_syncs_and_people_at_once_do_not_deadlock(database: Database, database_url: str) -> None:
    many = connect(database_url, pool_size=6, statement_timeout_seconds=20.0, application_name="many")
    all_names = [f"s{number:02}" for number in range(30)]

    def go(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(10):
            given = chance.sample(all_names, chance.randint(5, 30))
            ScheduleSyncStore(many).sync([definition(name, queue=chance.choice("xy")) for name in given], ADA)

    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = database.run(deadlocks)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(go, range(6)))
    many.close()
    assert database.run(deadlocks) == before


def test_ten_thousand_schedules_come_and_go_in_seconds(files: ScheduleSyncStore, database: Database) -> None:
    many = [definition(f"s{number}", cron=f"{number % 60} * * * *") for number in range(10_000)]
    assert len(files.sync(many, ADA).created) == 10_000
    assert files.sync(many, ADA).unchanged == 10_000
    assert len(files.sync(many[:1], ADA).removed) == 9_999
