"""The one thread of a process that writes all its streams. Nobody waits for a client here: sockets do not block."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from goqueue_api.live.stream import PING_SECONDS, Stream

log = structlog.get_logger(__name__)

_STUCK_SECONDS: Final = 30.0
_KERNEL_BYTES: Final = 64 * 1024
"""What the kernel keeps for one client beside its outbox; else it would keep megabytes."""
_LOOK_SECONDS: Final = 5.0


class _Connection:
    """One client. rest: what was taken from its outbox and is not sent yet. is_full: the kernel has no room for it."""

    __slots__ = ("is_full", "moved_at", "rest", "socket", "stream")

    def __init__(self, client: socket.socket, stream: Stream, head: bytes) -> None:
        self.socket = client
        self.stream = stream
        self.rest = memoryview(head)
        self.is_full = False
        self.moved_at = time.monotonic()


class StreamThread:
    """Starts with its first connection, so that a process may fork. on_ping: called every PING_SECONDS."""

    def __init__(self, on_ping: Callable[[], None], *, stuck_seconds: float = _STUCK_SECONDS) -> None:
        self._on_ping = on_ping
        self._stuck_seconds = stuck_seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._selector: selectors.BaseSelector | None = None
        self._woken = self._waker = -1
        self._is_awake = False
        self._is_stopped = False
        self._arriving: deque[_Connection] = deque()
        self._filled: deque[_Connection] = deque()
        self._connections: set[_Connection] = set()

    def adopt(self, client: socket.socket, stream: Stream, head: bytes) -> None:
        """From now on this thread writes to the client: the head, then what the stream's outbox gets."""
        with suppress(OSError):  # a client that has gone already is noticed soon enough
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):  # a client that vanished acknowledges no ping
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(self._stuck_seconds * 1000))
        self._ensure_thread()
        self._arriving.append(_Connection(client, stream, head))
        self._wake()
        if self._is_stopped:
            self._refuse_arriving()

    def stop(self) -> None:
        """Close every stream, and those that still come, at once. Takes no lock: a signal handler calls it."""
        self._is_stopped = True
        self._is_awake = False
        self._wake()

    def close(self) -> None:
        """End the thread."""
        self.stop()
        thread = self._thread
        if thread is not None:
            thread.join(2 * _LOOK_SECONDS)
            os.close(self._woken)
            os.close(self._waker)
            self._waker = -1

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._woken, self._waker = os.pipe()
                os.set_blocking(self._woken, False)
                os.set_blocking(self._waker, False)
                self._selector = selectors.DefaultSelector()
                self._selector.register(self._woken, selectors.EVENT_READ)
                self._thread = threading.Thread(target=self._run, args=(self._selector,), name="live-streams", daemon=True)
                self._thread.start()

    def _wake(self) -> None:
        if not self._is_awake and self._waker >= 0:
            self._is_awake = True
            with suppress(OSError):  # full: it is awake
                os.write(self._waker, b"w")

    def _run(self, selector: selectors.BaseSelector) -> None:
        try:
            self._serve(selector)
        except Exception:
            log.exception("live_streams_failed")
            with self._lock:
                self._thread = None  # clients come again, to a new one
        self._part_all(selector)

    def _serve(self, selector: selectors.BaseSelector) -> None:
        ping_at = time.monotonic() + PING_SECONDS
        while not self._is_stopped:
            for key, events in selector.select(min(_LOOK_SECONDS, max(0.0, ping_at - time.monotonic()))):
                if key.data is None:
                    with suppress(OSError):
                        os.read(self._woken, 4096)
                    self._is_awake = False  # after reading, or a byte could go that stands for more; before looking
                elif events & selectors.EVENT_READ and not _is_there(key.data.socket):
                    self._part(selector, key.data)
                elif events & selectors.EVENT_WRITE:
                    self._write(selector, key.data)
            self._take_in(selector)
            now = time.monotonic()
            if now >= ping_at:
                ping_at = now + PING_SECONDS
                self._part_stuck(selector, now)
                self._on_ping()

    def _take_in(self, selector: selectors.BaseSelector) -> None:
        while self._arriving and not self._is_stopped:
            connection = self._arriving.popleft()
            self._connections.add(connection)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.stream.outbox.send_to(partial(self._on_filled, connection))
        while self._filled and not self._is_stopped:
            connection = self._filled.popleft()
            if connection in self._connections and not connection.is_full:
                self._write(selector, connection)

    def _on_filled(self, connection: _Connection) -> None:
        self._filled.append(connection)
        self._wake()

    def _write(self, selector: selectors.BaseSelector, connection: _Connection) -> None:
        """As much as the kernel takes now; it says when it takes more."""
        outbox = connection.stream.outbox
        try:
            while connection.rest.nbytes or (piece := outbox.take()):
                if not connection.rest.nbytes:
                    connection.rest = memoryview(piece)
                sent = connection.socket.send(connection.rest)
                connection.rest = connection.rest[sent:]
                connection.moved_at = time.monotonic()
        except BlockingIOError:
            connection.is_full = True
            selector.modify(connection.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, connection)
            return
        except OSError:
            self._part(selector, connection)
            return
        if outbox.is_finished:
            self._part(selector, connection)
        elif connection.is_full:
            connection.is_full = False
            selector.modify(connection.socket, selectors.EVENT_READ, connection)

    def _part(self, selector: selectors.BaseSelector, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.discard(connection)
            with suppress(KeyError, ValueError):  # it could not be registered
                selector.unregister(connection.socket)
            _shut(connection)

    def _part_stuck(self, selector: selectors.BaseSelector, now: float) -> None:
        for connection in list(self._connections):
            if connection.is_full and now - connection.moved_at > self._stuck_seconds:
                log.info("live_client_stuck", waiting_bytes=connection.stream.outbox.waiting_bytes)
                self._part(selector, connection)

    def _part_all(self, selector: selectors.BaseSelector) -> None:
        for connection in list(self._connections):
            self._part(selector, connection)
        selector.close()
        self._refuse_arriving()

    def _refuse_arriving(self) -> None:
        """By the thread that ends, and by whoever brings one after that."""
        with suppress(IndexError):
            while True:
                _shut(self._arriving.popleft())


def _is_there(client: socket.socket) -> bool:
    """Whether the client has not gone; what it sends is of no interest."""
    try:
        return bool(client.recv(4096))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _shut(connection: _Connection) -> None:
    with suppress(OSError):
        connection.socket.shutdown(socket.SHUT_RDWR)
    connection.socket.close()
    connection.stream.close()
