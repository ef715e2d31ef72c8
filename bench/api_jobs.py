"""Millions of jobs with a past of 30 days, made by PostgreSQL itself: skewed as real ones are, the same each time.

Of 10 million, 8.9 million are completed, 1 million failed and 100,000 cancelled; of the youngest 20,000 most wait or run,
unless all are to have ended.
Queues, types, tags, errors, payload values, workers, schedules are common, middling or rare (one job in 50,000 or fewer).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from bench import failure_groups
from goqueue_common.database import Database

DAYS: Final = 30
LIVE: Final = 0.002
CHUNK: Final = 250_000
SERVER_OPTIONS: Final = {"max_wal_size": "8GB", "shared_buffers": "2GB"}
"""Of PostgreSQL: what a server has that keeps so many jobs, in place of the 128 MB of a laptop."""

# d(n, k): a number 0 <= d < 1 for job n and purpose k, as good as a random one and the same each time.
_DICE: Final = """
CREATE FUNCTION d(n bigint, k int) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (hashint8extended(n, k) & 2147483647) / 2147483648.0 $$
"""
_MAKE: Final = """
WITH seed AS (
    SELECT n, now() - %(days)s * interval '1 day' * (1 - n::float8 / %(jobs)s) - interval '2 s' AS created_at,
        n > %(jobs)s * (1 - %(live)s) AND d(n, 1) < 0.9 AS is_live,
        CASE WHEN d(n, 2) < 0.00002 THEN 'ledger' WHEN d(n, 2) < 0.5 THEN 'default' WHEN d(n, 2) < 0.75 THEN 'emails'
            WHEN d(n, 2) < 0.9 THEN 'images' ELSE 'team-' || floor(d(n, 3) * 16)::int END AS queue,
        CASE WHEN d(n, 4) < 0.00002 THEN 'ledger.close' WHEN d(n, 4) < 0.4 THEN 'order.pay' WHEN d(n, 4) < 0.7 THEN 'email.send'
            WHEN d(n, 4) < 0.9 THEN 'image.scale' ELSE 'report.' || floor(d(n, 5) * 10)::int END AS type,
        CASE WHEN d(n, 6) < 0.10 THEN 'failed' WHEN d(n, 6) < 0.11 THEN 'cancelled' ELSE 'completed' END AS ending,
        CASE WHEN d(n, 6) < 0.30 THEN 'scheduled' WHEN d(n, 6) < 0.38 THEN 'retrying' WHEN d(n, 6) < 0.39 THEN 'processing'
            ELSE 'queued' END AS waiting,
        CASE WHEN d(n, 7) < 0.9 THEN d(n, 8) * 0.9 WHEN d(n, 7) < 0.999 THEN 1 + d(n, 8) * 58
            WHEN d(n, 7) < 0.99999 THEN 60 + d(n, 8) * 500 ELSE 3600 END AS duration
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), made AS (
    INSERT INTO jobs (id, queue, type, status, attempts, failures, run_at, queued_at, started_at, finished_at, created_at,
        updated_at, worker_id, schedule, tags, failure_reason, error, fingerprint, payload)
    SELECT (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
            || '8' || substr(md5(n::text), 4, 15))::uuid,
        queue, type, CASE WHEN is_live THEN waiting ELSE ending END,
        CASE WHEN is_live AND waiting IN ('queued', 'scheduled') THEN 0
            WHEN ending = 'failed' THEN 4 WHEN d(n, 9) < 0.00001 THEN 9 WHEN d(n, 9) < 0.08 THEN 2 ELSE 1 END,
        CASE WHEN ending = 'failed' THEN 4 ELSE 0 END,
        CASE WHEN is_live AND waiting IN ('scheduled', 'retrying') THEN now() + interval '1 day' * (1 + d(n, 10))
            WHEN d(n, 10) < 0.1 THEN created_at + interval '1 s' END,
        created_at + interval '1 s',
        CASE WHEN NOT is_live OR waiting IN ('retrying', 'processing') THEN created_at + interval '2 s' END,
        CASE WHEN NOT is_live THEN created_at + interval '2 s' + duration * interval '1 s' END,
        created_at, created_at,
        CASE WHEN is_live AND waiting = 'processing' THEN '00000000-0000-4000-8000-000000000001'::uuid END,
        CASE WHEN d(n, 11) < 0.00001 THEN 'year-end' WHEN d(n, 11) < 0.05 THEN 'hourly-' || floor(d(n, 12) * 20)::int END,
        CASE WHEN d(n, 13) < 0.00001 THEN '{incident-42}'::text[] WHEN d(n, 13) < 0.1 THEN '{beta}'
            WHEN d(n, 13) < 0.4 THEN ARRAY['customer:' || floor(d(n, 14) * 5000)::int] ELSE '{}' END,
        CASE WHEN NOT is_live AND ending = 'failed' THEN 'exhausted' END,
        CASE WHEN NOT is_live AND ending = 'failed' OR is_live AND waiting = 'retrying' THEN
            CASE WHEN d(n, 15) < 0.0001 THEN 'MemoryError: 4096 MB are not enough'
            WHEN d(n, 15) < 0.1 THEN 'PermissionError: no access to bucket-' || floor(d(n, 16) * 500)::int
            WHEN d(n, 15) < 0.5 THEN 'ValueError: order ' || n || ' has no lines'
            ELSE 'TimeoutError: upstream did not answer within 30 s' END END,
        CASE WHEN NOT is_live AND ending = 'failed' OR is_live AND waiting = 'retrying' THEN
            left(md5(type || width_bucket(d(n, 15), '{0.0001,0.1,0.5}'::float8[]) || floor(d(n, 21) * 4)), 16) END,
        jsonb_build_object('user', jsonb_build_object('id', n %% 200000), 'n', n,
            'region', CASE WHEN d(n, 17) < 0.00001 THEN 'moon' WHEN d(n, 17) < 0.6 THEN 'eu' ELSE 'us' END,
            'template', 'template-' || floor(d(n, 18) * 300)::int)
        || CASE WHEN d(n, 19) < 0.0001 THEN jsonb_build_object('pad', (SELECT string_agg(md5((n + part)::text), '')
            FROM generate_series(1, 300) AS part)) ELSE '{}' END
    FROM seed
    RETURNING *
)
INSERT INTO job_search (id, queue, type, status, worker_id, schedule, run_at, finished_at, attempts, duration, tags, error,
    fingerprint, payload)
SELECT id, queue, type, status, ('00000000-0000-4000-8000-' || lpad(to_hex(
        CASE WHEN d(attempts + extract(epoch FROM created_at)::bigint, 20) < 0.00001 THEN 4095
        ELSE extract(day FROM created_at)::int * 8 + (extract(epoch FROM created_at)::bigint %% 8) END), 12, '0'))::uuid,
    schedule, run_at, finished_at, attempts, extract(epoch FROM finished_at - started_at), tags, error, fingerprint,
    CASE WHEN pg_column_size(payload) <= 8192 THEN payload END
FROM made WHERE finished_at IS NOT NULL
"""  # noqa: E501
_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = 'job_search' AND indexname <> 'job_search_pkey'
"""


def fill(database: Database, jobs: int, tell: Callable[[str], None], *, days: float = DAYS, live: float = LIVE) -> None:
    """Make `jobs` jobs and their entries in the search index, unless they are there; tell: what is done now.

    days: how old the oldest is. live: the share, from the youngest on, that has mostly not ended.
    """
    ((there,),) = database.run("SELECT count(*) FROM (SELECT FROM jobs LIMIT %(jobs)s) AS few", {"jobs": jobs})
    if there == jobs:
        return
    indexes = database.run(_INDEXES)
    database.run("; ".join(f"DROP INDEX {name}" for name, _ in indexes))
    database.run("ALTER TABLE jobs SET (autovacuum_enabled = off); ALTER TABLE job_search SET (autovacuum_enabled = off)")
    database.run(_DICE)
    began = time.monotonic()
    for first in range(1, jobs + 1, CHUNK):
        last = min(jobs, first + CHUNK - 1)
        parameters = {"jobs": jobs, "first": first, "last": last, "days": days, "live": live}
        database.run("SET synchronous_commit = off;" + _MAKE, parameters)
        tell(f"{last:,} of {jobs:,} jobs, {last / (time.monotonic() - began):,.0f} a second")
    for number, (name, definition) in enumerate(indexes, 1):
        tell(f"index {number} of {len(indexes)}: {name}")
        database.run(f"SET maintenance_work_mem = '1GB'; {definition}")
    database.run("DROP FUNCTION d; INSERT INTO queues (name) SELECT DISTINCT queue FROM job_search ON CONFLICT DO NOTHING")
    for table in ("jobs", "job_search"):
        tell(f"VACUUM ANALYZE {table}")
        database.run(f"VACUUM (ANALYZE) {table}")
    tell("failure groups")
    failure_groups.fill(database)
    database.run("CHECKPOINT")
