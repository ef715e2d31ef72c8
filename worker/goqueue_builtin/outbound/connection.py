"""A connection of urllib3 that goes to addresses known already, and ends at a deadline whatever the server does."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection

_CONNECT_SECONDS: Final = 10.0


class Deadline:
    """Cuts a connection when the time is up: a server that sends a byte now and then runs into no socket's timeout."""

    def __init__(self, at: float) -> None:
        self.at = at
        self.has_passed = False
        self._tap: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, at - time.monotonic()), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._tap is not None:
            self._tap.close()

    @property
    def left(self) -> float:
        """Seconds until then; at least a moment."""
        return max(0.01, self.at - time.monotonic())

    def watch(self, connected: socket.socket) -> None:
        """This is the socket to cut."""
        self._tap = connected.dup()  # TLS takes the socket itself over
        if self.has_passed:
            self._cut()

    def _cut(self) -> None:
        self.has_passed = True
        if self._tap is not None:
            with suppress(OSError):  # it has just ended by itself
                self._tap.shutdown(socket.SHUT_RDWR)


class _ToAddresses:
    """Before one of urllib3's connections among the bases: where it connects to; TLS still checks the name."""

    port: int

    def __init__(self, host: str, port: int, addresses: Sequence[str], deadline: Deadline, **options: Any) -> None:
        super().__init__(host, port, **options)  # type: ignore[call-arg]  # goes to urllib3's class
        self._addresses = addresses
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        error: OSError = TimeoutError("timed out")
        for address in self._addresses:
            if self._deadline.has_passed:
                break
            try:
                opened = socket.create_connection((address, self.port), min(_CONNECT_SECONDS, self._deadline.left))
            except OSError as failed:
                error = failed
                continue
            opened.settimeout(self._deadline.left)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._deadline.watch(opened)
            return opened
        raise error


class _Plain(_ToAddresses, HTTPConnection):
    pass


class _Secure(_ToAddresses, HTTPSConnection):
    pass


def connection(scheme: str, host: str, port: int, addresses: Sequence[str], deadline: Deadline) -> HTTPConnection:
    """Not connected yet. host: the name, for the Host header and the certificate."""
    if scheme == "https":
        return _Secure(host, port, addresses, deadline, ssl_context=_trust())
    return _Plain(host, port, addresses, deadline)


@cache
def _trust() -> ssl.SSLContext:
    """The system's authorities and those of certifi: a slim image may have none of its own."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
