"""Connections whose other end may be slow, or may mean to be: gunicorn's threads would wait for it for ever."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

REQUEST_SECONDS: Final = 10.0
"""How long a request may take to arrive, and then its answer to leave..."""
LEAST_BYTES_PER_SECOND: Final = 64 * 1024
"""...and one more second for each so many bytes that have moved."""
LEFTOVER_SECONDS: Final = 1.0
"""How long the rest of a request that is already answered is taken and dropped, so that its sender gets to read..."""
LEFTOVER_PAUSE_SECONDS: Final = 0.2
"""...if it goes on arriving: who sends nothing shall hold no thread."""
_PIECE: Final = 65_536
_LEFTOVER_PIECES: Final = 64


class TimedSocket(socket.socket):
    """An accepted connection; raises TimeoutError when a request or its answer moves too slowly.

    A deadline for the whole, not a timeout for each read: that one would be met by a byte every few seconds.
    """

    _until = float("inf")
    _is_answering = False
    _is_answered = False
    is_handed_over = False

    @classmethod
    def adopt(cls, accepted: socket.socket) -> TimedSocket:
        """The same connection; the object given must not be used any more."""
        return cls(fileno=accepted.detach())

    def hand_over(self) -> socket.socket:
        """The same connection for somebody else, who answers on it; whatever is still done to this object does nothing."""
        self.is_handed_over = True
        return socket.socket(fileno=self.detach())

    def expect_request(self) -> None:
        """The next byte is the first of a request."""
        self._is_answering = self._is_answered = False
        self._wait(REQUEST_SECONDS)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Some bytes of the request."""
        if self._is_answering and not self._is_answered:
            self._is_answered = True
            self._wait(LEFTOVER_SECONDS)
        with self._in_time():
            received = super().recv(bufsize, flags)
        if not self._is_answered:
            self._moved(received)
        return received

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Some bytes of the answer."""
        if self.is_handed_over:
            return
        if not self._is_answering:
            self._is_answering = True
            self._wait(REQUEST_SECONDS)
        self._moved(data)
        with self._in_time():
            super().sendall(data, flags)

    def end(self) -> None:
        """Close. What is being sent is dropped first, or the kernel would tell its sender to forget the answer.

        Takes no time when nothing arrives, and LEFTOVER_SECONDS at most.
        """
        if self.is_handed_over:
            return
        try:
            self.shutdown(socket.SHUT_WR)
            self.settimeout(0.0)
            for _ in range(_LEFTOVER_PIECES):
                if not self.recv(_PIECE):
                    break
                self.settimeout(LEFTOVER_SECONDS)
        except OSError:
            pass
        self.close()

    def _wait(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def _moved(self, data: bytes) -> None:
        self._until += len(data) / LEAST_BYTES_PER_SECOND

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        given = self.gettimeout()
        left = self._until - time.monotonic()
        if left <= 0:
            raise _too_slow()
        if self._is_answered:
            left = min(left, LEFTOVER_PAUSE_SECONDS)
        self.settimeout(left if given is None else min(left, given))
        try:
            yield
        except TimeoutError as error:
            raise _too_slow() from error
        finally:
            self.settimeout(given)


def _too_slow() -> TimeoutError:
    # The number makes gunicorn close the connection without a traceback in the log.
    return TimeoutError(errno.ECONNRESET, "the other end is too slow")
