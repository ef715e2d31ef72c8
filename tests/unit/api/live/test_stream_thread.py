"""The thread that writes all streams outlives what nobody foresaw."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from goqueue_api.live import stream_thread
from goqueue_api.live.stream import Stream
from goqueue_api.live.stream_thread import StreamThread
from goqueue_api.live.topics import read_topics
from tests.factories import eventually


def adopted(thread: StreamThread, closed: list[Stream]) -> socket.socket:
    """The client's end of a new stream."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    stream = Stream(read_topics(["jobs"]), on_close=closed.append, may_stay=lambda: True)
    thread.adopt(ours, stream, b"head")
    return theirs


def test_after_an_error_streams_are_closed_and_new_ones_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_thread, "PING_SECONDS", 0.01)
    errors = [OSError("no space")]

    def ping() -> None:
        if errors:
            raise errors.pop()

    closed: list[Stream] = []
    thread = StreamThread(ping)
    with closing(thread):
        with closing(adopted(thread, closed)) as first:
            received = b""
            while piece := first.recv(100):
                received += piece
        assert received == b"head"
        eventually(lambda: len(closed) == 1)
        eventually(lambda: thread._thread is None)
        with closing(adopted(thread, closed)) as second:
            assert second.recv(100) == b"head"
