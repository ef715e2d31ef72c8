"""Filling the search index from the outbox. Safe if two do it; nothing here waits for a row that somebody holds."""

from __future__ import annotations

from typing import Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.finished_store import FINAL_LIST

LARGEST_INDEXED_PAYLOAD_BYTES: Final = 8 * 1024

# A batch that is seen was committed, and with it that its jobs are final: who is not, was retried since and will come
# again. Of two ends of one job the later stays, whoever indexes them in whatever order.
_INDEX: Final = f"""
WITH taken AS MATERIALIZED (
    SELECT seq, worker_id, ids FROM finished_batches ORDER BY seq LIMIT %(batches)s FOR UPDATE SKIP LOCKED
), done AS (
    DELETE FROM finished_batches WHERE seq = ANY(ARRAY(SELECT seq FROM taken))
), ended AS MATERIALIZED (
    SELECT DISTINCT ON (named.id) named.id, taken.worker_id
    FROM taken CROSS JOIN LATERAL unnest(taken.ids) AS named(id) ORDER BY named.id, taken.seq DESC
), indexed AS (
    INSERT INTO job_search AS s
        (id, queue, type, status, worker_id, schedule, run_at, finished_at, attempts, duration, tags, error, payload,
        fingerprint)
    SELECT j.id, j.queue, j.type, j.status, e.worker_id, j.schedule, j.run_at, j.finished_at, j.attempts,
        extract(epoch FROM j.finished_at - j.started_at), j.tags, j.error,
        CASE WHEN pg_column_size(j.payload) <= {LARGEST_INDEXED_PAYLOAD_BYTES} THEN j.payload END, j.fingerprint
    FROM ended e CROSS JOIN LATERAL (
        SELECT * FROM jobs WHERE jobs.id = e.id AND jobs.status || '' IN ({FINAL_LIST}) OFFSET 0
    ) AS j
    ON CONFLICT (id) DO UPDATE SET queue = excluded.queue, type = excluded.type, status = excluded.status,
        worker_id = excluded.worker_id, schedule = excluded.schedule, run_at = excluded.run_at,
        finished_at = excluded.finished_at, attempts = excluded.attempts, duration = excluded.duration,
        tags = excluded.tags, error = excluded.error, payload = excluded.payload,
        fingerprint = excluded.fingerprint
    WHERE s.finished_at <= excluded.finished_at
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM ended),
    coalesce((SELECT min(seq) FROM taken), 0), coalesce((SELECT max(seq) FROM finished_batches), 0)
"""  # noqa: S608 - constants above


# What ended a moment ago is on its way. What is in a long outbox is noted once more: indexing twice does no harm.
_NOTE_MISSED: Final = f"""
WITH seen AS MATERIALIZED (
    SELECT id, status, finished_at FROM jobs WHERE id > %(after)s::uuid ORDER BY id LIMIT %(limit)s
), missed AS MATERIALIZED (
    SELECT id FROM seen
    WHERE status IN ({FINAL_LIST}) AND finished_at < now() - %(grace)s * interval '1 second' AND NOT EXISTS (
        SELECT FROM job_search s WHERE s.id = seen.id AND s.finished_at >= seen.finished_at
    )
), noted AS (
    INSERT INTO finished_batches (ids) SELECT array_agg(id) FROM missed HAVING count(*) > 0
)
SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM missed), (SELECT id::text FROM seen ORDER BY id DESC LIMIT 1)
"""  # noqa: S608 - a constant above


class Reconciled(NamedTuple):
    """What a step of reconciling saw and noted, in jobs. last_id: the greatest id it saw, None: it saw none."""

    seen: int
    noted: int
    last_id: str | None


class Indexed(NamedTuple):
    """What a step took from the outbox, and the numbers of the oldest batch it took and of the newest there was."""

    batches: int
    jobs: int
    oldest: int
    newest: int


class SearchIndexStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def index(self, batches: int) -> Indexed:
        """Bring the jobs of the oldest `batches` batches into the index."""
        return Indexed._make(self._database.run(_INDEX, {"batches": batches})[0])

    def note_missed(self, *, after: str, limit: int, grace_seconds: float = 600.0) -> Reconciled:
        """Look at the next `limit` jobs with ids greater than `after`, and note those that the index should know since
        `grace_seconds`.

        Every statement of ours notes what it ends; a worker of a release before that one, in the middle of a rolling
        upgrade, does not.
        """
        return Reconciled._make(
            self._database.run(_NOTE_MISSED, {"after": after, "limit": limit, "grace": grace_seconds})[0]
        )
