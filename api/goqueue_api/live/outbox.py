"""What waits to be sent to one client: bounded, so that one who reads slowly costs a little memory, and others nothing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from goqueue_api.live import frames

ROOM_BYTES: Final = 256 * 1024
_PIECE_BYTES: Final = 64 * 1024


class Outbox:
    """Filled by any thread, emptied by one. on_filled: told whenever there is something to send, or the end."""

    def __init__(self, room_bytes: int = ROOM_BYTES) -> None:
        self._room_bytes = room_bytes
        self._lock = threading.Lock()
        self._frames: deque[bytes] = deque()
        self._size = 0
        self._held: list[tuple[bytes, object | None]] | None = None
        self._last_id: object | None = None
        self._is_finished = False
        self._on_filled: Callable[[], None] = _nobody

    def put(self, made: bytes, event_id: object | None = None) -> None:
        """Have it sent. Where there is no room all that waits is dropped, and the client is told to read anew."""
        with self._lock:
            if self._is_finished:
                return
            if self._held is not None:
                self._held.append((made, event_id))
                return
            self._append(made, event_id)
        self._on_filled()

    def put_all(self, several: Iterable[bytes]) -> None:
        """Have these sent, however much room there is: for who looks at `waiting_bytes` before."""
        with self._lock:
            if self._is_finished:
                return
            for made in several:
                self._frames.append(made)
                self._size += len(made)
        self._on_filled()

    def hold(self) -> None:
        """Keep back what is put from now on: something older is to be sent before it."""
        with self._lock:
            self._held = []

    def release(self, before: Sequence[bytes]) -> None:
        """Send these, for which there is room whatever their size, and then what was kept back."""
        with self._lock:
            for made in before:
                self._frames.append(made)
                self._size += len(made)
                self._room_bytes += len(made)
            held, self._held = self._held or [], None
            for made, event_id in held:
                self._append(made, event_id)
        self._on_filled()

    def finish(self) -> None:
        """Nothing more comes; what is still put is not sent."""
        with self._lock:
            self._is_finished = True
        self._on_filled()

    def send_to(self, on_filled: Callable[[], None]) -> None:
        """Who empties it; told at once of what waits already."""
        self._on_filled = on_filled
        on_filled()

    def take(self) -> bytes:
        """Some of what waits, whole events; nothing: all was taken."""
        with self._lock:
            taken = []
            size = 0
            while self._frames and size < _PIECE_BYTES:
                taken.append(self._frames.popleft())
                size += len(taken[-1])
            self._size -= size
        return taken[0] if len(taken) == 1 else b"".join(taken)

    @property
    def waiting_bytes(self) -> int:
        """How much waits."""
        return self._size

    @property
    def is_finished(self) -> bool:
        """Whether nothing waits and nothing more comes."""
        return self._is_finished and not self._frames

    def _append(self, made: bytes, event_id: object | None) -> None:
        self._last_id = self._last_id if event_id is None else event_id
        if self._size + len(made) > self._room_bytes:
            self._frames.clear()
            made = frames.resync("slow", self._last_id)
            self._size = 0
        self._frames.append(made)
        self._size += len(made)


def _nobody() -> None:
    pass
