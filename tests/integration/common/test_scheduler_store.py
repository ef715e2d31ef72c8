"""What schedulers say of themselves, and scheduling at one look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common.database import Database
from goqueue_common.schedule_run_store import ScheduleRunStore
from goqueue_common.schedule_store import ScheduleStore
from goqueue_common.scheduler_store import Presence, Scheduler, SchedulerStore
from goqueue_common.stats_store import StatsStore
from tests.schedules import ADA, definition, fire, make


@pytest.fixture
def schedulers(database: Database) -> SchedulerStore:
    return SchedulerStore(database)


def presence(**said: Any) -> Presence:
    usual = {"host": "box", "pid": 7, "version": "1", "leads": False, "term": None, "lag_seconds": 0.0, "fired": 0}
    return Presence(**{"id": str(uuid4()), **usual, **said})


def states(schedulers: SchedulerStore) -> dict[str, tuple[str, bool]]:
    return {one.id: (one.state, one.leads) for one in schedulers.schedulers()}


def seen_ago(database: Database, said: Presence, ago: timedelta) -> None:
    database.run("UPDATE schedulers SET seen_at = now() - %(ago)s WHERE id = %(id)s", {"ago": ago, "id": said.id})


def test_a_scheduler_is_seen_as_it_last_said(schedulers: SchedulerStore) -> None:
    said = presence(leads=True, term=4, lag_seconds=0.25, fired=9, trouble="bad file")
    first = schedulers.report(replace(said, fired=1, leads=False, term=None, host="old"))
    schedulers.report(said)
    assert schedulers.schedulers() == [
        Scheduler(
            id=said.id,
            host="box",
            pid=7,
            version="1",
            state=schedulers.schedulers()[0].state,
            leads=True,
            term=4,
            lag_seconds=0.25,
            fired=9,
            trouble="bad file",
            started_at=first.at,
            seen_at=schedulers.schedulers()[0].seen_at,
        )
    ]
    assert states(schedulers) == {said.id: ("alive", True)}


def test_the_answer_to_a_report_has_the_time_and_the_revision(schedulers: SchedulerStore, database: Database) -> None:
    said = presence()
    before = schedulers.report(said)
    ScheduleStore(database).create(definition(), ADA)
    after = schedulers.report(said)
    assert after.revision == before.revision + 1 == ScheduleStore(database).page(after=None, limit=1).revision
    assert before.at < after.at
    assert abs(after.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_fire_does_not_move_the_revision(schedulers: SchedulerStore, database: Database) -> None:
    make(database)
    before = schedulers.report(presence()).revision
    ScheduleRunStore(database).fire([fire("report")], lambda _: None)
    ScheduleRunStore(database).run_by_hand("report", ADA, None, lambda _: None)
    assert schedulers.report(presence()).revision == before


def test_who_is_not_heard_is_lost_and_leads_no_more(schedulers: SchedulerStore, database: Database) -> None:
    alive, lost, gone = (presence(leads=True, term=term) for term in (1, 2, 3))
    for said in (alive, lost, gone):
        schedulers.report(said)
    seen_ago(database, lost, timedelta(seconds=11))
    seen_ago(database, gone, timedelta(minutes=61))
    assert states(schedulers) == {alive.id: ("alive", True), lost.id: ("lost", False)}
    schedulers.report(lost)
    assert states(schedulers)[lost.id] == ("alive", True)


def test_who_has_ended_stays_so_even_if_earlier_words_arrive_later(schedulers: SchedulerStore, database: Database) -> None:
    said = presence(leads=True, term=1, fired=5)
    schedulers.report(replace(said, ended=True))
    schedulers.report(replace(said, fired=4))
    assert states(schedulers) == {said.id: ("ended", False)}
    assert schedulers.schedulers()[0].fired == 5
    database.run("UPDATE schedulers SET ended_at = now() - interval '61 minutes'")
    assert schedulers.schedulers() == []


def test_the_leader_is_who_has_the_highest_term_and_is_alive(schedulers: SchedulerStore, database: Database) -> None:
    assert schedulers.sight().leader is None
    follower, old, new, alone = (
        presence(),
        presence(leads=True, term=4),
        presence(leads=True, term=5),
        presence(leads=True),
    )
    schedulers.report(follower)
    assert (schedulers.sight().leader, schedulers.sight().alive) == (None, 1)
    for said in (alone, old, new):
        schedulers.report(said)
    seen = []
    for said in (new, old, alone):
        leader = schedulers.sight().leader
        assert leader is not None
        seen.append((leader.id, leader.term))
        seen_ago(database, said, timedelta(seconds=11))
    assert seen == [(new.id, 5), (old.id, 4), (alone.id, None)]
    assert (schedulers.sight().leader, schedulers.sight().alive) == (None, 1)


def test_the_trouble_is_that_of_the_leader_else_of_any_that_is_alive(
    schedulers: SchedulerStore, database: Database
) -> None:
    follower, leader, lost = (
        presence(trouble="of a follower"),
        presence(leads=True, term=4),
        presence(trouble="of one lost"),
    )
    for said in (leader, lost):
        schedulers.report(said)
    seen_ago(database, lost, timedelta(seconds=11))
    assert schedulers.sight().trouble is None
    schedulers.report(follower)
    assert schedulers.sight().trouble == "of a follower"
    schedulers.report(replace(leader, trouble="of the leader"))
    assert schedulers.sight().trouble == "of the leader"


def test_a_leader_leads_since_its_term_began(schedulers: SchedulerStore) -> None:
    said = presence(leads=True, term=1)

    def since(**now: Any) -> datetime:
        schedulers.report(replace(said, **now))
        leader = schedulers.sight().leader
        assert leader is not None
        return leader.since

    first = since()
    assert since() == first
    second = since(term=2)
    assert second > first
    schedulers.report(replace(said, leads=False, term=None))
    assert since(term=2) > second


def test_lag_is_the_age_of_the_oldest_that_is_due_and_will_be_fired(schedulers: SchedulerStore, database: Database) -> None:
    assert schedulers.sight().lag_seconds == 0.0
    for name, members in {
        "late": {},
        "dropped": {"catch_up": "none"},
        "caught up": {"catch_up": "all", "catch_up_window": 7200},
        "beyond": {"catch_up": "all", "catch_up_window": 60},
        "jitter": {"catch_up": "none", "jitter": 3600},
        "paused": {"paused": True},
    }.items():
        make(database, name.replace(" ", "."), **members)
    lags = []
    for name, seconds in {"late": 20, "dropped": 4000, "beyond": 4000, "jitter": 3000, "caught.up": 4000}.items():
        at = datetime.now(UTC) - timedelta(seconds=seconds)
        database.run(
            "UPDATE schedules SET next_at = %(at)s, due_at = %(at)s WHERE name = %(name)s", {"at": at, "name": name}
        )
        lags.append(round(schedulers.sight().lag_seconds, -1))
    assert lags == [20, 20, 20, 3000, 4000]


def test_what_is_fired_a_minute_is_what_schedulers_have_fired_lately(
    schedulers: SchedulerStore, database: Database
) -> None:
    make(database, overlap="skip")
    runs = ScheduleRunStore(database)
    runs.fire([fire("report", 5), fire("report", 4)], lambda _: None)
    runs.run_by_hand("report", ADA, None, lambda _: None)
    assert schedulers.sight().fired_per_minute == 0.5
    database.run("UPDATE schedule_runs SET fired_at = now() - interval '3 minutes'")
    assert schedulers.sight().fired_per_minute == 0.0


def test_the_overview_has_how_many_there_are_and_what_comes_next(database: Database) -> None:
    for hour in range(7):
        make(database, f"h{hour}", cron=f"0 {hour} * * *", type="mail", queue="mails")
    make(database, "paused", paused=True)
    database.run("UPDATE schedules SET next_at = due_at, due_at = due_at WHERE name <> 'paused'")
    seen = StatsStore(database).overview().to_dict()["scheduler"]
    assert (seen["schedules"], seen["paused"], seen["alive"], seen["leader"]) == (8, 1, 0, None)
    times = [item["next_at"] for item in seen["next"]]
    assert (len(times), times) == (5, sorted(times))
    assert {key: seen["next"][0][key] for key in ("type", "queue")} == {"type": "mail", "queue": "mails"}


def test_what_was_missed_and_is_left_out_is_not_next(schedulers: SchedulerStore, database: Database) -> None:
    for name in ("kept", "left.out"):
        make(database, name, cron="0 0 1 1 *", catch_up="latest" if name == "kept" else "none")
    at = datetime.now(UTC) - timedelta(hours=1)
    database.run("UPDATE schedules SET next_at = %(at)s, due_at = %(at)s", {"at": at})
    kept, left_out = schedulers.sight().next
    assert (kept.name, kept.next_at) == ("kept", at)
    assert left_out.next_at > datetime.now(UTC)
