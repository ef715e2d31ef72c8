"""Schedules by the SDK against a real API: what two people change at once, and what a scheduler asks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from goqueue import Client, Conflict, Fire, InvalidRequest, NotFound, Schedule


@pytest.fixture
def nightly(client: Client) -> Iterator[Schedule]:
    yield client.create_schedule("demo.noop", "0 2 * * *", name="nightly", payload={"n": 1})
    for schedule in client.schedules():
        client.delete_schedule(schedule)


def test_a_change_of_what_somebody_changed_since_is_refused(client: Client, nightly: Schedule) -> None:
    changed = client.edit_schedule("nightly", cron="@hourly", tags=["mine"])
    assert (changed.cron, changed.tags, changed.payload, changed.version) == ("@hourly", ("mine",), {"n": 1}, 2)
    for stale in (
        lambda: client.edit_schedule(nightly, queue="other"),
        lambda: client.replace_schedule(nightly, "demo.noop", "@daily"),
        lambda: client.delete_schedule(nightly),
    ):
        with pytest.raises(Conflict) as caught:
            stale()
        assert (caught.value.status, caught.value.code) == (412, "schedule_changed")
    (listed,) = client.schedules()
    assert client.edit_schedule(listed, queue="other").queue == "other"


def test_a_replaced_schedule_has_the_defaults_of_what_is_left_out(client: Client, nightly: Schedule) -> None:
    client.pause_schedule("nightly")
    replaced = client.replace_schedule("nightly", "demo.sleep", "@daily", payload={"seconds": 0})
    assert (replaced.type, replaced.queue, replaced.payload) == ("demo.sleep", "default", {"seconds": 0})
    assert (replaced.name, replaced.paused, replaced.version > nightly.version) == ("nightly", True, True)
    with pytest.raises(Conflict):
        client.replace_schedule("nowhere", "demo.noop", "@daily")
    with pytest.raises(NotFound):
        client.schedule("nowhere")


def test_schedules_are_found_by_what_they_are(client: Client, nightly: Schedule) -> None:
    client.create_schedule("demo.noop", "@daily", paused=True)
    assert [one.name for one in client.schedules()] == ["demo.noop", "nightly"]
    assert [one.name for one in client.schedules(paused=True)] == ["demo.noop"]
    assert list(client.schedules(source="file")) == []
    assert next(client.schedules(paused=False)).payload_preview == '{"n": 1}'
    assert client.overview().scheduler.schedules == 2
    assert [(run.name, run.next_at) for run in client.overview().scheduler.next] == [("nightly", nightly.next_at)]


def test_an_instant_is_fired_once_however_often_it_is_asked_for(client: Client) -> None:
    client.create_schedule("demo.noop", "* * * * * *", name="nightly")
    known = client.schedule_snapshot()
    (schedule,) = known.schedules
    instant = known.at.replace(microsecond=0) + timedelta(seconds=2)
    first, again = (client.fire_schedules([Fire("nightly", instant, schedule.version)]) for _ in range(2))
    assert [first.items[0].outcome, again.items[0].outcome] == ["fired", "replayed"]
    assert first.items[0].job_id == again.items[0].job_id
    (run,) = client.schedule_runs("nightly")
    assert (run.scheduled_for, run.job_id) == (instant, first.items[0].job_id)
    client.delete_schedule("nightly")


def test_a_snapshot_has_the_schedules_of_all_pages(client: Client) -> None:
    names = [f"many.{number:03}" for number in range(201)]
    definitions = [{"name": name, "type": "demo.noop", "cron": "@daily"} for name in names]
    before = client.schedule_snapshot().revision
    assert client.sync_schedules(definitions).created == tuple(names)
    snapshot = client.schedule_snapshot()
    assert [schedule.name for schedule in snapshot.schedules] == names
    assert snapshot.revision > before
    assert client.sync_schedules([]).removed == tuple(names)
    with pytest.raises(InvalidRequest) as caught:
        client.sync_schedules([{"type": "a", "cron": "@daily"}, {"type": "b", "cron": "61 * * * *"}])
    assert [error.pointer for error in caught.value.errors] == ["/schedules/1/cron"]


def test_a_scheduler_that_reported_is_listed(client: Client) -> None:
    scheduler_id = str(uuid.uuid4())
    said = {"host": "web-1", "pid": 7, "version": "1", "leads": True, "term": 3, "lag": 0.25, "fired": 9}
    answer = client.report_scheduler(scheduler_id, **said)  # type: ignore[arg-type]
    assert abs(answer.at - datetime.now(UTC)) < timedelta(seconds=30)
    (found,) = [one for one in client.schedulers() if one.id == scheduler_id]
    assert (found.state, found.host, found.term, found.lag, found.fired) == ("alive", "web-1", 3, 0.25, 9)
    assert client.overview().scheduler.leader is not None
    client.report_scheduler(scheduler_id, **said, ended=True)  # type: ignore[arg-type]
    assert [one.state for one in client.schedulers() if one.id == scheduler_id] == ["ended"]
