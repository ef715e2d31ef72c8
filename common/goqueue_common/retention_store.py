"""What maintenance deletes, after a time: final jobs, keys, workers, bulk operations, old figures, failures, and runs.

Everything is safe if two do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.failure_window import TIERS
from goqueue_common.idempotency import KEPT_FOR

WORKERS_KEPT_FOR: Final = timedelta(days=7)
"""From their end: the attempts of failed jobs name them."""
ROLLUPS_KEPT_FOR: Final = timedelta(days=8)
"""What happened in a minute: a week, to be compared with the one before it, needs a day more."""
OPERATIONS_KEPT_FOR: Final = timedelta(days=30)
"""Bulk operations, from their end; the audit log keeps what they did."""
FAILURES_KEPT_FOR: Final = timedelta(days=30)
"""Failure groups, from when they were last seen, and how often they were seen when."""
RUNS_KEPT_FOR: Final = timedelta(days=8)
"""Runs of schedules, longer than any catch-up window."""
RUNS_KEPT: Final = 100
"""So many of its newest a schedule keeps, however old they are."""
SCHEDULERS_KEPT_FOR: Final = timedelta(days=1)
"""From their end, or from when they were last seen."""

_RETAINED_FOR: Final = """CASE status WHEN 'completed' THEN %(completed)s::interval
    WHEN 'failed' THEN %(failed)s::interval WHEN 'cancelled' THEN %(cancelled)s::interval END"""
_IS_OLD: Final = f"finished_at < now() - {_RETAINED_FOR}"

# By the primary key, since each index on jobs costs every job several writes: what ended before the youngest cutoff was
# made before it, too, and a uuid7 begins with the milliseconds since 1970 at which it was made. Whether a row is old is
# asked again where it is locked: somebody may just have retried it by hand. What search knows of a job goes with it; what
# was indexed in the moment of its deletion goes with the next round.
_PRUNE: Final = f"""
WITH seen AS MATERIALIZED (
    SELECT id, status, finished_at FROM jobs
    WHERE id > %(after)s::uuid AND id < (lpad(to_hex(greatest(0, extract(epoch FROM
        now() - least(%(completed)s::interval, %(failed)s::interval, %(cancelled)s::interval)) * 1000)::bigint), 12, '0')
        || repeat('0', 20))::uuid
    ORDER BY id LIMIT %(limit)s
), old AS MATERIALIZED (
    SELECT id, finished_at + {_RETAINED_FOR} AS due_at FROM jobs
    WHERE id = ANY(ARRAY(SELECT id FROM seen WHERE {_IS_OLD})) AND {_IS_OLD}
    ORDER BY id FOR UPDATE SKIP LOCKED
), pruned AS (
    DELETE FROM jobs WHERE id = ANY(ARRAY(SELECT id FROM old)) RETURNING 1
), last AS MATERIALIZED (
    SELECT id FROM seen ORDER BY id DESC LIMIT 1
), forgotten AS (
    DELETE FROM job_search WHERE id = ANY(ARRAY(SELECT id FROM old) || ARRAY(
        SELECT s.id FROM job_search s WHERE s.id > %(after)s::uuid AND s.id <= (SELECT id FROM last)
          AND NOT EXISTS (SELECT FROM seen WHERE seen.id = s.id)
    ))
)
SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM pruned), (SELECT id::text FROM last),
    (SELECT avg(extract(epoch FROM now() - due_at))::float8 FROM old),
    coalesce((SELECT max(seq) FROM finished_batches), 0)
"""  # noqa: S608 - constants above

_PRUNE_KEYS: Final = """
WITH old AS MATERIALIZED (
    SELECT scope, key FROM idempotency_keys WHERE created_at < now() - %(kept)s::interval
    ORDER BY created_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency_keys k USING old WHERE k.scope = old.scope AND k.key = old.key RETURNING 1
"""

_PRUNE_WORKERS: Final = """
WITH old AS MATERIALIZED (
    SELECT id FROM workers w WHERE ended_at < now() - %(kept)s::interval
      AND NOT EXISTS (SELECT FROM jobs j WHERE j.status = 'processing' AND j.worker_id = w.id)
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM workers USING old WHERE workers.id = old.id RETURNING 1
"""

_PRUNE_OPERATIONS: Final = """
DELETE FROM bulk_operations WHERE id IN (
    SELECT id FROM bulk_operations WHERE finished_at < now() - %(kept)s::interval LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING 1
"""

# Groups before minutes, and none that somebody folds into at this moment.
_PRUNE_FAILURES: Final = """
WITH old AS MATERIALIZED (
    SELECT fingerprint FROM failure_groups WHERE last_seen_at < now() - %(kept)s::interval LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM failure_groups WHERE fingerprint = ANY(ARRAY(SELECT fingerprint FROM old)) RETURNING 1
), old_minutes AS MATERIALIZED (
    SELECT fingerprint, minute, queue FROM failure_minutes WHERE minute < now() - %(kept)s::interval LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), gone_minutes AS (
    DELETE FROM failure_minutes m USING old_minutes o
    WHERE (m.fingerprint, m.minute, m.queue) = (o.fingerprint, o.minute, o.queue) RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone_minutes)
"""

_MERGE_FAILURES: Final = """
WITH fine AS MATERIALIZED (
    SELECT fingerprint, minute, queue FROM failure_minutes
    WHERE minute >= now() - %(until)s::interval
      AND minute < date_bin(%(width)s::interval, now() - %(age)s::interval, 'epoch')
      AND minute <> date_bin(%(width)s::interval, minute, 'epoch')
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM failure_minutes m USING fine f
    WHERE (m.fingerprint, m.minute, m.queue) = (f.fingerprint, f.minute, f.queue) RETURNING m.*
), merged AS (
    INSERT INTO failure_minutes AS m (fingerprint, minute, queue, attempts)
    SELECT fingerprint, date_bin(%(width)s::interval, minute, 'epoch'), queue, sum(attempts) FROM gone
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (fingerprint, minute, queue) DO UPDATE SET attempts = m.attempts + excluded.attempts
)
SELECT count(*) FROM gone
"""


_PRUNE_ROLLUPS: Final = """
WITH old AS MATERIALIZED (
    SELECT minute, queue, type FROM rollups WHERE minute < now() - %(kept)s::interval
    ORDER BY minute, queue, type LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM rollups r USING old WHERE r.minute = old.minute AND r.queue = old.queue AND r.type = old.type RETURNING 1
"""

# Queues and types come and go; what is added up here is at zero for ever.
_PRUNE_COUNTS: Final = """
WITH empty AS MATERIALIZED (
    SELECT queue, type, status FROM job_counts WHERE jobs = 0
    ORDER BY queue, type, status LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM job_counts c USING empty e
WHERE c.queue = e.queue AND c.type = e.type AND c.status = e.status AND c.jobs = 0 RETURNING 1
"""

# Schedule by schedule along the primary key, each begun where the one before it ended: whose runs are all young, or few,
# costs three looks at the index.
_PRUNE_RUNS: Final = """
WITH RECURSIVE named AS (
    (SELECT schedule FROM schedule_runs WHERE schedule > %(after)s ORDER BY schedule LIMIT 1)
    UNION ALL
    SELECT following.schedule FROM named CROSS JOIN LATERAL (
        SELECT schedule FROM schedule_runs WHERE schedule > named.schedule ORDER BY schedule LIMIT 1
    ) AS following
), seen AS MATERIALIZED (
    SELECT schedule FROM named LIMIT %(schedules)s
), old AS MATERIALIZED (
    SELECT r.schedule, r.scheduled_for FROM seen CROSS JOIN LATERAL (
        SELECT schedule, scheduled_for FROM schedule_runs
        WHERE schedule = seen.schedule AND fired_at < now() - %(kept)s::interval
          AND scheduled_for < now() - %(kept)s::interval + interval '1 hour'
          AND scheduled_for < CASE WHEN EXISTS (SELECT FROM schedules s WHERE s.name = seen.schedule) THEN (
              SELECT newest.scheduled_for FROM schedule_runs newest WHERE newest.schedule = seen.schedule
              ORDER BY newest.scheduled_for DESC OFFSET %(newest)s - 1 LIMIT 1
          ) ELSE 'infinity' END
        ORDER BY scheduled_for LIMIT %(limit)s
    ) AS r LIMIT %(limit)s
), held AS MATERIALIZED (
    SELECT r.ctid FROM schedule_runs r JOIN old ON old.schedule = r.schedule AND old.scheduled_for = r.scheduled_for
    FOR UPDATE OF r SKIP LOCKED
), gone AS (
    DELETE FROM schedule_runs WHERE ctid = ANY(ARRAY(SELECT ctid FROM held)) RETURNING 1
)
SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM old), (SELECT count(*) FROM gone),
    (SELECT max(schedule) FROM seen)
"""

_PRUNE_SCHEDULERS: Final = """
DELETE FROM schedulers WHERE id IN (
    SELECT id FROM schedulers WHERE coalesce(ended_at, seen_at) < now() - %(kept)s::interval LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
) RETURNING 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a job is kept once it is final."""

    completed: timedelta
    failed: timedelta
    cancelled: timedelta


class PrunedPage(NamedTuple):
    """What a step of pruning saw and did, in jobs. last_id: the greatest id it saw, None: it saw none.

    late_seconds: how long those it pruned had been old enough, on average. finished: another number as soon as another job
    is finished.
    """

    seen: int
    pruned: int
    last_id: str | None
    late_seconds: float | None = None
    finished: int = 0


class PrunedRuns(NamedTuple):
    """What a step of pruning runs did. last: the last schedule that it is through with, None: with all there are."""

    pruned: int
    last: str | None


class RetentionStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prune(self, retention: Retention, *, after: str, limit: int) -> PrunedPage:
        """Look at the next `limit` jobs with ids greater than `after`, and delete those that were kept long enough.

        Fewer seen than `limit`: none of the jobs that follow is old enough.
        """
        parameters = {
            "completed": retention.completed,
            "failed": retention.failed,
            "cancelled": retention.cancelled,
            "after": after,
            "limit": limit,
        }
        return PrunedPage._make(self._database.run(_PRUNE, parameters)[0])

    def prune_keys(self, limit: int) -> int:
        """Delete idempotency keys that no longer mean anything, the oldest first; how many."""
        return len(self._database.run(_PRUNE_KEYS, {"kept": KEPT_FOR, "limit": limit}))

    def prune_workers(self, limit: int) -> int:
        """Delete workers that ended long ago and hold no job; how many."""
        return len(self._database.run(_PRUNE_WORKERS, {"kept": WORKERS_KEPT_FOR, "limit": limit}))

    def prune_operations(self, limit: int) -> int:
        """Delete bulk operations that ended long ago; how many."""
        return len(self._database.run(_PRUNE_OPERATIONS, {"kept": OPERATIONS_KEPT_FOR, "limit": limit}))

    def prune_failures(self, limit: int) -> tuple[int, int]:
        """Delete failure groups that were not seen for long, and counts of long ago; how many of each."""
        ((groups, minutes),) = self._database.run(_PRUNE_FAILURES, {"kept": FAILURES_KEPT_FOR, "limit": limit})
        return groups, minutes

    def merge_failures(self, limit: int) -> int:
        """Bring counts of failures into the longer intervals of their age, at most `limit` a tier; how many at most."""
        most = 0
        for tier, until in zip(TIERS, (*(tier.age for tier in TIERS[1:]), FAILURES_KEPT_FOR), strict=True):
            parameters = {"age": tier.age, "until": until, "width": tier.width, "limit": limit}
            most = max(most, self._database.run(_MERGE_FAILURES, parameters)[0][0])
        return most

    def prune_rollups(self, limit: int) -> int:
        """Delete what happened in minutes long ago; how many rows."""
        return len(self._database.run(_PRUNE_ROLLUPS, {"kept": ROLLUPS_KEPT_FOR, "limit": limit}))

    def prune_counts(self, limit: int) -> int:
        """Delete counts that are zero; how many."""
        return len(self._database.run(_PRUNE_COUNTS, {"limit": limit}))

    def prune_runs(self, *, after: str, schedules: int, limit: int) -> PrunedRuns:
        """Delete old runs of the next `schedules` schedules with names behind `after`, at most `limit` of them."""
        parameters = {"after": after, "schedules": schedules, "limit": limit, "kept": RUNS_KEPT_FOR, "newest": RUNS_KEPT}
        ((seen, old, pruned, last),) = self._database.run(_PRUNE_RUNS, parameters)
        if old == limit:
            return PrunedRuns(pruned, after)
        return PrunedRuns(pruned, last if seen == schedules else None)

    def prune_schedulers(self, limit: int) -> int:
        """Delete schedulers that ended, or were lost, long ago; how many."""
        return len(self._database.run(_PRUNE_SCHEDULERS, {"kept": SCHEDULERS_KEPT_FOR, "limit": limit}))
