"""Alembic's environment: one transaction, one advisory lock, the metadata of tables.py."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from goqueue_common.tables import Base

# Any constant does; it spells "goqueue" as a number, so that no other program is likely to hold it.
ADVISORY_LOCK = 0x676F717565756500 >> 8


def run_migrations() -> None:
    """Upgrade on a connection of its own, or on the one a test hands over."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool, connect_args={"connect_timeout": 5})
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        context.run_migrations()


run_migrations()
