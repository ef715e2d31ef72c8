"""GET /readyz: whether this process should be sent requests.

An absent PostgreSQL or Redis is named and never makes it unready: submits without Redis must work, and a 503 with
Retry-After must reach the caller.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final

from goqueue_common.errors import BrokerUnavailable, StoreUnavailable

_ANSWER_SECONDS: Final = 0.5
_WATCH_SECONDS: Final = 0.5


class Readiness:
    """Started, schema at head, not draining.

    is_current: whether the schema is one this code may work on; asked until it was once True. ping_database, ping_redis:
    raise StoreUnavailable and BrokerUnavailable. A store that takes longer than half a second is called degraded: probes
    have little patience.
    """

    def __init__(
        self, *, is_current: Callable[[], bool], ping_database: Callable[[], None], ping_redis: Callable[[], None]
    ) -> None:
        self._is_current = is_current
        self._ping_database = ping_database
        self._ping_redis = ping_redis
        self._lock = threading.Lock()
        self._checker: ThreadPoolExecutor | None = None
        self._checks: dict[str, Future[bool]] = {}
        self._was_current = False
        self._schema = "unknown"
        self._draining = False

    def watch_schema(self) -> None:
        """Look at the schema, in a thread of its own, until it is current once.

        Each process of the service must know it by itself before PostgreSQL goes away: a probe asks only one of them.
        """
        threading.Thread(target=self._watch_schema, name="schema", daemon=True).start()

    def _watch_schema(self) -> None:
        while not self._was_current:
            self._database()
            time.sleep(_WATCH_SECONDS)

    def drain(self) -> None:
        """From now on unready: this process finishes what it has and ends. Takes no lock: a signal handler calls it."""
        self._draining = True

    def is_draining(self) -> bool:
        """Whether `drain` was called."""
        return self._draining

    def close(self) -> None:
        """End the checks; one that hangs ends with its own time-out."""
        with self._lock:
            if self._checker is not None:
                self._checker.shutdown(wait=True, cancel_futures=True)
                self._checker = None

    def state(self) -> dict[str, Any]:
        """status: ready, starting or draining; postgres, redis: ok or degraded; schema: current, behind or unknown."""
        with self._lock:
            checks = {"postgres": self._check("postgres", self._database), "redis": self._check("redis", self._redis)}
        wait(checks.values(), timeout=_ANSWER_SECONDS)
        stores = {name: "ok" if check.done() and check.result() else "degraded" for name, check in checks.items()}
        status = "draining" if self._draining else "ready" if self._was_current else "starting"
        return {"status": status, **stores, "schema": self._schema}

    def _check(self, name: str, check: Callable[[], bool]) -> Future[bool]:
        """The check that is still under way, or a new one: a store that hangs is asked once, not once a probe."""
        if self._checker is None:
            self._checker = ThreadPoolExecutor(2, thread_name_prefix="readiness")
        running = self._checks.get(name)
        if running is None or running.done():
            running = self._checks[name] = self._checker.submit(check)
        return running

    def _database(self) -> bool:
        try:
            if self._was_current:
                self._ping_database()
            else:
                self._was_current = self._is_current()
                self._schema = "current" if self._was_current else "behind"
        except StoreUnavailable:
            return False
        return True

    def _redis(self) -> bool:
        try:
            self._ping_redis()
        except BrokerUnavailable:
            return False
        return True
