"""One client's stream: what it wants, and what waits to be sent to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

from goqueue_api.live import frames
from goqueue_api.live.outbox import Outbox
from goqueue_api.live.topics import Topics
from goqueue_common.version import version

PING_SECONDS: Final = 15.0


class Stream:
    """topics: what it wants to hear of. on_close: called once, when nobody reads it any more.

    may_stay: whether whoever opened it may still read. lines_after: the log line after which to go on, of a stream that
    follows one job to its end; None: of any other.
    """

    def __init__(
        self,
        topics: Topics,
        *,
        on_close: Callable[[Stream], None],
        may_stay: Callable[[], bool],
        lines_after: int | None = None,
    ) -> None:
        self.topics = topics
        self.outbox = Outbox()
        self.may_stay = may_stay
        self.lines_after = lines_after
        self._on_close = on_close
        self._lock = threading.Lock()
        self._is_closed = False
        self._shown: dict[str, bytes] = {}

    def hello(self, position: object | None, event_id: object | None) -> bytes:
        """The first event. position: where the shared stream is; None: it is not read, or Redis is away."""
        told = {"version": version(), "position": None if position is None else str(position), "topics": self.topics.names}
        return frames.hello(told, event_id)

    def show(self, job_id: str, made: bytes) -> None:
        """Have the state of a job sent, unless it is what was sent last."""
        if self._shown.get(job_id) != made:
            self._shown[job_id] = made
            self.outbox.put(made)

    def close(self) -> None:
        """Nobody reads it any more."""
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
        if not was_closed:
            self._on_close(self)

    def pieces(self) -> Iterator[bytes]:
        """What is sent, to the end, by the thread that asks: for servers that leave no other choice."""
        filled = threading.Event()
        self.outbox.send_to(filled.set)
        try:
            while not self.outbox.is_finished:
                piece = self.outbox.take()
                if piece:
                    yield piece
                elif not filled.wait(PING_SECONDS):
                    yield frames.ping()
                filled.clear()
        finally:
            self.close()
