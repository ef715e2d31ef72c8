"""Alembic's environment: a transaction for each revision, one advisory lock, the metadata of goqueue_common.tables."""

import time

from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, pool, text

from goqueue_common import migrations
from goqueue_common.errors import SettingsError
from goqueue_common.tables import Base

# Any constant does; it spells "goqueue" as a number, so that no other program is likely to hold it.
ADVISORY_LOCK = 0x676F717565756500 >> 8
_LOOK_SECONDS = 0.2
# What a role or a database sets for its short statements would end ours. The last one tells whether these arrive at all.
_OPTIONS = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c goqueue.is_direct=on"


def run_migrations() -> None:
    """Upgrade on a connection of its own, or on the one a test hands over."""
    engine = create_engine(
        context.config.attributes["url"],
        poolclass=pool.NullPool,
        connect_args={"application_name": "goqueue-migrations", "connect_timeout": 5, "options": _OPTIONS},
    )
    with engine.connect() as connection:
        if connection.execute(text("SELECT current_setting('goqueue.is_direct', true)")).scalar() != "on":
            # The lock would stay with a connection of the pool, and later upgrades would wait for it for ever.
            raise SettingsError(
                "DATABASE_URL leads to a connection pooler, which drops what is set for a connection: "
                "let the upgrade connect to PostgreSQL itself"
            )
        # Tried, not waited for: an index that is made concurrently waits for every transaction, so for who waits for us.
        while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}).scalar():
            connection.rollback()
            time.sleep(_LOOK_SECONDS)
        connection.commit()  # it is ours until we disconnect
        # Only now: who held the lock may have been of a later release.
        if migrations.is_ahead(MigrationContext.configure(connection).get_current_revision()):
            return
        connection.commit()
        # One transaction each: what a short one has locked must not stay locked while a long one works.
        context.configure(
            connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
