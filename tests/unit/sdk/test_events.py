"""A stream that comes again by itself, and goes on where it was."""

from __future__ import annotations

from itertools import islice

import pytest

from goqueue import Client, ConnectionFailed, NotFound, UnexpectedAnswer
from tests.unit.sdk.conftest import FrozenClock, Reply, ScriptedApi

STREAM = {"Content-Type": "text/event-stream"}


def stream(text: str) -> Reply:
    return Reply(body=text.encode(), headers=STREAM)


def test_events_are_read_and_the_stream_goes_on_after_the_last_id(api: ScriptedApi, client: Client) -> None:
    api.will_answer(
        stream(
            'retry: 1000\nid: 1-0\nevent: hello\ndata: {}\n\nid: 2-0\nevent: jobs\ndata: {"n":1}\n\n: ping\nid: 5-0\n\n'
        ),
        stream('event: hello\ndata: {}\n\nevent: queue\ndata: {"name":\ndata: "ä"}\n\n'),
    )
    events = list(islice(client.events(["jobs", "queue"]), 4))
    assert [(event.type, event.id, dict(event.data)) for event in events] == [
        ("hello", "1-0", {}),
        ("jobs", "2-0", {"n": 1}),
        ("hello", None, {}),
        ("queue", None, {"name": "ä"}),
    ]
    assert [request.headers.get("Last-Event-ID") for request in api.requests] == [None, "5-0"]
    assert [request.query for request in api.requests] == [[("topics", "jobs,queue")]] * 2
    assert api.requests[0].headers["Authorization"] == "Bearer gq_key"
    assert api.requests[0].headers["Accept-Encoding"] == "identity"


def test_an_event_that_was_cut_in_the_middle_is_not_told(api: ScriptedApi, client: Client) -> None:
    api.will_answer(
        stream('id: 1-0\nevent: jobs\ndata: {"n":1}\n\nid: 2-0\nevent: jobs\ndata: {"n"'),
        stream('id: 2-0\nevent: jobs\ndata: {"n":2}\n\n'),
    )
    assert [event.data["n"] for event in islice(client.events("jobs"), 2)] == [1, 2]
    assert api.requests[1].headers["Last-Event-ID"] == "1-0"


def test_a_job_is_followed_to_its_end(api: ScriptedApi, client: Client) -> None:
    api.will_answer(
        stream('event: job\ndata: {"status":"processing"}\n\nid: 7\nevent: log\ndata: {"message":"x"}\n\n'),
        stream('event: job\ndata: {"status":"completed"}\n\nevent: end\ndata: {"status":"completed"}\n\n'),
    )
    assert [event.type for event in client.job_events("a/b")] == ["job", "log", "job", "end"]
    assert api.requests[0].path == "/jobs/a%2Fb/events"
    assert api.requests[1].headers["Last-Event-ID"] == "7"


def test_what_cannot_pass_is_raised(api: ScriptedApi, client: Client) -> None:
    api.will_answer(Reply(404, {"title": "Not Found", "detail": "no such job", "code": "job_not_found"}))
    with pytest.raises(NotFound, match="no such job"):
        next(client.events("job:1"))


def test_what_is_no_stream_is_not_asked_for_again(api: ScriptedApi, client: Client) -> None:
    api.will_answer(Reply(body=b"<html>\n</html>\n", headers={"Content-Type": "text/html"}), Reply(404))
    with pytest.raises(UnexpectedAnswer, match="without a stream of events"):
        next(client.events("jobs"))


def test_one_that_never_was_open_is_tried_as_any_call(api: ScriptedApi, client: Client, clock: FrozenClock) -> None:
    api.will_answer(
        *[Reply(503, {"title": "full"}, headers={"Retry-After": "1"})] * 3, stream("event: hello\ndata: {}\n\n")
    )
    assert next(client.events("jobs")).type == "hello"
    assert [slept >= 1.0 for slept in clock.slept] == [True] * 3
    api.will_answer(*[Reply(hang_up=True)] * 4)
    with pytest.raises(ConnectionFailed):
        next(client.events("jobs"))


def test_one_that_was_open_is_opened_again_for_five_minutes(api: ScriptedApi, client: Client, clock: FrozenClock) -> None:
    api.will_answer(stream("event: hello\ndata: {}\n\n"), *[Reply(hang_up=True)] * 500)
    events = client.events("jobs")
    next(events)
    began = clock.now
    with pytest.raises(ConnectionFailed):
        next(events)
    assert 300 <= clock.now - began < 330
    assert max(clock.slept) <= 15
