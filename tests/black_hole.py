"""A TCP proxy that turns into a black hole: it takes everything and passes nothing on, as a network or a host may do."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class BlackHole:
    """A way to `url`'s host and port, open until `swallow` is called.

    What was connected before or during that stays dead for ever, silently, as half-open connections are; after `heal` only
    new connections get through.
    """

    def __init__(self, url: str) -> None:
        self._upstream = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self._is_open = True
        self._answers_left: int | None = None
        self._age = 0

    @property
    def url(self) -> str:
        """The same address by way of this proxy."""
        host = f"{self._upstream.netloc.rpartition('@')[0]}@127.0.0.1:{self._listener.getsockname()[1]}"
        return urlunsplit(self._upstream._replace(netloc=host))

    def swallow(self) -> None:
        self._is_open, self._age = False, self._age + 1

    def swallow_after(self, answers: int) -> None:
        """Let so many answers through first: for a server that falls silent halfway."""
        self._answers_left = answers

    def heal(self) -> None:
        self._is_open, self._answers_left = True, None

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((self._upstream.hostname or "", self._upstream.port or 0))
                self._sockets += [near, far]
                # What comes while the hole is there belongs to no age that will ever be passed on.
                age = self._age if self._is_open else -1
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, target, age), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, age: int) -> None:
        is_answer = source.getpeername()[1] == self._upstream.port
        with suppress(OSError):
            while received := source.recv(65_536):
                if age == self._age:
                    target.sendall(received)
                if is_answer and self._answers_left is not None:
                    self._answers_left -= 1
                    if self._answers_left == 0:
                        self.swallow()
            if age == self._age:
                target.shutdown(socket.SHUT_RDWR)
