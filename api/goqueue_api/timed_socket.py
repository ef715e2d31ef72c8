"""Connections whose other end may be slow, or may mean to be: gunicorn's threads would wait for it for ever."""

from __future__ import annotations

import errno
import socket
import time
from typing import Final

REQUEST_SECONDS: Final = 30.0
"""How long a request may take to arrive, from its first byte to its last; and how long an answer may take to leave."""


class TimedSocket(socket.socket):
    """An accepted connection, taken over from the socket that it came as."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.setblocking(False)
        self._until: float | None = None

    def expect_request(self) -> None:
        """The next byte is the first of a request."""
        self._until = None

    def setblocking(self, flag: bool, /) -> None:
        """Blocking means waiting, but not for ever; for one `sendall`, whatever its size."""
        self.settimeout(REQUEST_SECONDS if flag else 0.0)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Like a socket's. Raises TimeoutError when the request takes too long."""
        waits = self.gettimeout()
        if waits == 0.0:
            return super().recv(bufsize, flags)
        now = time.monotonic()
        self._until = self._until or now + REQUEST_SECONDS
        left = self._until - now
        if left <= 0:
            raise _too_slow()
        self.settimeout(min(left, waits or left))
        try:
            return super().recv(bufsize, flags)
        except TimeoutError as error:
            raise _too_slow() from error
        finally:
            self.settimeout(waits)


def _too_slow() -> TimeoutError:
    """With a number that makes gunicorn close the connection without a traceback in the log."""
    return TimeoutError(errno.ECONNRESET, f"the request took more than {REQUEST_SECONDS:g} s to arrive")
