"""Schema migrations by Alembic, without Flask: `python -m goqueue_common.migrations upgrade | current | wait`.

An advisory lock of the migration's own connection lets several processes start an upgrade at once; all but the first
find nothing left to do. Run it on a direct connection, not through a transaction-pooling proxy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from goqueue_common.database import Database

_FOLDER: Final = Path(__file__).parent
CURRENT_SQL = "SELECT version_num FROM alembic_version"
TABLE_SQL = "SELECT to_regclass('alembic_version') IS NOT NULL"


def revisions() -> list[str]:
    """Every revision this code knows, oldest first: a script is named after its revision, `0001_core.py`.

    Alembic would tell too, for a quarter of a second of imports in every process.
    """
    return sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """The newest revision this code knows."""
    return revisions()[-1]


def current(database: Database) -> str | None:
    """The revision the database is at, or None before the first upgrade. Raises StoreUnavailable."""
    if not database.run_again(TABLE_SQL)[0][0]:
        return None
    rows = database.run_again(CURRENT_SQL)
    return str(rows[0][0]) if rows else None


def is_current(database: Database) -> bool:
    """Whether this code may work on the database: its schema is at our head, or at a later one we do not know.

    A revision from the future is accepted, since migrations expand first and contract a release later: the old code of a
    rolling deployment must go on.
    """
    revision = current(database)
    return revision == head() or is_ahead(revision)


def is_ahead(revision: str | None) -> bool:
    """Whether a later release made this schema; None: nobody did."""
    return revision is not None and revision not in revisions()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to our head, or to an earlier revision. Raises sqlalchemy errors; may be run again.

    A schema of a later release stays as it is: a rollback runs the old release's upgrade, and its code must start.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = url
    command.upgrade(config, revision)
