"""The server behind the probes of workers and schedulers, over real sockets."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest

from goqueue_common.errors import SettingsError
from goqueue_common.probes import server as probe_server
from goqueue_common.probes.server import Pages, ProbeServer, Text
from tests.processes import free_port


@pytest.fixture
def port() -> Iterator[int]:
    number = free_port()
    pages: Pages = {
        "/healthz": lambda: (200, {"status": "ok"}),
        "/readyz": lambda: (503, {"status": "starting"}),
        "/metrics": lambda: (200, Text("up 1\né\n".encode(), "text/plain; charset=utf-8")),
    }
    server = listening(number, pages)
    server.start()
    yield number
    server.close()


def listening(port: int, pages: Pages, host: str = "127.0.0.1") -> ProbeServer:
    return ProbeServer(host, port, pages, setting="GOQUEUE_PROBE_BIND", name="goqueue-probed")


def ask(port: int, method: str, path: str) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, answer.headers


def test_each_page_is_a_small_json_answer_and_the_connection_is_closed(port: int) -> None:
    status, body, headers = ask(port, "GET", "/healthz?probe=1")
    assert (status, body) == (200, b'{"status":"ok"}\n')
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/json", "no-store")
    assert headers["Server"] == "goqueue-probed"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.0 503 ")


def test_a_page_may_be_text(port: int) -> None:
    status, body, headers = ask(port, "GET", "/metrics")
    assert (status, body) == (200, "up 1\né\n".encode())
    assert (headers["Content-Type"], headers["Content-Length"]) == ("text/plain; charset=utf-8", "8")


def test_head_is_get_without_a_body(port: int) -> None:
    status, body, headers = ask(port, "HEAD", "/healthz")
    assert (status, body, headers["Content-Length"]) == (200, b"", "16")


@pytest.mark.parametrize("path", ["/", "/healthz/", "/metrics/x", "/../etc/passwd"])
def test_other_paths_are_404(port: int, path: str) -> None:
    assert ask(port, "GET", path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_other_methods_are_405(port: int, method: str) -> None:
    status, _, headers = ask(port, method, "/healthz")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_what_is_no_http_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"\x16\x03\x01 hello there this is not http\r\n\r\n")
        assert b"status" in b"".join(iter(lambda: client.recv(1000), b""))
    assert ask(port, "GET", "/healthz")[0] == 200


def test_slow_clients_block_nobody_and_are_dropped(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_server._Request, "timeout", 0.3)
    slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(20)]
    for client in slow:
        client.sendall(b"GET /healthz HT")
    assert ask(port, "GET", "/healthz")[0] == 200
    assert [client.recv(100) for client in slow] == [b""] * 20
    for client in slow:
        client.close()


def test_more_connections_than_it_serves_are_closed_and_it_recovers(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_server._Request, "timeout", 1.0)
    many = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(probe_server._MOST_CONNECTIONS + 8)]
    assert [client.recv(100) for client in many] == [b""] * len(many)
    assert ask(port, "GET", "/healthz")[0] == 200
    for client in many:
        client.close()


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            SettingsError, match=f"GOQUEUE_PROBE_BIND: cannot listen on 127.0.0.1, port {port}: Address already in use"
        ):
            listening(port, {})


def test_a_host_that_does_not_exist_is_one_clear_line() -> None:
    with pytest.raises(SettingsError, match=r"cannot listen on nowhere\.invalid, port 8081: "):
        listening(8081, {}, host="nowhere.invalid")
