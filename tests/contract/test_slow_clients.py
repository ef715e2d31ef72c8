"""Clients that send a byte now and then: others are served meanwhile, and after a while they are cut off."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from goqueue_api.timed_socket import REQUEST_SECONDS
from tests.contract import raw_http
from tests.contract.conftest import THREADS, Service

JSON = {"Content-Type": "application/json"}
FORMS = ("headers", "a body with a length", "a chunked body")
NOT_AT_ONCE = 2.0
LATE = 5.0


def begin(service: Service, form: str, *, is_first: bool) -> socket.socket:
    """A connection on which a request has begun, the first one or the next after one that was answered."""
    length = {"Transfer-Encoding": "chunked"} if form == FORMS[2] else {"Content-Length": "100000"}
    whole = raw_http.head("POST", "/jobs", service.headers | JSON | length)
    connection = raw_http.connect(service.url)
    if not is_first:
        connection.sendall(raw_http.head("GET", "/healthz", {}))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
    connection.sendall(whole[:-2] if form == FORMS[0] else whole)
    return connection


def dribble(connection: socket.socket, form: str) -> tuple[float, raw_http.RawAnswer]:
    """Send a little every half second, until the other end has enough of it: after how many seconds, and its answer."""
    little = {FORMS[0]: b"X-More: x\r\n", FORMS[1]: b" ", FORMS[2]: b"1\r\n \r\n"}[form]
    began = time.monotonic()
    connection.settimeout(0.5)
    first = b""
    with connection:
        while time.monotonic() - began < REQUEST_SECONDS + 3 * LATE:
            try:
                connection.sendall(little)
                first = connection.recv(65_536)
                break
            except TimeoutError:
                continue
            except OSError:
                break
        connection.settimeout(LATE)
        ended = time.monotonic() - began
        rest = raw_http.read(connection)
    status = int(first.split()[1]) if first else rest.status
    return ended, rest._replace(status=status)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_first", [True, False], ids=["first request", "second request"])
def test_slow_senders_leave_room_for_others_and_are_cut_off(service: Service, is_first: bool) -> None:
    assert len(FORMS) == THREADS - 1
    connections = [begin(service, form, is_first=is_first) for form in FORMS]
    with ThreadPoolExecutor(len(FORMS)) as pool:
        slow = [pool.submit(dribble, connection, form) for connection, form in zip(connections, FORMS, strict=True)]
        while not all(one.done() for one in slow):
            began = time.monotonic()
            made = requests.post(f"{service.url}/jobs", json={"type": "demo"}, headers=service.headers, timeout=10)
            assert made.status_code == 201
            assert time.monotonic() - began < NOT_AT_ONCE
            time.sleep(0.5)
        for form, one in zip(FORMS, slow, strict=True):
            seconds, answer = one.result()
            assert REQUEST_SECONDS - 1 < seconds < REQUEST_SECONDS + LATE, form
            assert answer.status == (0 if form == FORMS[0] else 408), form


WITHOUT_A_KEY = {
    "nothing": b"",
    "a request, and the connection stays open": raw_http.head("GET", "/healthz", {"Connection": "close"}),
    "a head, and never the body": raw_http.head("POST", "/jobs", JSON | {"Content-Length": "100"}),
}


@pytest.mark.parametrize("sent", WITHOUT_A_KEY.values(), ids=WITHOUT_A_KEY)
def test_who_has_no_key_holds_up_nobody(service: Service, sent: bytes) -> None:
    connections = [raw_http.connect(service.url) for _ in range(5 * THREADS)]
    try:
        for connection in connections:
            connection.sendall(sent)
        assert requests.get(f"{service.url}/readyz", timeout=NOT_AT_ONCE).status_code == 200
    finally:
        for connection in connections:
            connection.close()
