"""Calls that run ahead of their answers: while the API works on one, the next is made and sent."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

AT_ONCE = 2


class Ahead(Generic[T]):
    """Makes calls in threads, AT_ONCE at a time; a single one in the caller's own.

    later: after a call has failed, the answers to those that ran beside it and came after it.
    """

    def __init__(self) -> None:
        self.later: list[T] = []
        self._running: deque[Future[T]] = deque()

    def answers(self, calls: Iterable[Callable[[], T]]) -> Iterator[T]:
        """Their answers, in order; each call is drawn while those before it run.

        Raises what a call raises, or `calls` itself: then no more are made, and those under way have ended.
        """
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="goqueue-client") as threads:
            waiting: Callable[[], T] | None = None
            try:
                for call in chain(calls, [None]):
                    if waiting is not None:
                        if call is None and not self._running:
                            yield waiting()
                            break
                        if len(self._running) == AT_ONCE:
                            yield self._running.popleft().result()
                        # In a copy of this context, so that the span that the program is in goes with it.
                        self._running.append(threads.submit(copy_context().run, waiting))
                    waiting = call
                while self._running:
                    yield self._running.popleft().result()
            except BaseException:
                self.later = [call.result() for call in self._running if call.exception() is None]
                raise
