"""A client of a stream of events that sees every byte, on a socket of its own."""

from __future__ import annotations

import json
import socket
import time
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit


class Event(NamedTuple):
    """at: monotonic seconds, when it was read."""

    type: str
    data: dict[str, Any]
    id: str | None
    at: float


class EventClient:
    """Reads what has come whenever it is asked for something. last_id: where it would go on."""

    def __init__(self, url: str, path: str, *, headers: dict[str, str] | None = None, receive_bytes: int = 0) -> None:
        parts = urlsplit(url)
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.connect((parts.hostname or "", parts.port or 80))
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: localhost",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._rest = b""
        self.events: list[Event] = []
        self.pings = 0
        self.last_id: str | None = None
        self.is_over = False
        while b"\r\n\r\n" not in self._rest:
            self._receive(10.0)
        self.head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        self._parse()

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    def read(self, seconds: float = 0.0) -> None:
        """Take what comes within this."""
        deadline = time.monotonic() + seconds
        while not self.is_over:
            left = deadline - time.monotonic()
            self._receive(max(left, 0.001))
            self._parse()
            if left <= 0:
                return

    def wait(self, type_: str, count: int = 1, seconds: float = 10.0) -> Event:
        """The latest event of a type, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.of(type_)) < count:
            assert not self.is_over, f"the stream has ended: {self.events}"
            assert time.monotonic() < deadline, f"no {type_} within {seconds} s: {self.events}"
            self._receive(0.05)
            self._parse()
        return self.of(type_)[-1]

    def of(self, type_: str) -> list[Event]:
        return [event for event in self.events if event.type == type_]

    def sums(self, status: str) -> int:
        """How many jobs all events have told to have got this status."""
        return sum(count for event in self.of("jobs") for count in event.data["statuses"].get(status, {}).values())

    def wait_for_sum(self, status: str, wanted: int, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while self.sums(status) < wanted:
            assert time.monotonic() < deadline, f"{self.sums(status)} {status}, not {wanted}: {self.events}"
            self._receive(0.05)
            self._parse()

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _receive(self, seconds: float) -> None:
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(65_536)
        except TimeoutError:
            return
        except ConnectionResetError:
            data = b""
        self.is_over = not data
        self._rest += data

    def _parse(self) -> None:
        *blocks, self._rest = self._rest.split(b"\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if not line.startswith(":"))
            self.pings += block.startswith(b": ping")
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                self.events.append(Event(fields["event"], json.loads(fields["data"]), fields.get("id"), time.monotonic()))
