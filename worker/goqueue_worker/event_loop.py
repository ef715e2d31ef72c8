"""One event loop a process, in a thread of its own, for all async handlers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from goqueue_worker.attempt import Interrupted


class EventLoop:
    """Runs coroutines for pool threads, which wait until the task has really ended, not until it was told to."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event-loop", daemon=True)
        self._thread.start()

    def task(self, coroutine: Coroutine[Any, Any, Any]) -> AsyncCall:
        """A coroutine on this loop, not begun yet."""
        return AsyncCall(self._loop, coroutine)

    def close(self) -> None:
        """Stop the loop; tasks still running are abandoned with their process."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self._loop.close()


class AsyncCall:
    """One coroutine: run by a pool thread, interrupted from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._loop = loop
        self._coroutine = coroutine
        self._ended = threading.Event()
        self._task: asyncio.Task[Any] | None = None
        self._exit: BaseException | None = None

    def run(self) -> Any:
        """Wait for the end of the task. Raises Interrupted when it was cancelled, else what the coroutine raised."""
        self._loop.call_soon_threadsafe(self._begin)
        self._ended.wait()
        if self._task is None or self._task.cancelled():
            raise Interrupted
        if self._exit is not None:
            raise self._exit
        return self._task.result()

    def interrupt(self) -> None:
        """Cancel the task; one that shields itself goes on, and may be told again."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._guarded())
        self._task.add_done_callback(lambda _: self._ended.set())

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _guarded(self) -> Any:
        try:
            return await self._coroutine
        except (SystemExit, KeyboardInterrupt) as error:
            self._exit = error  # asyncio would let these end the loop, and every other handler's task with it
            return None
