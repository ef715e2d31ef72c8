"""Where reports come from: PostgreSQL, by one connection of each worker process, opened by the first report."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from goqueue_common.database import Database, connect
from goqueue_common.report_store import ReportStore
from goqueue_common.settings import environment
from goqueue_common.store_settings import StoreSettings
from goqueue_worker import on_stop


class ReportSource:
    """Opens the database once; reports of several threads are counted one after the other."""

    def __init__(self) -> None:
        self._database: Database | None = None
        self._lock = threading.Lock()

    @contextmanager
    def store(self) -> Iterator[ReportStore]:
        """The store of this process, for one report at a time. Raises SettingsError."""
        with self._lock:
            if self._database is None:
                self._database = connect(
                    StoreSettings.read(environment()).database_url,
                    pool_size=1,
                    statement_timeout_seconds=60.0,
                    application_name="goqueue-report",
                )
            yield ReportStore(self._database)

    def close(self) -> None:
        """Give the connection back; the next report opens another one."""
        with self._lock:
            database, self._database = self._database, None
        if database is not None:
            database.close()


reports = ReportSource()


@on_stop
def close_reports() -> None:
    """Give this process's connection back to PostgreSQL."""
    reports.close()
