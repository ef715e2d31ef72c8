"""A duty in a thread that lives only while somebody wants it: nothing is read when nobody looks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from goqueue_common.background.runner import Stepper
from goqueue_common.errors import GoQueueError

log = structlog.get_logger(__name__)

_AFTER_ERROR_SECONDS: Final = 1.0
_JOIN_SECONDS: Final = 3.0


class WhileWanted:
    """Makes no thread before its first use, so that a process may fork."""

    def __init__(self, duty: Stepper, name: str, is_wanted: Callable[[], bool]) -> None:
        self._duty = duty
        self._name = name
        self._is_wanted = is_wanted
        self._lock = threading.Lock()
        self._nudged = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def ensure(self) -> None:
        """Somebody wants it now."""
        with self._lock:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def nudge(self) -> None:
        """Take the next step now."""
        self._nudged.set()

    def close(self) -> None:
        """End it after the step in progress."""
        with self._lock:
            self._is_closed = True
            thread = self._thread
        self._nudged.set()
        if thread is not None:
            thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._is_closed or not self._is_wanted():
                    self._thread = None
                    return
            self._nudged.clear()
            pause = self._step()
            if pause > 0:
                self._nudged.wait(pause)

    def _step(self) -> float:
        try:
            return self._duty.step()
        except GoQueueError as error:  # a store is away, and said so
            log.debug("live_duty_waits", duty=self._name, reason=str(error))
        except Exception:
            log.exception("live_duty_failed", duty=self._name)
        return _AFTER_ERROR_SECONDS
