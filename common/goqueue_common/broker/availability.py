"""Whether Redis is away: learnt once, by whoever meets it first, and known to every thread of a broker from then on.

Without this each push would find out by a time-out of its own. While Redis is away nobody but one thread asks it, so that
a black hole costs no request anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, ResponseError
from redis.exceptions import TimeoutError as RedisTimeout

from goqueue_common.broker.connection import translated
from goqueue_common.errors import BrokerUnavailable

log = structlog.get_logger(__name__)

PROBE_SECONDS: Final = 0.5
_JOIN_SECONDS: Final = 2.0
# What the server would answer to any write of ours, and so to the probe. ConnectionError covers LOADING, NOAUTH, WRONGPASS
# and "max number of clients" by itself. Left out is what one command or one key alone would meet, since the probe would
# declare the server back at once, over and over: WRONGTYPE, NOPERM, and OOM, under which pops work and free memory.
_AWAY_CODES: Final = frozenset(
    {"READONLY", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "NOREPLICAS", "MISCONF", "BUSY", "UNBLOCKED", "LOADING", "NOAUTH"}
)


def means_away(error: BaseException | None) -> bool:
    """Whether an error of redis-py would befall any write: no connection, no answer, or a server that takes none now."""
    if isinstance(error, RedisConnectionError | RedisTimeout | InvalidResponse | OSError):
        return True
    return isinstance(error, ResponseError) and _code(error) in _AWAY_CODES


def _code(error: ResponseError) -> str:
    return str(error.status_code or str(error).partition(" ")[0])


class Availability:
    """One server, as one broker sees it. Safe to use from several threads.

    probe: a write on a new connection; raises BrokerUnavailable. on_change: called when the server turns away and when it
    is back, before anybody uses it again. The thread that probes lives only while the server is away, so that nothing
    crosses a fork; should it be missing, whoever is refused starts it anew.
    """

    def __init__(self, probe: Callable[[], None], on_change: Callable[[], None]) -> None:
        self._probe = probe
        self._on_change = on_change
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._reason: str | None = None
        self._changes = 0
        self._prober: threading.Thread | None = None

    @property
    def is_away(self) -> bool:
        """Cheap, and never waits for the network."""
        if self._reason is None:
            return False
        self._ensure_prober()
        return True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For one exchange with the server: refused at once while it is away, and learnt from when it fails.

        Raises BrokerUnavailable for whatever redis-py raises inside.
        """
        reason, changes = self._reason, self._changes
        if reason is not None:
            self._ensure_prober()
            raise BrokerUnavailable(f"Redis is away and left alone until it answers again ({reason})")
        try:
            with translated():
                yield
        except BrokerUnavailable as error:
            if means_away(error.__cause__):
                self._turn_away(str(error).removeprefix("Redis: "), changes)
            raise

    def close(self) -> None:
        """End the thread; a probe that hangs is waited for as long as its time-outs last."""
        self._closed.set()
        with self._lock:
            prober = self._prober
        if prober is not None:
            prober.join(_JOIN_SECONDS)

    def _turn_away(self, reason: str, changes: int) -> None:
        with self._lock:
            if self._reason is not None or changes != self._changes:
                return  # it is known, or this exchange began before the server went and came back
            self._reason, self._changes = reason, self._changes + 1
            self._on_change()
            self._start_prober()
        log.warning("redis_away", reason=reason)

    def _ensure_prober(self) -> None:
        """After a fork, or should the thread have died of a bug: nobody else would notice that the server is back."""
        if self._prober is None or not self._prober.is_alive():
            with self._lock:
                if self._reason is not None and (self._prober is None or not self._prober.is_alive()):
                    self._start_prober()

    def _start_prober(self) -> None:
        if self._closed.is_set():
            return
        self._prober = threading.Thread(target=self._probe_until_back, name="redis-probe", daemon=True)
        with suppress(RuntimeError):  # no thread can be had now; the next refusal tries again
            self._prober.start()

    def _probe_until_back(self) -> None:
        began = time.monotonic()
        while not self._closed.wait(PROBE_SECONDS):
            try:
                self._probe()
            except BrokerUnavailable as error:
                if means_away(error.__cause__):
                    continue
            with self._lock:
                self._on_change()
                self._reason, self._changes = None, self._changes + 1
            log.info("redis_back", seconds=round(time.monotonic() - began, 1))
            return
