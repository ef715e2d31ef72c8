"""Calls that run ahead of their answers: while the API works on one, the next is made and sent."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

AT_ONCE = 2


class Ahead(Generic[T]):
    """Makes calls in threads, AT_ONCE at a time; a single one in the caller's own.

    later: after a call has failed, the answers to those that came after it and ran beside it.
    """

    def __init__(self) -> None:
        self.later: list[T] = []
        self._running: deque[Future[T]] = deque()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="goqueue-client")

    def answers(self, calls: Iterable[Callable[[], T]]) -> Iterator[T]:
        """Their answers, in order; each call is drawn while those before it run.

        Raises what a call raises; then no more are made, and those under way have ended. Raises what `calls` raises, after
        the answers to all that it gave.
        """
        try:
            yield from self._answers(calls)
        except Exception:
            self.later = [call.result() for call in self._running if call.exception() is None]
            raise
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _answers(self, calls: Iterable[Callable[[], T]]) -> Iterator[T]:
        source, failure, waiting = iter(calls), None, None
        is_over = False
        while not is_over:
            try:
                call = next(source, None)
            except Exception as error:  # noqa: BLE001 - raised below, once all is done that came before
                call, failure = None, error
            is_over = call is None
            if waiting is not None:
                if len(self._running) == AT_ONCE:
                    yield self._running.popleft().result()
                if is_over and not self._running:
                    yield waiting()
                elif not self._start(waiting):
                    yield from self._taken()
                    yield waiting()
            waiting = call
        yield from self._taken()
        if failure is not None:
            raise failure

    def _start(self, call: Callable[[], T]) -> bool:
        """Whether it could be: not at the end of a program, when Python starts no threads any more."""
        try:
            # In a copy of this context, so that the span that the program is in goes with it.
            self._running.append(self._threads.submit(copy_context().run, call))
        except RuntimeError:
            return False
        return True

    def _taken(self) -> Iterator[T]:
        while self._running:
            yield self._running.popleft().result()
