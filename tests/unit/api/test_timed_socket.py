"""A connection waits for its other end, and not for ever."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from goqueue_api import timed_socket
from goqueue_api.timed_socket import TimedSocket

SECONDS = 0.3
MUCH = b"x" * 16 * 1024 * 1024


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TimedSocket, socket.socket]]:
    """Ours, on which a request has begun, and the client's."""
    monkeypatch.setattr(timed_socket, "REQUEST_SECONDS", SECONDS)
    accepted, client = socket.socketpair()
    ours = TimedSocket.adopt(accepted)
    ours.expect_request()
    with ours, client:
        yield ours, client


def test_a_client_that_dribbles_is_cut_off_by_the_deadline_of_the_whole(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    is_over = threading.Event()

    def dribble() -> None:
        while not is_over.wait(SECONDS / 20):
            client.sendall(b"x")

    sender = threading.Thread(target=dribble)
    sender.start()
    began = time.monotonic()
    try:
        with pytest.raises(TimeoutError):  # noqa: PT012 - it is raised by one of many
            while True:
                assert ours.recv(10) != b""
    finally:
        is_over.set()
        sender.join()
    assert SECONDS / 2 < time.monotonic() - began < 10 * SECONDS


def test_a_client_that_sends_enough_may_take_longer(
    ends: tuple[TimedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, client = ends
    monkeypatch.setattr(timed_socket, "LEAST_BYTES_PER_SECOND", 10)
    client.sendall(b"x" * 100)
    assert ours.recv(100) == b"x" * 100
    threading.Timer(2 * SECONDS, client.sendall, [b"y"]).start()
    assert ours.recv(1) == b"y"


def test_a_client_that_reads_nothing_is_cut_off(
    ends: tuple[TimedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = ends
    monkeypatch.setattr(timed_socket, "LEAST_BYTES_PER_SECOND", len(MUCH) / SECONDS)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        ours.sendall(MUCH)
    assert SECONDS / 2 < time.monotonic() - began < 10 * SECONDS


def test_each_request_and_each_answer_has_its_own_time(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    for _ in range(3):
        ours.expect_request()
        client.sendall(b"request")
        assert ours.recv(7) == b"request"
        time.sleep(0.8 * SECONDS)  # as a view that works
        ours.sendall(b"answer")
        ours.flush()
        assert client.recv(6) == b"answer"


def test_the_head_of_an_answer_leaves_with_its_body(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    client.setblocking(False)
    ours.sendall(b"head")
    with pytest.raises(BlockingIOError):
        client.recv(100)
    ours.sendall(b"body")
    assert client.recv(100) == b"headbody"


def test_what_is_held_is_sent_before_more_is_awaited(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    ours.sendall(b"100 Continue")
    answering = threading.Thread(target=lambda: client.sendall(client.recv(100)))
    answering.start()
    assert ours.recv(100) == b"100 Continue"
    answering.join()


def test_its_deadlines_hold_whatever_timeout_it_is_given(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    ours.settimeout(5.0)
    ours.settimeout(ours.gettimeout())  # as gunicorn, between two requests
    ours.settimeout(None)
    client.sendall(b"x")
    assert ours.recv(1) == b"x"
    assert not os.get_blocking(ours.fileno())
    with pytest.raises(TimeoutError):
        ours.recv(1)


def test_what_is_held_leaves_before_the_end(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    ours.sendall(b"head")
    ours.shutdown(socket.SHUT_WR)
    assert client.recv(100) == b"head"


def test_it_waits_for_the_next_request_no_longer_than_told(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    assert not ours.wait_readable(0.001)
    client.sendall(b"x")
    assert ours.wait_readable(10)


def test_the_end_takes_no_time_when_nothing_arrives(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    ours.sendall(b"answer")
    began = time.monotonic()
    ours.end()
    assert time.monotonic() - began < timed_socket.LEFTOVER_PAUSE_SECONDS
    assert client.recv(100) == b"answer"
    assert client.recv(100) == b""


def test_at_the_end_what_is_still_sent_is_dropped(ends: tuple[TimedSocket, socket.socket]) -> None:
    ours, client = ends
    client.sendall(b"x" * 100_000)
    ours.sendall(b"answer")
    ours.end()
    assert client.recv(100) == b"answer"  # a reset would have lost it
    assert client.recv(100) == b""
