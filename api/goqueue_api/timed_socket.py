"""Connections whose other end may be slow, or may mean to be: gunicorn's threads would wait for it for ever."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

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
_MOST_HELD: Final = 16_384

T = TypeVar("T")


class TimedSocket(socket.socket):
    """An accepted connection; raises TimeoutError when a request or its answer moves too slowly.

    A deadline for the whole, not a timeout for each read: that one would be met by a byte every few seconds. The kernel
    never blocks in it, and is asked to wait only for what is not there yet: each call that might block has Python hand the
    interpreter to another thread, and to get it back can take longer than all else a request does. For the same reason
    what is written is held until there is more of it, or none: the head of an answer leaves with its body, and of an
    answer in small pieces each second one waits for the next.
    """

    _until = float("inf")
    _is_answering = False
    _is_answered = False
    _waits = True
    _held = b""
    is_handed_over = False

    @classmethod
    def adopt(cls, accepted: socket.socket) -> TimedSocket:
        """The same connection; the object given must not be used any more."""
        adopted = cls(fileno=accepted.detach())
        super().setblocking(adopted, False)
        return adopted

    def hand_over(self) -> socket.socket:
        """The same connection for somebody else, who answers on it; whatever is still done to this object does nothing."""
        self.is_handed_over = True
        return socket.socket(fileno=self.detach())

    def setblocking(self, flag: bool, /) -> None:
        """Whether to wait for what is not there yet."""
        self._waits = bool(flag)

    def settimeout(self, value: float | None, /) -> None:
        """The same; for how long is ours to say."""
        self._waits = value != 0.0

    def gettimeout(self) -> float | None:
        """As a socket that waits has it, or one that does not."""
        return None if self._waits else 0.0

    def expect_request(self) -> None:
        """The next byte is the first of a request."""
        self._is_answering = self._is_answered = False
        self._waits = True
        self._wait(REQUEST_SECONDS)

    def wait_readable(self, seconds: float) -> bool:
        """Whether something has come, or does in this time; the end of the connection is something, too."""
        return _is_ready(self, select.POLLIN, seconds)

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Some bytes of the request."""
        self.flush()
        if self._is_answering and not self._is_answered:
            self._is_answered = True
            self._wait(LEFTOVER_SECONDS)
        received: bytes = self._in_time(super().recv, bufsize, select.POLLIN)
        if not self._is_answered:
            self._moved(received)
        return received

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Some bytes of the answer; a few are held for what follows."""
        if self.is_handed_over:
            return
        if not self._is_answering:
            self._is_answering = True
            self._wait(REQUEST_SECONDS)
        self._moved(data)
        if not self._held and len(data) <= _MOST_HELD:
            self._held = bytes(data)
            return
        self._send(self._held + data if self._held else data)

    def shutdown(self, how: int, /) -> None:
        """Send what is held, then end one direction or both."""
        self.flush()
        super().shutdown(how)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            self._send(self._held)

    def _send(self, data: bytes) -> None:
        self._held = b""
        left = memoryview(data)
        while left:
            left = left[self._in_time(super().send, left, select.POLLOUT) :]

    def end(self) -> None:
        """Close. What is being sent is dropped first, or the kernel would tell its sender to forget the answer.

        Takes no time when nothing arrives, and LEFTOVER_SECONDS at most.
        """
        if self.is_handed_over:
            return
        try:
            self.shutdown(socket.SHUT_WR)
            self._waits = False
            for _ in range(_LEFTOVER_PIECES):
                if not self.recv(_PIECE):
                    break
                self._waits = True
        except OSError:
            pass
        self.close()

    def _wait(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def _moved(self, data: bytes) -> None:
        self._until += len(data) / LEAST_BYTES_PER_SECOND

    def _in_time(self, operation: Callable[[Any], T], argument: Any, event: int) -> T:
        while True:
            left = self._until - time.monotonic()
            if left <= 0:
                raise _too_slow()
            try:
                return operation(argument)
            except BlockingIOError:
                if not self._waits:
                    raise
            if not _is_ready(self, event, min(left, LEFTOVER_PAUSE_SECONDS) if self._is_answered else left):
                raise _too_slow()


def _is_ready(connection: socket.socket, event: int, seconds: float) -> bool:
    poller = select.poll()
    poller.register(connection, event)
    return bool(poller.poll(seconds * 1000))


def _too_slow() -> TimeoutError:
    # The number makes gunicorn close the connection without a traceback in the log.
    return TimeoutError(errno.ECONNRESET, "the other end is too slow")
