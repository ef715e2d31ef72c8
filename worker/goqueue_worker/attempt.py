"""An attempt in hand, and the slot of the thread that runs it: begin, end, and interruption in between.

An interruption (timeout, cancel, shutdown) is delivered under the slot's lock and only to the attempt it is meant for: an
asynchronous exception that lands after the handler has ended would hit the next job, or our own code.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from enum import StrEnum

from goqueue_common.job import ClaimedJob
from goqueue_worker.handler import Handler


class Interrupted(BaseException):
    """Raised inside a handler that must stop; not an Exception, so that `except Exception` lets it through."""


class InterruptReason(StrEnum):
    """Why a running attempt is stopped."""

    TIMEOUT = "timeout"
    CANCEL = "cancel"
    SHUTDOWN = "shutdown"


class Attempt:
    """One claimed attempt, from the claim until its outcome is written; is_settled: it is, or it is no longer ours.

    ran_seconds: how long its handler ran, once it has.
    """

    __slots__ = (
        "cancel_requested_at",
        "handler",
        "interrupted_at",
        "is_settled",
        "job",
        "notify_cancel",
        "ran_seconds",
        "reason",
        "record",
        "started_at",
        "timeout_seconds",
    )

    def __init__(self, job: ClaimedJob, handler: Handler, record: int) -> None:
        self.job = job
        self.handler = handler
        self.record = record
        self.timeout_seconds = handler.timeout_seconds if job.timeout_seconds is None else job.timeout_seconds
        self.started_at = 0.0
        self.ran_seconds = 0.0
        self.reason: InterruptReason | None = None
        self.interrupted_at: float | None = None
        self.is_settled = False
        self.cancel_requested_at: float | None = None
        self.notify_cancel: Callable[[], None] | None = None

    def request_cancel(self, now: float) -> None:
        """Raise the flag that the handler may look at."""
        if self.cancel_requested_at is None:
            self.cancel_requested_at = now
            if self.notify_cancel is not None:
                self.notify_cancel()

    def is_cancelled(self) -> bool:
        """Whether somebody wants it cancelled."""
        return self.cancel_requested_at is not None


class RunningSlot:
    """The place of one pool thread. The watchdog looks in from outside; the thread itself begins and ends."""

    def __init__(self) -> None:
        self.attempt: Attempt | None = None
        self._thread_id = 0
        self._lock = threading.Lock()
        self._deliver: Callable[[], None] = self._raise_in_thread
        self._raised = False

    def begin(self, attempt: Attempt, now: float, deliver: Callable[[], None] | None = None) -> None:
        """The calling thread is about to call the handler; `deliver` interrupts it, by default by raising in it."""
        attempt.started_at = now
        with self._lock:
            self._thread_id = threading.get_ident()
            self._deliver = deliver or self._raise_in_thread
            self.attempt = attempt

    def end(self) -> None:
        """The handler has ended: nothing is delivered any more, and what was not raised yet never will be."""
        while True:
            try:
                with self._lock:
                    self.attempt = None
                    if self._raised:
                        self._raised = False
                        _set_async_exception(self._thread_id, None)
            except Interrupted:  # it landed in here, where it is of no use to anybody any more
                continue
            return

    def interrupt(self, attempt: Attempt, reason: InterruptReason, now: float) -> bool:
        """Stop this attempt if it still runs here; may be repeated. False: it has ended."""
        with self._lock:
            if self.attempt is not attempt:
                return False
            attempt.reason = attempt.reason or reason
            attempt.interrupted_at = attempt.interrupted_at or now
            self._deliver()
            return True

    def _raise_in_thread(self) -> None:
        self._raised = True
        _set_async_exception(self._thread_id, Interrupted)


def _set_async_exception(thread_id: int, exception: type[BaseException] | None) -> None:
    """Raise in another thread at its next bytecode, or take back what has not been raised yet."""
    value = ctypes.py_object(exception) if exception is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), value)
