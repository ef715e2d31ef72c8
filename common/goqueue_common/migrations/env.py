"""Alembic's environment: a transaction for each revision, one advisory lock, the metadata of goqueue_common.tables."""

import time

from alembic import context
from sqlalchemy import create_engine, pool, text

from goqueue_common.tables import Base

# Any constant does; it spells "goqueue" as a number, so that no other program is likely to hold it.
ADVISORY_LOCK = 0x676F717565756500 >> 8
_LOOK_SECONDS = 0.2


def run_migrations() -> None:
    """Upgrade on a connection of its own, or on the one a test hands over."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        # Tried, not waited for: an index that is made concurrently waits for every transaction, so for who waits for us.
        while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}).scalar():
            connection.rollback()
            time.sleep(_LOOK_SECONDS)
        connection.commit()  # it is ours until we disconnect
        # One transaction each: what a short one has locked must not stay locked while a long one works.
        context.configure(
            connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
