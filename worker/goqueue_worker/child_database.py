"""The connections of a child process to PostgreSQL: how many, and how long it waits for an answer."""

from __future__ import annotations

from goqueue_common.database import Database, connect
from goqueue_worker.settings import WorkerSettings


def child_database(settings: WorkerSettings, slots: int) -> Database:
    """For a child that runs so many jobs at once. Connects at first use."""
    return connect(
        settings.stores.database_url,
        # Poller, acknowledger, progress, cancels, dispatch watch, and handlers that submit children.
        pool_size=5 + min(slots, 8),
        # What takes longer than the lease is of no use any more.
        statement_timeout_seconds=min(10.0, settings.lease),
        application_name="goqueue-worker",
    )
