from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import pytest

from goqueue import InvalidArgument, JobRequest
from goqueue.submission import MAX_BATCH_BYTES, MAX_BATCH_ITEMS, chunks, encode


def circle() -> dict[str, object]:
    found: dict[str, object] = {}
    found["self"] = found
    return found


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"a": math.nan}, id="nan"),
        pytest.param({"a": math.inf}, id="infinity"),
        pytest.param({"a": object()}, id="object"),
        pytest.param({"a": b"bytes"}, id="bytes"),
        pytest.param({"a": "\ud800"}, id="lone-surrogate"),
        pytest.param({"at": datetime(2026, 1, 1)}, id="time-without-zone"),  # noqa: DTZ001 - the point
        pytest.param(circle(), id="circle"),
    ],
)
def test_a_payload_that_is_no_json_is_refused_before_it_is_sent(api, client, payload):
    with pytest.raises(InvalidArgument):
        client.submit("a", payload)
    with pytest.raises(InvalidArgument, match="job 1 of the batch"):
        client.submit_many([JobRequest("a"), {"type": "a", "payload": payload}])
    assert api.requests == []


def test_an_unknown_option_is_a_programming_error(client):
    with pytest.raises(TypeError, match="prio"):
        client.submit("a", {}, prio="high")


def test_times_are_written_with_their_zone():
    assert encode({"at": datetime(2026, 1, 1, tzinfo=UTC)}) == b'{"at":"2026-01-01T00:00:00+00:00"}'


def test_a_chunk_has_at_most_so_many_jobs():
    counts = [count for count, _ in chunks({"type": "a"} for _ in range(MAX_BATCH_ITEMS * 2 + 1))]
    assert counts == [MAX_BATCH_ITEMS, MAX_BATCH_ITEMS, 1]


def test_a_chunk_stays_below_the_size_limit():
    job = {"type": "a", "payload": {"text": "x" * 250_000}}
    made = list(chunks(job for _ in range(150)))
    assert sum(count for count, _ in made) == 150
    assert all(len(body) < MAX_BATCH_BYTES + 1024 for _, body in made)
    assert json.loads(made[0][1])["jobs"][0] == job


def test_a_job_that_is_too_large_by_itself_is_left_to_the_api_to_refuse():
    huge = {"type": "a", "payload": {"text": "x" * MAX_BATCH_BYTES}}
    assert [count for count, _ in chunks([{"type": "a"}, huge, {"type": "a"}])] == [1, 1, 1]
