"""What PostgreSQL says of itself, held against what our promises need."""

from __future__ import annotations

from typing import Final

from goqueue_common.database import Database

OLDEST_POSTGRESQL: Final = 15

_FACTS: Final = "SELECT current_setting('server_version_num')::int / 10000, current_setting('synchronous_commit')"


class ServerStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def complaints(self) -> list[str]:
        """A sentence for each thing that weakens a promise; none: all is well."""
        version, synchronous_commit = self._database.run_again(_FACTS)[0]
        found = []
        if version < OLDEST_POSTGRESQL:
            found.append(f"PostgreSQL {version} is too old: GoQueue needs {OLDEST_POSTGRESQL} or newer")
        if synchronous_commit == "off":
            found.append("synchronous_commit is off: a job answered with 201 may be lost with the server; set it to on")
        return found
