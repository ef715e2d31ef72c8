"""Reading logs page by page, once and until the job has ended."""

from __future__ import annotations

from datetime import UTC, datetime

from goqueue import LogLine


def line(seq):
    at = "2026-01-01T01:00:00.250000+01:00"
    return {"seq": seq, "attempt": 1, "at": at, "level": "info", "message": f"m{seq}", "fields": {"n": seq}, "new": 1}


def page(*seqs, complete=False, after=0):
    next_after = seqs[-1] if seqs else after
    return {"items": [line(seq) for seq in seqs], "next_after": next_after, "status": "processing", "complete": complete}


def test_a_line_is_typed(api, client, reply):
    api.will_answer(reply(200, page(7)))
    (read,) = client.logs("1")
    at = datetime(2026, 1, 1, microsecond=250_000, tzinfo=UTC)
    assert read == LogLine(seq=7, attempt=1, at=at, level="info", message="m7", fields={"n": 7})
    assert api.requests[0].path == "/jobs/1/logs"
    assert api.requests[0].query == [("after", "0"), ("limit", "1000")]


def test_logs_ends_with_what_there_is_now(api, client, reply):
    api.will_answer(reply(200, page(*range(1, 1_001))), reply(200, page(1_001)))
    assert [read.seq for read in client.logs("1", level="warning", attempt=2)] == list(range(1, 1_002))
    assert api.requests[1].query == [("after", "1000"), ("limit", "1000"), ("level", "warning"), ("attempt", "2")]


def test_following_goes_on_until_the_log_is_complete(api, client, reply, clock):
    api.will_answer(
        reply(200, page(*range(1, 1_001))),
        reply(200, page(1_001)),
        reply(200, page(after=1_001)),
        reply(200, page(1_002, complete=True)),
    )
    assert [read.seq for read in client.follow_logs("1")] == list(range(1, 1_003))
    assert [dict(request.query)["after"] for request in api.requests] == ["0", "1000", "1001", "1001"]
    assert clock.slept == [0.5, 0.5]  # after a full page there is more
