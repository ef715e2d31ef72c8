"""JSON lines over a socket pair, between a parent process and the child it started."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import orjson

Message = dict[str, Any]


class MessagePipe:
    """Sends from any thread; one thread receives. The end of the other side shows as the end of `messages`."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._reader = end.makefile("rb")
        self._lock = threading.Lock()

    @staticmethod
    def pair() -> tuple[MessagePipe, socket.socket]:
        """Our end, and the socket to hand to a child."""
        ours, theirs = socket.socketpair()
        return MessagePipe(ours), theirs

    @staticmethod
    def inherited(descriptor: int) -> MessagePipe:
        """The child's end."""
        os.set_inheritable(descriptor, False)  # or what a handler starts would keep it open after our end
        return MessagePipe(socket.socket(fileno=descriptor))

    def send(self, message: Message) -> bool:
        """False: the other side has ended."""
        try:
            with self._lock:
                self._socket.sendall(orjson.dumps(message) + b"\n")
        except OSError:
            return False
        return True

    def receive(self) -> Message | None:
        """The next message, or None at the end."""
        try:
            line = self._reader.readline()
        except (OSError, ValueError):
            return None
        return orjson.loads(line) if line.endswith(b"\n") else None

    def messages(self) -> Iterator[Message]:
        """Every message until the other side ends."""
        while (message := self.receive()) is not None:
            yield message

    def close(self) -> None:
        """Close our end, waking a thread of ours that waits in receive."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        finally:
            self._socket.close()
            self._reader.close()
