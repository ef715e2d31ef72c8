"""Explanations: what is asked, and what is made of the answer."""

from __future__ import annotations

from datetime import UTC, datetime

from goqueue import ApiCall, Count

ID = "018f0000-0000-7000-8000-000000000001"
REASON = {
    "code": "queue_paused",
    "detail": "its queue 'mail' was paused by ops 4 minutes ago",
    "since": "2026-03-02T09:26:00Z",
    "until": None,
    "action": "resume the queue",
    "call": {"method": "POST", "path": "/queues/mail/resume"},
}


def test_an_explanation_is_read_with_its_reasons_and_its_place_in_line(api, client, reply):
    answer = {
        "job_id": ID,
        "status": "queued",
        "summary": REASON["detail"],
        "reasons": [REASON, {"code": "some_day", "detail": "a newer reason", "colour": "red"}],
        "position": {"ahead": {"value": 2000, "relation": "gte"}, "seconds": None},
        "checked_at": "2026-03-02T09:30:00Z",
    }
    api.will_answer(reply(200, answer))
    explanation = client.explain(ID)
    assert (api.requests[0].method, api.requests[0].path) == ("GET", f"/jobs/{ID}/explain")
    first, newer = explanation.reasons
    assert first.call == ApiCall(method="POST", path="/queues/mail/resume")
    assert first.since == datetime(2026, 3, 2, 9, 26, tzinfo=UTC)
    assert (newer.code, newer.call, newer.until) == ("some_day", None, None)
    assert explanation.position.ahead == Count(value=2000, relation="gte")
    assert explanation.checked_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
