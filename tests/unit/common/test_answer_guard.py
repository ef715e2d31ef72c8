from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import psycopg2
import pytest

from goqueue_common.answer_guard import AnswerGuard, AnswerTimeout, Owed
from tests.factories import eventually


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> AnswerGuard:
    """One whose steps only the test takes."""
    monkeypatch.setattr(AnswerGuard, "_run", lambda _self: None)
    return AnswerGuard()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: our end and the server's."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def is_cut(theirs: socket.socket) -> bool:
    try:
        return theirs.recv(1) == b""
    except BlockingIOError:
        return False


def look(guard: AnswerGuard) -> None:
    """One that finds the guard wide awake."""
    guard._looked_at = time.monotonic()
    guard.step()


def test_who_waits_longer_than_its_limit_is_cut(guard: AnswerGuard, ends: tuple[socket.socket, socket.socket]) -> None:
    owed = guard.watch(ends[0].fileno(), 3.0)
    owed.since = time.monotonic() - 2.5
    look(guard)
    assert not is_cut(ends[1])
    owed.since = time.monotonic() - 3.5
    look(guard)
    assert is_cut(ends[1])
    guard.forget(owed)


def test_who_waits_for_nothing_is_left_alone(guard: AnswerGuard, ends: tuple[socket.socket, socket.socket]) -> None:
    owed = guard.watch(ends[0].fileno(), 3.0)
    with owed:
        assert owed.since > 0
    look(guard)
    assert owed.since == 0
    assert not is_cut(ends[1])
    guard.forget(owed)


def test_after_the_process_stood_still_everybody_is_given_the_whole_time_again(
    guard: AnswerGuard, ends: tuple[socket.socket, socket.socket]
) -> None:
    owed = guard.watch(ends[0].fileno(), 3.0)
    owed.since = time.monotonic() - 60
    guard._looked_at = time.monotonic() - 59
    guard.step()
    look(guard)
    assert not is_cut(ends[1])
    guard._counts_from -= 3.5
    look(guard)
    assert is_cut(ends[1])
    guard.forget(owed)


def test_a_descriptor_that_was_given_to_another_file_is_not_touched(guard: AnswerGuard) -> None:
    ours, theirs = socket.socketpair()
    owed = guard.watch(ours.fileno(), 3.0)
    number = ours.fileno()
    ours.close()
    other, its_peer = socket.socketpair()
    its_peer.setblocking(False)
    assert number in (other.fileno(), its_peer.fileno()), "this test needs the number to be used again"
    owed.since = time.monotonic() - 60
    look(guard)
    assert owed.was_cut
    assert not is_cut(its_peer)
    guard.forget(owed)
    for each in (theirs, other, its_peer):
        each.close()


def test_a_forgotten_connection_leaves_no_descriptor(guard: AnswerGuard, ends: tuple[socket.socket, socket.socket]) -> None:
    owed = guard.watch(ends[0].fileno(), 3.0)
    guard.forget(owed)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(owed.descriptor)


def test_a_forked_process_leaves_connections_of_its_parent_alone(
    guard: AnswerGuard, ends: tuple[socket.socket, socket.socket]
) -> None:
    owed = guard.watch(ends[0].fileno(), 3.0)
    owed.since = time.monotonic() - 60
    guard.start_over()
    look(guard)
    assert not is_cut(ends[1])
    os.close(owed.descriptor)


def test_a_thread_that_ended_is_started_anew_by_the_next_connection(ends: tuple[socket.socket, socket.socket]) -> None:
    guard = AnswerGuard()
    first = guard.watch(ends[0].fileno(), 3.0)
    guard.start_over()
    second = guard.watch(ends[0].fileno(), 0.0)
    second.since = time.monotonic()
    eventually(lambda: is_cut(ends[1]))
    os.close(first.descriptor)
    guard.forget(second)


def test_only_an_error_of_the_driver_after_a_cut_becomes_an_answer_timeout() -> None:
    owed = Owed(0, 3.0)
    for error in (psycopg2.OperationalError("server closed the connection"), KeyError("a handler's own")):
        with pytest.raises(type(error)), owed:
            raise error
    owed.was_cut = True
    with pytest.raises(AnswerTimeout, match="did not answer within 3 s"), owed:
        raise psycopg2.OperationalError("server closed the connection")
    with pytest.raises(KeyError), owed:
        raise KeyError("a handler's own")
