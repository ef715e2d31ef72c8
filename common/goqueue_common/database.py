"""The way to PostgreSQL: engine options, one statement or one transaction at a time, errors translated at this edge.

Stores get a `Database`; no caller of a store sees sqlalchemy.* or psycopg2.*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

import orjson
import psycopg2
from sqlalchemy import Connection, Engine, PoolProxiedConnection, Select, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from goqueue_common.answer_guard import AnswerTimeout, GuardedConnection
from goqueue_common.errors import GoQueueError, QueryTimeout, StoreUnavailable
from goqueue_common.silence import Silence

Params = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]
Run = Callable[[str, Params], Rows]
"""One statement on a connection that is open."""
T = TypeVar("T")

ANSWER_MARGIN_SECONDS: Final = 1.0
"""How much longer than the statement time-out an answer may take: the server keeps that, and a busy one keeps it late."""
LOCK_TIMEOUT: Final = "55P03"
QUERY_CANCELED: Final = "57014"
_RETRYABLE: Final = frozenset({"40001", "40P01"})
# 57P*: shutting down or starting up; 53300: too many connections; 25006: read-only after a failover;
# 42P01, 42703: a table or column that a migration has yet to bring; 08*: connection.
_UNAVAILABLE: Final = frozenset(
    {"57P01", "57P02", "57P03", "57P05", "53300", "53400", "25006", "42P01", "42703", LOCK_TIMEOUT}
)


# Connection, resources (disk full, out of memory), operator intervention, I/O, internal: the statement was not at fault.
_UNAVAILABLE_CLASSES: Final = frozenset({"08", "53", "57", "58", "XX"})


def engine_options(
    *,
    pool_size: int,
    statement_timeout_seconds: float,
    application_name: str,
    lock_timeout_seconds: float = 2.0,
) -> dict[str, Any]:
    """Keyword arguments of create_engine, the same for Flask-SQLAlchemy and for a worker.

    AUTOCOMMIT: a statement of ours is a transaction of its own and costs one round trip. A dead peer is noticed within
    ten seconds, a black hole at connect within three, and a server that does not answer within the statement time-out and
    a second.
    """
    limits = {
        "statement_timeout": round(statement_timeout_seconds * 1000),
        "lock_timeout": round(lock_timeout_seconds * 1000),
        "idle_in_transaction_session_timeout": 10_000,
        "timezone": "UTC",
        # A batch of two hundred rows never pays for compiling it.
        "jit": "off",
    }
    return {
        "isolation_level": "AUTOCOMMIT",
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 5.0,
        "pool_reset_on_return": None,
        "pool_use_lifo": True,
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # payloads and results have no business in an error's text
        "connect_args": {
            "connection_factory": partial(
                GuardedConnection, limit_seconds=statement_timeout_seconds + ANSWER_MARGIN_SECONDS
            ),
            "application_name": application_name,
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        },
    }


def connect(url: str, **options: Any) -> Database:
    """A Database on its own engine; `options` as engine_options takes them. Connects at first use."""
    return Database(create_engine(url, **engine_options(**options)))


class Database:
    """Runs statements on an AUTOCOMMIT engine and speaks GoQueueError.

    Every method raises StoreUnavailable when PostgreSQL is away, QueryTimeout when a statement took too long. While it is
    known not to answer (see Silence), that is at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._silence = Silence(_is_unanswered)
        event.listen(engine, "checkout", _replace_closed)

    def run(self, sql: str, params: Params | None = None) -> Rows:
        """One statement, committed with it; its rows, if it returns any.

        By the driver, on a connection of the engine's pool: what SQLAlchemy puts around it takes longer than it does.
        """
        with self._silence.heeded(), translated():
            connection: PoolProxiedConnection | None = None
            cursor: Any = None
            try:
                connection = self._engine.raw_connection()
                cursor = connection.cursor()
                cursor.execute(sql, params or {})
                return cursor.fetchall() if cursor.description is not None else []
            except psycopg2.Error as error:
                raise self._as_of_sqlalchemy(error, sql, connection, cursor) from error
            except BaseException as error:
                if connection is not None and not isinstance(error, Exception):
                    connection.invalidate(error)  # left in the middle of an answer
                raise
            finally:
                if connection is not None:
                    connection.close()

    def _as_of_sqlalchemy(
        self, error: psycopg2.Error, sql: str, connection: PoolProxiedConnection | None, cursor: Any
    ) -> BaseException:
        """As its own connections raise it. After one that is lost the pool trusts none that it made before."""
        dialect = self._engine.dialect
        is_lost = dialect.is_disconnect(error, connection, cursor)  # type: ignore[arg-type]  # any driver's errors
        if is_lost and connection is not None:
            self._engine.pool._invalidate(connection, error)  # noqa: SLF001 - as its connections do; there is no other way
        return DBAPIError.instance(
            sql, None, error, psycopg2.Error, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
        )

    def run_again(self, sql: str, params: Params | None = None) -> Rows:
        """Like run, for a statement that may be applied twice: tried once more on a new connection or after a deadlock.

        After a restart of PostgreSQL every pooled connection is dead, and each says so only when it is used. Not after a
        server that did not answer: asked again it would be silent again, and the caller would wait twice as long.
        """
        try:
            return self.run(sql, params)
        except ConnectionLost:
            return self.run(sql, params)

    def select(self, statement: Select[Any]) -> Rows:
        """Rows of a composed read; tried once more on a new connection."""
        try:
            return self._select(statement)
        except ConnectionLost:
            return self._select(statement)

    def _select(self, statement: Select[Any]) -> Rows:
        with self._silence.heeded(), translated(), self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose statements (run_on) commit together at the end, or not at all."""
        with self._silence.heeded(), translated(), self._engine.connect() as connection:
            # Not as an option of an engine: who dies of this would be kept from the pool for as long as its error lives.
            connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                yield connection

    def together(self, work: Callable[[Run], T]) -> T:
        """What `work` does with the function it is given, in one transaction; tried once more after a lost connection.

        So `work` must be safe to do twice: the first time may have been committed.
        """
        try:
            with self.transaction() as connection:
                return work(partial(run_on, connection))
        except ConnectionLost:
            with self.transaction() as connection:
                return work(partial(run_on, connection))

    def close(self) -> None:
        """Give all connections back to PostgreSQL."""
        self._engine.dispose()


class ConnectionLost(StoreUnavailable):
    """The connection died, or PostgreSQL asked for the statement to be tried again; it may or may not have been applied."""


def run_on(connection: Connection, sql: str, params: Params | None = None) -> Rows:
    """One statement on an open connection; a list of tuples, empty when the statement returns none."""
    result = connection.exec_driver_sql(sql, dict(params) if params is not None else None)
    if not result.returns_rows:
        return []
    # Straight from the driver: SQLAlchemy's rows cost more than some statements do.
    rows: Rows = result.cursor.fetchall()
    result.close()
    return rows


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLAlchemy and psycopg2 raise for an absent, slow or unready PostgreSQL into StoreUnavailable."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable("all database connections of this process are busy") from error
    except DBAPIError as error:
        translation = _translation(error)
        if translation is None:
            raise
        raise translation from error
    except (psycopg2.InterfaceError, psycopg2.OperationalError) as error:
        # SQLAlchemy lets them pass, and keeps the dead connection, when they come of changing the isolation level.
        if isinstance(error, AnswerTimeout):
            raise StoreUnavailable(str(error)) from error
        raise ConnectionLost(f"PostgreSQL: {_first_line(error)}") from error
    except InvalidRequestError as error:
        # "Can't reconnect until invalid transaction is rolled back": the connection died inside a transaction.
        raise ConnectionLost("the connection to PostgreSQL was lost inside a transaction") from error


def sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE behind an error of this module or of SQLAlchemy, if there is one."""
    while error is not None:
        code = getattr(getattr(error, "orig", None), "pgcode", None)
        if code is not None:
            return str(code)
        error = error.__cause__
    return None


def _is_unanswered(error: StoreUnavailable) -> bool:
    return isinstance(error.__cause__, DBAPIError | psycopg2.Error) and sqlstate(error) is None


def _replace_closed(connection: Any, *_: object) -> None:
    """Have the pool make a new connection in the place of one that psycopg2 knows to be dead; costs nothing."""
    if connection.closed:
        raise DisconnectionError


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _translation(error: DBAPIError) -> GoQueueError | None:
    code = getattr(error.orig, "pgcode", None)
    reason = _first_line(error.orig)
    if code == QUERY_CANCELED:
        return QueryTimeout(f"PostgreSQL gave up: {reason}")
    if isinstance(error.orig, AnswerTimeout):
        return StoreUnavailable(reason)
    if error.connection_invalidated or code in _RETRYABLE:
        return ConnectionLost(f"PostgreSQL: {reason}")
    if code in _UNAVAILABLE or (code or "")[:2] in _UNAVAILABLE_CLASSES:
        return StoreUnavailable(f"PostgreSQL: {reason}")
    if code is None and type(error.orig).__name__ in ("OperationalError", "InterfaceError"):
        return StoreUnavailable(f"PostgreSQL: {reason}")
    return None
