"""The proxy fails as real networks do, and not otherwise."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from goqueue_cli.local.ports import find_free_port
from tests.factories import eventually
from tests.faults.fault_proxy import FaultProxy

SILENCE_SECONDS = 0.3


class CountingServer(socketserver.ThreadingTCPServer):
    """Answers each line with how many it has had."""

    daemon_threads = True
    lines = 0


class CountLines(socketserver.StreamRequestHandler):
    server: CountingServer

    def handle(self) -> None:
        try:
            for _ in self.rfile:
                self.server.lines += 1
                self.wfile.write(b"%d\n" % self.server.lines)
        except ConnectionError:
            return


class Caller:
    """A connection that says what it hears; b"" means that the other side has closed."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))

    def ask(self, patience_seconds: float = 10.0) -> bytes:
        self._socket.settimeout(patience_seconds)
        self._socket.sendall(b"\n")
        return self._socket.recv(1_000)

    def hears_nothing(self) -> bool:
        with pytest.raises(TimeoutError):
            self.ask(SILENCE_SECONDS)
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with CountingServer(("127.0.0.1", 0), CountLines) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def proxy(server: CountingServer) -> Iterator[FaultProxy]:
    running = FaultProxy(server.server_address[1]).start()
    yield running
    running.stop()


@pytest.fixture
def call(proxy: FaultProxy) -> Iterator[Callable[[], Caller]]:
    opened: list[Caller] = []

    def new() -> Caller:
        opened.append(Caller(proxy.port))
        return opened[-1]

    yield new
    for caller in opened:
        caller.close()


Call = Callable[[], Caller]


def test_a_healthy_link_passes_everything(call: Call) -> None:
    caller = call()
    assert [caller.ask(), caller.ask(), call().ask()] == [b"1\n", b"2\n", b"3\n"]


def test_latency_is_added_in_each_direction(proxy: FaultProxy, call: Call) -> None:
    proxy.latency_seconds = 0.05
    began = time.monotonic()
    assert call().ask() == b"1\n"
    assert time.monotonic() - began >= 0.1


def test_a_black_hole_answers_nothing_to_old_and_new_connections(proxy: FaultProxy, call: Call) -> None:
    old = call()
    old.ask()
    proxy.black_hole()
    for caller in (old, call()):
        assert caller.hears_nothing()


def test_a_connection_that_lost_bytes_stays_silent_after_the_fault(proxy: FaultProxy, call: Call) -> None:
    spared, caught = call(), call()
    spared.ask()
    caught.ask()
    proxy.black_hole()
    assert caught.hears_nothing()
    proxy.heal()
    assert caught.hears_nothing()
    assert [spared.ask(), call().ask()] == [b"3\n", b"4\n"]


def test_a_server_behind_a_black_hole_does_not_hear_that_its_client_left(proxy: FaultProxy, call: Call) -> None:
    caller = call()
    caller.ask()
    proxy.black_hole()
    caller.close()
    time.sleep(0.05)
    assert proxy.open_links == 1
    proxy.heal()
    eventually(lambda: proxy.open_links == 0)


def test_a_request_whose_reply_is_lost_has_been_carried_out(proxy: FaultProxy, server: CountingServer, call: Call) -> None:
    proxy.lose_replies()
    caller = call()
    assert caller.hears_nothing()
    assert server.lines == 1
    proxy.heal()
    assert caller.hears_nothing()  # the reply to the first would be taken for one to the second
    assert call().ask() == b"3\n"


def test_a_cut_resets_what_is_open_and_nothing_else(proxy: FaultProxy, call: Call) -> None:
    caller = call()
    caller.ask()
    proxy.reset_all()
    with pytest.raises(ConnectionError):
        caller.ask()
    assert call().ask() == b"2\n"


def test_a_refusing_link_resets_old_and_new_connections(proxy: FaultProxy, call: Call) -> None:
    old = call()
    old.ask()
    proxy.refuse()
    with pytest.raises(ConnectionError):
        old.ask()
    with pytest.raises(ConnectionError):
        call().ask()
    proxy.heal()
    assert call().ask() == b"2\n"


def test_a_link_to_a_server_that_is_away_is_reset() -> None:
    proxy = FaultProxy(find_free_port()).start()
    caller = Caller(proxy.port)
    with pytest.raises(ConnectionError):
        caller.ask()
    caller.close()
    proxy.stop()
