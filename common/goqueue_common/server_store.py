"""What PostgreSQL says of itself, held against what our promises need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goqueue_common.database import Database

OLDEST_POSTGRESQL: Final = 15

# reltuples is -1 until the table was analysed once. pg_stat_activity would hide what other users' sessions are.
_FACTS: Final = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
    pg_database_size(current_database()),
    (SELECT nullif(reltuples, -1)::bigint FROM pg_class WHERE oid = to_regclass('jobs')),
    (SELECT sum(numbackends)::int FROM pg_stat_database), current_setting('max_connections')::int,
    current_setting('synchronous_commit'), current_setting('transaction_read_only') = 'on',
    current_setting('lock_timeout') <> '0'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresFacts:
    """A server as it is now.

    jobs_estimated: rows by the planner's statistics, None while it has none. connections: of all databases.
    keeps_timeouts: whether those that we set for a connection hold.
    """

    version: str
    major: int
    database_bytes: int
    jobs_estimated: int | None
    connections: int
    max_connections: int
    synchronous_commit: str
    is_read_only: bool
    keeps_timeouts: bool

    def complaints(self) -> list[str]:
        """A sentence for each thing that weakens a promise, what to do after its `; `; none: all is well."""
        found = []
        if self.major < OLDEST_POSTGRESQL:
            found.append(f"PostgreSQL {self.major} is too old for GoQueue; use {OLDEST_POSTGRESQL} or newer")
        if self.synchronous_commit == "off":
            found.append("synchronous_commit is off: a job answered with 201 may be lost with the server; set it to on")
        if self.is_read_only:
            found.append("PostgreSQL is read-only: it takes no jobs; let DATABASE_URL name the primary server")
        if not self.keeps_timeouts:
            found.append("a connection pooler drops our time-outs for statements and locks; set them in it: connect_query")
        return found


class ServerStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ping(self) -> None:
        """Whether it answers at all."""
        self._database.run_again("SELECT 1")

    def facts(self) -> PostgresFacts:
        """What the server says of itself; counts no rows."""
        row = self._database.run_again(_FACTS)[0]
        return PostgresFacts(
            version=row[0].split()[0],  # Debian writes its package after it
            major=row[1],
            database_bytes=row[2],
            jobs_estimated=row[3],
            connections=row[4],
            max_connections=row[5],
            synchronous_commit=row[6],
            is_read_only=row[7],
            keeps_timeouts=row[8],
        )

    def complaints(self) -> list[str]:
        """See PostgresFacts.complaints."""
        return self.facts().complaints()
