from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goqueue import UnexpectedAnswer

OVERVIEW = {
    "at": "2026-03-02T09:30:04Z",
    "jobs": {"queued": 3},
    "due": 3,
    "wait_seconds": {"p50": 0.1, "p95": None, "p99": None},
    "workers": {"alive": 1, "slots": 10, "running": 2},
    "queues": [{"name": "mail", "queued": 3, "oldest_seconds": 1.5}],
    "scheduler": {
        "leader": {"id": "019cade2-1238-768e-8433-a398418d79cc", "host": "web-1", "pid": 7, "term": None},
        "alive": 2,
        "lag_seconds": 0.01,
        "fired_per_minute": 3.5,
        "schedules": 4,
        "paused": 1,
        "next": [{"name": "report", "type": "report.generate", "queue": "reports", "next_at": "2026-03-03T00:00:00Z"}],
    },
    "of_a_later_version": True,
}


def test_the_overview_is_typed(api, client, reply):
    api.will_answer(reply(200, OVERVIEW))
    seen = client.overview()
    assert (seen.at, seen.jobs["queued"], seen.workers.slots) == (datetime(2026, 3, 2, 9, 30, 4, tzinfo=UTC), 3, 10)
    assert (seen.wait_seconds.p50, seen.run_seconds.p50) == (0.1, None)
    assert [queue.oldest_seconds for queue in seen.queues] == [1.5]
    assert (seen.scheduler.leader.pid, seen.scheduler.leader.term, seen.scheduler.alive) == (7, None, 2)
    assert [run.next_at for run in seen.scheduler.next] == [datetime(2026, 3, 3, tzinfo=UTC)]


def test_an_api_of_before_the_scheduler_knows_of_none(api, client, reply):
    api.will_answer(reply(200, {name: value for name, value in OVERVIEW.items() if name != "scheduler"}))
    seen = client.overview().scheduler
    assert (seen.leader, seen.alive, seen.next) == (None, 0, ())


def test_a_timeseries_is_asked_for_as_it_is_wanted(api, client, reply):
    api.will_answer(reply(200, {"step": 60, "t": [60, 120], "series": {"failed": [1, 2]}}))
    found = client.timeseries(
        ["failed"], queues=["mail"], since=datetime(2026, 3, 2, tzinfo=UTC), until=datetime(2026, 3, 3, tzinfo=UTC), step=60
    )
    assert (found.t, found.series["failed"]) == ((60, 120), (1, 2))
    assert api.requests[0].query == [
        ("metric", "failed"),
        ("queue", "mail"),
        ("from", "2026-03-02T00:00:00+00:00"),
        ("to", "2026-03-03T00:00:00+00:00"),
        ("step", "60"),
    ]


def test_a_timeseries_is_parted_by_queue(api, client, reply):
    series = {"failed": [1, 2]}
    api.will_answer(reply(200, {"step": 60, "t": [60, 120], "series": series, "groups": {"mail": series}}))
    assert client.timeseries(["failed"], by="queue").groups == {"mail": {"failed": (1, 2)}}
    assert api.requests[0].query == [("metric", "failed"), ("by", "queue")]


def test_an_answer_of_another_kind_is_an_error(api, client, reply):
    api.will_answer(reply(200, {"step": 60, "t": [], "series": {"failed": 1}}))
    with pytest.raises(UnexpectedAnswer):
        client.timeseries()
