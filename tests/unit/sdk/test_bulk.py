"""Bulk operations: what is sent, and what is made of the answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goqueue import Count, InvalidArgument, ServiceUnavailable

ID = "01a221db-4dcf-73e3-8a7e-1c1fc43d906f"
OPERATION = {
    "id": ID,
    "action": "retry",
    "state": "running",
    "matched": 7,
    "progress": 0.5,
    "created_at": "2030-01-01T00:00:00Z",
}


def test_a_filter_takes_one_value_or_several_and_times(api, client, reply):
    api.will_answer(reply(202, OPERATION))
    since = datetime(2030, 1, 1, tzinfo=UTC)
    operation = client.bulk(
        "retry", filter={"status": "failed", "queue": ("a", "b"), "created_after": since}, rate_per_second=5
    )
    assert (api.requests[0].method, api.requests[0].path) == ("POST", "/bulk")
    assert api.requests[0].body == {
        "action": "retry",
        "filter": {"status": ["failed"], "queue": ["a", "b"], "created_after": "2030-01-01T00:00:00+00:00"},
        "rate_per_second": 5,
    }
    assert (operation.matched, operation.progress, operation.is_finished) == (7, 0.5, False)
    assert operation.created_at == since


def test_a_preview_is_a_dry_run(api, client, reply):
    count = {"value": 100_000, "relation": "gte"}
    sample = [{"id": ID, "queue": "a", "type": "b", "status": "queued"}]
    api.will_answer(
        reply(200, {"action": "cancel", "matched": count, "excluded": count, "sample": sample, "by_queue": {"a": 1}})
    )
    preview = client.preview_bulk("cancel", ids=[ID])
    assert api.requests[0].body == {"action": "cancel", "ids": [ID], "dry_run": True}
    assert preview.matched == preview.excluded == Count(value=100_000, relation="gte")
    assert (preview.by_queue, [job.id for job in preview.sample]) == ({"a": 1}, [ID])


def test_operations_are_shown_listed_and_aborted(api, client, reply):
    api.will_answer(reply(200, OPERATION), reply(200, {"items": [OPERATION]}), reply(200, OPERATION | {"state": "aborted"}))
    assert client.bulk_operation(ID).id == ID
    assert [operation.id for operation in client.bulk_operations(3)] == [ID]
    assert client.abort_bulk(ID).is_finished
    assert [(seen.method, seen.path) for seen in api.requests] == [
        ("GET", f"/bulk/{ID}"),
        ("GET", "/bulk"),
        ("DELETE", f"/bulk/{ID}"),
    ]


def test_a_purge_names_its_queue_in_the_path(api, client, reply):
    api.will_answer(reply(202, OPERATION))
    client.purge_queue("../jobs")
    assert api.requests[0].path == "/queues/..%2Fjobs/purge"


def test_an_operation_that_may_have_begun_is_not_started_again(api, client, reply):
    api.will_answer(reply(503), reply(504))
    with pytest.raises(ServiceUnavailable):
        client.bulk("retry", filter={"queue": "a"})
    assert len(api.requests) == 2  # 503: surely not done; 504: who knows


def test_a_time_without_a_zone_is_refused_before_anything_is_sent(api, client):
    with pytest.raises(InvalidArgument, match="time zone"):
        client.bulk("retry", filter={"created_before": datetime(2030, 1, 1)})  # noqa: DTZ001
    assert api.requests == []
