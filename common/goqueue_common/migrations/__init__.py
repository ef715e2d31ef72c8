"""Schema migrations by Alembic, without Flask: `python -m goqueue_common.migrations upgrade | current | wait`.

An advisory lock in the migration's own transaction lets several processes start an upgrade at once; all but the first
find nothing left to do. Run it on a direct connection, not through a transaction-pooling proxy.
"""

from __future__ import annotations

import functools
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from goqueue_common.database import Database

CURRENT_SQL = "SELECT version_num FROM alembic_version"
TABLE_SQL = "SELECT to_regclass('alembic_version') IS NOT NULL"


def config(url: str | None = None) -> Config:
    """Alembic's configuration: the scripts of this folder, and the database when it is to be changed."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    if url is not None:
        made.attributes["url"] = url
    return made


@functools.cache
def head() -> str:
    """The newest revision this code knows."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    if revision is None:
        raise RuntimeError("no migration scripts in the package: the installation is broken")
    return revision


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
    if revision is None or revision == head():
        return revision is not None
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    return revision not in known


def upgrade(url: str) -> None:
    """Bring the database at `url` to our head. Raises sqlalchemy errors; nothing is half done."""
    from alembic import command

    command.upgrade(config(url), "head")
