"""Failure groups of the seeded jobs: counts by minute, quarter of an hour, hour or half a day, as upkeep leaves them."""

from __future__ import annotations

from typing import Final

from goqueue_common.database import Database
from goqueue_common.failure_window import TIERS

_WIDTH: Final = (
    "CASE "
    + " ".join(
        f"WHEN finished_at < now() - interval '{tier.age.total_seconds()} s' THEN interval '{tier.width.total_seconds()} s'"
        for tier in reversed(TIERS)
    )
    + " ELSE interval '1 minute' END"
)
_MINUTES: Final = f"""
INSERT INTO failure_minutes (fingerprint, minute, queue, attempts)
SELECT fingerprint, date_bin({_WIDTH}, finished_at, 'epoch'), queue, sum(attempts)
FROM job_search WHERE fingerprint IS NOT NULL AND status = 'failed' AND finished_at < now() GROUP BY 1, 2, 3
"""
_GROUPS: Final = """
INSERT INTO failure_groups (fingerprint, type, message, frame, first_seen_at, last_seen_at, attempts, sample_job_id,
    sample_attempt, traceback)
SELECT fingerprint, job.type, regexp_replace(job.error, '[0-9]+', '<number>', 'g'), 'shop/orders.py:ship', seen.first,
    seen.last, seen.attempts, job.id, job.attempts, repeat('  File "/app/shop/orders.py", line 41, in ship' || chr(10), 40)
FROM (
    SELECT fingerprint, min(minute) AS first, max(minute) + interval '59 s' AS last, sum(attempts) AS attempts
    FROM failure_minutes GROUP BY 1
) AS seen CROSS JOIN LATERAL (
    SELECT id, type, error, attempts FROM job_search s WHERE s.fingerprint = seen.fingerprint ORDER BY id DESC LIMIT 1
) AS job
"""


def fill(database: Database) -> None:
    """For the jobs that are there."""
    database.run("TRUNCATE failure_groups, failure_minutes")
    database.run(_MINUTES)
    database.run(_GROUPS)
    database.run("VACUUM (ANALYZE) failure_groups")
    database.run("VACUUM (ANALYZE) failure_minutes")
