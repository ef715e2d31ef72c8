"""Millions of jobs that have ended over the last days, with all that a real installation has of them: their entries in the
search index, log lines, counts, figures by the minute and failure groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from bench import api_jobs, stack
from goqueue_common.database import Database, connect
from goqueue_common.histogram import BUCKETS
from goqueue_common.rollup_store import RollupStore
from goqueue_common.store_settings import normalise_database_url

DAYS: Final = 6.0
"""How old the oldest is: none is old enough to be pruned as workers do it without settings."""
SERVER_OPTIONS: Final = {**api_jobs.SERVER_OPTIONS, "max_wal_size": "2GB"}
_FOLDED: Final = 5_000

# One of twenty wrote three lines.
_LOGS: Final = """
INSERT INTO job_logs (job_id, attempt, at, level, message, fields)
SELECT id, attempts, started_at, 'info', 'sending', jsonb_build_object('part', part)
FROM jobs CROSS JOIN generate_series(1, 3) AS part WHERE mod(hashtext(id::text), 20) = 0
"""
_ROLLUPS: Final = f"""
INSERT INTO rollups (minute, queue, type, submitted, completed, failed, retried, cancelled, wait, run)
SELECT date_trunc('minute', finished_at), queue, type, count(*), count(*) FILTER (WHERE status = 'completed'),
    count(*) FILTER (WHERE status = 'failed'), 0, count(*) FILTER (WHERE status = 'cancelled'),
    array_fill(1, '{{{BUCKETS}}}'), array_fill(1, '{{{BUCKETS}}}')
FROM job_search GROUP BY 1, 2, 3
"""


@contextmanager
def servers(folder: Path, rows: int, tell: Callable[[str], None]) -> Iterator[stack.Servers]:
    """With so many finished jobs; 0: as empty as new ones are. tell: what is done now."""
    with stack.servers(folder, SERVER_OPTIONS) as running:
        if rows:
            url = normalise_database_url(running.environment["DATABASE_URL"])
            with closing(connect(url, pool_size=1, statement_timeout_seconds=3600.0, application_name="bench")) as database:
                _fill(database, rows, tell)
        yield running


def _fill(database: Database, rows: int, tell: Callable[[str], None]) -> None:
    api_jobs.fill(database, rows, tell, days=DAYS, live=0.0)
    tell("counts and figures")
    while RollupStore(database).fold(_FOLDED):
        pass
    database.run("DELETE FROM rollups")  # they say that all were submitted just now
    database.run(f"SET work_mem = '512MB'; {_ROLLUPS}")
    tell("log lines")
    database.run(_LOGS)
    database.run("ALTER TABLE jobs RESET (autovacuum_enabled); ALTER TABLE job_search RESET (autovacuum_enabled)")
    for table in ("job_logs", "rollups", "job_moves", "job_counts"):
        tell(f"VACUUM ANALYZE {table}")
        database.run(f"VACUUM (ANALYZE) {table}")
    database.run("CHECKPOINT")
