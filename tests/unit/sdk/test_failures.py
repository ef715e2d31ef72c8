from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goqueue import NotFound

GROUP = {
    "fingerprint": "9f2c4b7a01d3e865",
    "type": "email.send",
    "message": "Timeout: <number> s",
    "frame": None,
    "count": 3,
    "total": 9,
    "first_seen_at": "2026-03-01T09:30:04Z",
    "last_seen_at": "2026-03-02T09:30:04Z",
    "queues": {"mail": 3},
    "series": {"step_seconds": 60, "t0": 1772357400, "counts": [1, 2], "of_a_later_version": 1},
    "sample_job_id": "019cade2-1238-768e-8433-a398418d79cc",
    "of_a_later_version": True,
}


def test_groups_are_read_page_by_page_by_the_same_filters(api, client, reply):
    api.will_answer(
        reply(200, {"items": [GROUP], "next_cursor": "abc"}), reply(200, {"items": [GROUP], "next_cursor": None})
    )
    since = datetime(2026, 3, 2, tzinfo=UTC)
    found = list(client.failures(since=since, queue=["a", "b,c"], q="100,5", sort="-count", page_size=1))
    assert len(found) == 2
    assert (found[0].count, found[0].queues, found[0].last_seen_at) == (
        3,
        {"mail": 3},
        datetime(2026, 3, 2, 9, 30, 4, tzinfo=UTC),
    )
    assert (found[0].series.counts, found[0].traceback, found[0].failed_now) == ((1, 2), None, None)
    asked = [
        ("since", "2026-03-02T00:00:00+00:00"),
        ("queue", "a"),
        ("queue", "b\\,c"),
        ("q", "100,5"),
        ("sort", "-count"),
        ("limit", "1"),
    ]
    assert [request.query for request in api.requests] == [asked, [*asked, ("cursor", "abc")]]


def test_one_group_has_a_traceback(api, client, reply):
    more = {
        "sample_attempt": 2,
        "traceback": "Traceback",
        "failed_now": {"value": 10_000, "relation": "gte"},
        "jobs": "/jobs",
    }
    api.will_answer(reply(200, GROUP | more))
    group = client.failure("9f2c4b7a01d3e865")
    assert (group.sample_attempt, group.traceback, group.failed_now.relation) == (2, "Traceback", "gte")
    assert (api.requests[0].path, api.requests[0].query) == ("/failures/9f2c4b7a01d3e865", [])


def test_a_group_that_is_not_there_is_an_error(api, client, reply):
    api.will_answer(reply(404, {"code": "failure_not_found", "detail": "no failure group"}))
    with pytest.raises(NotFound):
        client.failure("a/b")
    assert api.requests[0].path == "/failures/a%2Fb"
