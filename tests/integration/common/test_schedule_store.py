"""Schedules as people keep them: each change is seen, audited and counted, and what changes nothing is neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.audit_store import AuditStore
from goqueue_common.database import Database
from goqueue_common.errors import (
    ScheduleChanged,
    ScheduleDropped,
    ScheduleExists,
    ScheduleNotFound,
    ScheduleReadOnly,
)
from goqueue_common.schedule import Source
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.schedule_sync_store import ScheduleSyncStore
from tests.schedules import ADA, definition, fire, make

EVERYTHING: dict[str, Any] = {
    "type": "mail.send",
    "queue": "mail",
    "payload": {"ü": ["🚀", 1.5, None, {"deep": [True]}], "big": 2**63, "b": 1, "a": 1.0},
    "cron": "*/7 8 * * MON-FRI",
    "timezone": "Europe/Berlin",
    "priority": "high",
    "max_retries": 0,
    "timeout": 1.5,
    "tags": ["b", 'a "quoted" {one}, \\'],
    "catch_up": "all",
    "catch_up_window": 3600.5,
    "catch_up_limit": 7,
    "overlap": "skip",
    "jitter": 0.1,
    "starts_at": "2026-01-01T00:00:00.000001Z",
    "ends_at": "2999-01-01T00:00:00Z",
}


@pytest.fixture
def schedules(database: Database) -> ScheduleStore:
    return ScheduleStore(database)


def revision(schedules: ScheduleStore) -> int:
    return schedules.page(after=None, limit=1).revision


def deeds(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log says, the oldest first."""
    return [(entry.action, entry.target) for entry in AuditStore(database).page(before=None, limit=50)[::-1]]


@pytest.mark.parametrize("members", [{}, EVERYTHING], ids=["usual", "everything"])
def test_a_schedule_reads_back_as_it_was_written(schedules: ScheduleStore, members: dict[str, Any]) -> None:
    wanted = definition("report", **members)
    made = schedules.create(wanted, ADA)
    assert schedules.get("report") == made
    assert made.definition.to_document() == wanted.to_document()
    assert (made.version, made.source, made.last_run) == (1, Source.API, None)
    assert made.due_after == made.created_at == made.updated_at
    assert made.next_at is not None
    assert made.next_at > made.due_after


def test_a_name_is_given_once(schedules: ScheduleStore) -> None:
    schedules.create(definition(), ADA)
    before = revision(schedules)
    for again in (definition(), definition(type="other")):
        with pytest.raises(ScheduleExists, match="'report'"):
            schedules.create(again, ADA)
    assert revision(schedules) == before


@pytest.mark.parametrize("payload", [{"a": 1.0}, {"a": True}, {"a": [1]}, {"a": 1, "b": None}, {"a": "1"}])
def test_a_payload_that_differs_in_anything_is_a_change(schedules: ScheduleStore, payload: dict[str, Any]) -> None:
    schedules.create(definition(payload={"a": 1}), ADA)
    changed = schedules.replace(definition(payload=payload), ADA, version=1)
    assert changed.version == 2
    assert changed.definition.to_document()["payload"] == payload


@pytest.mark.parametrize("member", sorted(EVERYTHING))
def test_each_member_can_be_changed_and_the_audit_log_names_it(
    schedules: ScheduleStore, database: Database, member: str
) -> None:
    made, before = schedules.create(definition(), ADA), revision(schedules)
    changed = schedules.replace(definition(**{member: EVERYTHING[member]}), ADA, version=1)
    assert changed.definition.to_document() != made.definition.to_document()
    assert (changed.version, revision(schedules)) == (2, before + 1)
    restarts = member in ("cron", "timezone", "starts_at", "ends_at")
    assert (changed.due_after == changed.updated_at > made.due_after) is restarts
    column = {"timeout": "timeout_seconds", "catch_up_window": "catch_up_window_seconds", "jitter": "jitter_seconds"}
    assert deeds(database)[-1] == (
        "schedule.change",
        {"schedule": "report", "changed": [column.get(member, member)]},
    )


def test_what_changes_nothing_leaves_version_revision_and_audit_log(schedules: ScheduleStore, database: Database) -> None:
    made, before = schedules.create(definition(**EVERYTHING), ADA), revision(schedules)
    assert schedules.replace(definition(**EVERYTHING), ADA, version=1) == made
    assert schedules.replace(definition(**EVERYTHING, paused=False), ADA, version=None) == made
    assert schedules.resume("report", ADA) == made
    assert (revision(schedules), len(deeds(database))) == (before, 1)


def test_who_changes_what_another_has_changed_is_refused(schedules: ScheduleStore) -> None:
    schedules.create(definition(), ADA)
    schedules.replace(definition(queue="other"), ADA, version=1)
    for refused in (definition(queue="third"), definition(queue="other")):
        with pytest.raises(ScheduleChanged, match="'report'"):
            schedules.replace(refused, ADA, version=1)
    with pytest.raises(ScheduleChanged):
        schedules.delete("report", ADA, version=1)
    assert schedules.get("report").definition.queue == "other"


def test_what_is_not_there_is_not_found(schedules: ScheduleStore) -> None:
    for call in (
        lambda: schedules.get("report"),
        lambda: schedules.replace(definition(), ADA, version=None),
        lambda: schedules.delete("report", ADA, version=None),
        lambda: schedules.pause("report", ADA),
        lambda: schedules.resume("report", ADA),
    ):
        with pytest.raises(ScheduleNotFound, match="'report'"):
            call()


def test_a_pause_says_who_and_when_and_resuming_drops_what_fell_into_it(schedules: ScheduleStore) -> None:
    made = schedules.create(definition(), ADA)
    paused = schedules.pause("report", ADA)
    assert (paused.version, paused.paused_by, paused.next_at) == (2, "ada", None)
    assert paused.paused_at is not None
    assert schedules.pause("report", ADA) == paused
    resumed = schedules.resume("report", ADA)
    assert (resumed.version, resumed.paused_at, resumed.paused_by) == (3, None, None)
    assert made.due_after < paused.paused_at < resumed.due_after
    assert resumed.next_at is not None


@pytest.mark.parametrize("paused", [True, False])
def test_a_definition_may_pause_and_resume(schedules: ScheduleStore, database: Database, paused: bool) -> None:
    schedules.create(definition(paused=not paused), ADA)
    kept = schedules.replace(definition(queue="other"), ADA, version=None)
    changed = schedules.replace(definition(queue="other", paused=paused), ADA, version=None)
    assert ((kept.paused_at is None), (changed.paused_at is None)) == (paused, not paused)
    assert (changed.due_after > kept.due_after) is not paused
    assert deeds(database)[-1] == ("schedule.change", {"schedule": "report", "changed": ["paused"]})


def test_a_deleted_schedule_is_gone_and_its_runs_count_for_the_next_of_its_name(
    schedules: ScheduleStore, database: Database
) -> None:
    make(database)
    runs = ScheduleRunStore(database)
    runs.fire([fire("report")], lambda _: None)
    before = revision(schedules)
    schedules.delete("report", ADA, version=1)
    with pytest.raises(ScheduleNotFound):
        schedules.get("report")
    with pytest.raises(ScheduleNotFound):
        runs.page("report", before=None, limit=9)
    assert revision(schedules) == before + 1
    assert deeds(database)[-1] == ("schedule.delete", {"schedule": "report"})
    make(database)
    assert len(runs.page("report", before=None, limit=9)) == 1


def test_what_the_file_keeps_is_changed_there_but_people_may_pause_it(schedules: ScheduleStore, database: Database) -> None:
    ScheduleSyncStore(database).sync([definition()], ADA)
    for refused in (
        lambda: schedules.replace(definition(), ADA, version=None),
        lambda: schedules.delete("report", ADA, version=7),
    ):
        with pytest.raises(ScheduleReadOnly, match="'report'"):
            refused()
    assert schedules.pause("report", ADA).source is Source.FILE
    assert schedules.resume("report", ADA).paused_at is None


def test_what_the_file_has_dropped_is_not_resumed_but_may_be_deleted(schedules: ScheduleStore, database: Database) -> None:
    sync = ScheduleSyncStore(database).sync
    sync([definition()], ADA)
    ScheduleRunStore(database).run_by_hand("report", ADA, None, lambda _: None)
    sync([], ADA)
    with pytest.raises(ScheduleDropped, match="'report'"):
        schedules.resume("report", ADA)
    with pytest.raises(ScheduleReadOnly):
        schedules.replace(definition(), ADA, version=None)
    schedules.delete("report", ADA, version=None)
    assert schedules.page(after=None, limit=9).schedules == []


def test_pages_go_by_name_and_may_ask_for_some(schedules: ScheduleStore, database: Database) -> None:
    ScheduleSyncStore(database).sync([definition("d"), definition("b", paused=True)], ADA)
    for name in ("e", "a", "c"):
        schedules.create(definition(name, paused=name == "a"), ADA)

    def names(after: str | None = None, limit: int = 9, **wanted: Any) -> str:
        return "".join(one.name for one in schedules.page(after=after, limit=limit, **wanted).schedules)

    assert (names(), names(limit=2), names("b", 2), names("e")) == ("abcde", "ab", "cd", "")
    assert (names(paused=True), names(paused=False)) == ("ab", "cde")
    assert (names(source=Source.FILE), names("b", source=Source.FILE, paused=False)) == ("bd", "d")


def test_a_page_has_the_time_and_the_revision_even_when_it_is_empty(schedules: ScheduleStore) -> None:
    empty = schedules.page(after=None, limit=9)
    schedules.create(definition(), ADA)
    page = schedules.page(after=None, limit=9)
    assert (empty.schedules, page.revision) == ([], empty.revision + 1)
    assert empty.at < page.at
    assert abs(page.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_page_has_the_beginning_of_payloads_and_the_last_run(schedules: ScheduleStore, database: Database) -> None:
    make(database, payload={"text": "x" * 1000})
    report = ScheduleRunStore(database).fire([fire("report", 3), fire("report", 1)], lambda _: None)
    (listed,) = schedules.page(after=None, limit=9).schedules
    assert listed.definition.payload.startswith(b'{"text": "xxx')
    assert len(listed.definition.payload) == 200
    assert listed.last_run == schedules.get("report").last_run
    assert listed.last_run is not None
    assert (listed.last_run.job_id, listed.last_run.outcome) == (report.answers[1].job_id, "queued")


@pytest.mark.parametrize(
    ("members", "is_shown"),
    [
        pytest.param({"catch_up": "none"}, False, id="none"),
        pytest.param({"catch_up": "latest"}, True, id="latest"),
        pytest.param({"catch_up": "all", "catch_up_window": 7200}, True, id="within the window"),
        pytest.param({"catch_up": "all", "catch_up_window": 60}, False, id="behind the window"),
    ],
)
def test_a_missed_instant_is_shown_as_the_next_where_it_will_be_fired(
    schedules: ScheduleStore, database: Database, members: dict[str, Any], is_shown: bool
) -> None:
    schedules.create(definition(cron="30 3 * * *", **members), ADA)
    missed = datetime.now(UTC) - timedelta(hours=1)
    database.run("UPDATE schedules SET next_at = %(at)s, due_at = %(at)s", {"at": missed})
    shown = schedules.get("report").next_at
    assert shown is not None
    assert (shown == missed, shown > datetime.now(UTC)) == (is_shown, not is_shown)


def test_a_schedule_that_has_ended_is_due_no_more(schedules: ScheduleStore) -> None:
    made = schedules.create(definition(ends_at="2001-01-01T00:00:00Z"), ADA)
    assert made.next_at is None


def test_what_was_committed_is_not_refused_when_its_answer_was_lost(forgetful: Database, database: Database) -> None:
    schedules = ScheduleStore(forgetful)
    assert schedules.create(definition(), ADA).version == 1
    assert schedules.replace(definition(queue="other"), ADA, version=1).version == 2
    assert schedules.pause("report", ADA).version == 3
    schedules.delete("report", ADA, version=3)
    assert [deed for deed, _ in deeds(database)] == [
        "schedule.create",
        "schedule.change",
        "schedule.pause",
        "schedule.delete",
    ]
