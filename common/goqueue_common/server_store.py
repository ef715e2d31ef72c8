"""What PostgreSQL says of itself, held against what our promises need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goqueue_common.database import Database

OLDEST_POSTGRESQL: Final = 15

_FITNESS: Final = "SELECT current_setting('server_version_num')::int / 10000, current_setting('synchronous_commit')"

# reltuples is -1 until the table was analysed once.
_FACTS: Final = """
SELECT current_setting('server_version'), pg_database_size(current_database()),
    (SELECT nullif(reltuples, -1)::bigint FROM pg_class WHERE oid = to_regclass('jobs')),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int, current_setting('synchronous_commit')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresFacts:
    """A server as it is now; jobs_estimated: rows by the planner's statistics, None while it has none."""

    version: str
    database_bytes: int
    jobs_estimated: int | None
    connections: int
    max_connections: int
    synchronous_commit: str


class ServerStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def facts(self) -> PostgresFacts:
        """What the server says of itself; counts no rows."""
        version, size, jobs, connections, limit, synchronous_commit = self._database.run_again(_FACTS)[0]
        return PostgresFacts(
            version=version.split()[0],  # Debian writes its package after it
            database_bytes=size,
            jobs_estimated=jobs,
            connections=connections,
            max_connections=limit,
            synchronous_commit=synchronous_commit,
        )

    def complaints(self) -> list[str]:
        """A sentence for each thing that weakens a promise; none: all is well."""
        version, synchronous_commit = self._database.run_again(_FITNESS)[0]
        found = []
        if version < OLDEST_POSTGRESQL:
            found.append(f"PostgreSQL {version} is too old: GoQueue needs {OLDEST_POSTGRESQL} or newer")
        if synchronous_commit == "off":
            found.append("synchronous_commit is off: a job answered with 201 may be lost with the server; set it to on")
        return found
