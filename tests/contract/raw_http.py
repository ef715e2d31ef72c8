"""Requests as no library would send them: byte by byte, and answers as they come."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

PIECE = 256 * 1024


class RawAnswer(NamedTuple):
    """status: 0, the connection was closed without an answer. sent: bytes that went out before that."""

    status: int
    head: str
    body: bytes
    sent: int


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)


def head(method: str, target: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def ask(url: str, method: str, target: str, headers: dict[str, str], body: Iterable[bytes] = ()) -> RawAnswer:
    """Send all of it, unless the other end closes before."""
    with connect(url) as connection:
        sent = 0
        try:
            for piece in (head(method, target, headers | {"Connection": "close"}), *body):
                connection.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        return read(connection, sent)


def read(connection: socket.socket, sent: int = 0) -> RawAnswer:
    """Everything until the other end closes."""
    found = b""
    try:
        while data := connection.recv(65_536):
            found += data
    except OSError:
        pass
    start, _, rest = found.partition(b"\r\n\r\n")
    status = int(start.split()[1]) if start.startswith(b"HTTP/1.1 ") else 0
    return RawAnswer(status, start.decode("latin-1"), rest, sent)


def pieces(size: int) -> Iterable[bytes]:
    """So many bytes of a JSON string that does not end."""
    yield b'{"type":"'
    for _ in range(size // PIECE):
        yield b"x" * PIECE


def chunked(parts: Iterable[bytes]) -> Iterable[bytes]:
    for part in parts:
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"
