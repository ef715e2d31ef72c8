"""Connections wait, but not for ever."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator

import pytest

from goqueue_api import timed_socket
from goqueue_api.timed_socket import TimedSocket

Ends = tuple[socket.socket, TimedSocket]


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    """A client, and our end of its connection, which gives a request 0.2 s."""
    monkeypatch.setattr(timed_socket, "REQUEST_SECONDS", 0.2)
    client, accepted = socket.socketpair()
    ours = TimedSocket(accepted)
    ours.setblocking(True)
    with client, ours:
        yield client, ours


def test_what_is_there_is_read(ends: Ends) -> None:
    client, ours = ends
    client.sendall(b"abc")
    assert ours.recv(2) == b"ab"
    assert ours.recv(2) == b"c"


def test_a_request_that_does_not_come_whole_ends_in_an_error_that_closes_the_connection(ends: Ends) -> None:
    client, ours = ends
    began = time.monotonic()
    client.sendall(b"a")
    ours.expect_request()
    assert ours.recv(1) == b"a"
    with pytest.raises(TimeoutError) as raised:
        ours.recv(1)
    assert raised.value.errno == errno.ECONNRESET
    assert time.monotonic() - began < 2


def test_a_byte_now_and_then_does_not_give_it_more_time(ends: Ends) -> None:
    client, ours = ends

    def dribble() -> None:
        while True:
            client.sendall(b"a")
            ours.recv(1)
            time.sleep(0.01)

    with pytest.raises(TimeoutError):
        dribble()


def test_each_request_of_a_connection_has_its_time(ends: Ends) -> None:
    client, ours = ends
    with pytest.raises(TimeoutError):
        ours.recv(1)
    ours.expect_request()
    client.sendall(b"next")
    assert ours.recv(10) == b"next"


def test_a_shorter_wait_is_kept(ends: Ends) -> None:
    _, ours = ends
    ours.settimeout(0.01)
    with pytest.raises(TimeoutError):
        ours.recv(1)
    assert ours.gettimeout() == 0.01


def test_without_blocking_nothing_is_waited_for(ends: Ends) -> None:
    _, ours = ends
    ours.setblocking(False)
    with pytest.raises(BlockingIOError):
        ours.recv(1)


def test_an_answer_that_nobody_takes_is_given_up(ends: Ends) -> None:
    _, ours = ends
    with pytest.raises(TimeoutError):
        ours.sendall(b"x" * 50_000_000)
