"""Cuts a connection on which PostgreSQL owes an answer for too long.

libpq waits for an answer without a limit: statement_timeout is kept by the server, and keepalives and tcp_user_timeout by
its kernel, which goes on acknowledging for a server that is stopped, as does a proxy that has lost its other side. So our
connections note when they begin to wait, and one thread a process shuts down the sockets of those that wait longer than the
server's own time-outs allow. libpq then sees the end of the stream, and the statement fails as with any lost connection.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import weakref
from contextlib import suppress
from typing import Any, Final

import structlog
from psycopg2 import Error, OperationalError
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its classes in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 0.25
_STOOD_STILL_SECONDS: Final = 1.0


class AnswerTimeout(OperationalError):
    """PostgreSQL did not answer in time and the connection was cut; the statement may or may not have been applied.

    An error of psycopg2's kind, so that SQLAlchemy drops the connection; database.py translates it.
    """


class Owed:
    """The answer that one connection waits for, while inside a `with` of this. Leaving it may raise AnswerTimeout.

    since: monotonic seconds, 0: none is owed. descriptor: of its socket, and our own copy: libpq closes its own when it
    likes, and the number may then be another file's.
    """

    __slots__ = ("descriptor", "limit_seconds", "since", "was_cut")

    def __init__(self, descriptor: int, limit_seconds: float) -> None:
        self.descriptor = descriptor
        self.limit_seconds = limit_seconds
        self.since = 0.0
        self.was_cut = False

    def __enter__(self) -> None:
        self.since = time.monotonic()

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        self.since = 0.0
        if self.was_cut and isinstance(error, Error):
            raise AnswerTimeout(f"PostgreSQL did not answer within {self.limit_seconds:g} s") from error


class AnswerGuard:
    """Watches connections of this process; its thread starts with the first, and anew after a fork."""

    def __init__(self) -> None:
        # Reentrant: the garbage collector may close a connection while this thread holds it.
        self._lock = threading.RLock()
        self._owed: set[Owed] = set()
        self._thread: threading.Thread | None = None
        self._looked_at = 0.0
        self._counts_from = 0.0

    def start_over(self) -> None:
        """In a forked process: the connections are the parent's, and the parent's to cut."""
        self._lock = threading.RLock()
        self._owed = set()
        self._thread = None

    def watch(self, descriptor: int, limit_seconds: float) -> Owed:
        """What a new connection is to keep up to date."""
        owed = Owed(os.dup(descriptor), limit_seconds)
        with self._lock:
            self._owed.add(owed)
            if self._thread is None or not self._thread.is_alive():
                self._looked_at = time.monotonic()
                self._thread = threading.Thread(target=self._run, name="answer-guard", daemon=True)
                with suppress(RuntimeError):  # no thread can be had now; the next connection tries again
                    self._thread.start()
        return owed

    def forget(self, owed: Owed) -> None:
        """The connection is closed; to be called once."""
        with self._lock:
            self._owed.discard(owed)
            os.close(owed.descriptor)

    def step(self) -> float:
        """Cut who has waited too long; seconds until the next look."""
        now = time.monotonic()
        if now - self._looked_at > _STOOD_STILL_SECONDS:
            # This process was stopped, or a handler held the interpreter: the answers may be here, unread.
            self._counts_from = now
        self._looked_at = now
        with self._lock:
            for owed in list(self._owed):
                waited = now - max(owed.since, self._counts_from)
                if owed.since and waited > owed.limit_seconds and not owed.was_cut:
                    self._cut(owed, waited)
        return _LOOK_SECONDS

    def _cut(self, owed: Owed, waited: float) -> None:
        owed.was_cut = True
        log.warning("database_connection_cut", waited_seconds=round(waited, 1), limit_seconds=owed.limit_seconds)
        connected = socket.socket(fileno=owed.descriptor)
        with suppress(OSError):  # the other side may have ended it just now
            connected.shutdown(socket.SHUT_RDWR)
        connected.detach()

    def _run(self) -> None:
        while True:
            time.sleep(self.step())


GUARD: Final = AnswerGuard()
os.register_at_fork(after_in_child=GUARD.start_over)


class GuardedCursor(Cursor):
    """Guards `execute`, which is what all our statements use."""

    __slots__ = ()
    connection: GuardedConnection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        """See psycopg2. Raises AnswerTimeout."""
        with self.connection.owed:
            Cursor.execute(self, query, vars)


class GuardedConnection(Connection):
    """A connection_factory of psycopg2, given `limit_seconds`. Connecting itself has libpq's connect_timeout."""

    def __init__(self, dsn: str, *, limit_seconds: float) -> None:
        super().__init__(dsn)
        self.cursor_factory = GuardedCursor
        self.owed = GUARD.watch(self.fileno(), limit_seconds)
        self._forget = weakref.finalize(self, GUARD.forget, self.owed)
        self._forget.atexit = False

    def commit(self) -> None:
        """See psycopg2. Raises AnswerTimeout; it may have been committed."""
        with self.owed:
            super().commit()

    def rollback(self) -> None:
        """See psycopg2. Raises AnswerTimeout."""
        with self.owed:
            super().rollback()

    def close(self) -> None:
        """See psycopg2."""
        super().close()
        self._forget()
