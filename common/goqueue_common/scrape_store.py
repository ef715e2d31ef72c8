"""What a scrape of the API asks PostgreSQL for, beside StatsStore: one statement of a few looks at small tables."""

from __future__ import annotations

from typing import Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.worker_search import LOST_SHOWN_SECONDS

COUNTED_AT_MOST: Final = 10_000
"""Rows of one kind that a scrape counts."""

_LEVELS: Final = """
SELECT 'paused', name, (paused_at IS NOT NULL)::int FROM queues
UNION ALL
SELECT 'due', queue, count(*) FROM (
    SELECT queue FROM jobs WHERE status IN ('scheduled', 'retrying') AND run_at <= now() LIMIT %(most)s
) AS due GROUP BY queue
UNION ALL
SELECT 'workers', state, count(*) FROM (
    SELECT CASE WHEN state = 'lost' OR beat_at < now() - lease_seconds * interval '1 second' THEN 'lost'
        WHEN drain_requested_at IS NULL THEN 'alive' ELSE 'draining' END AS state
    FROM workers
    WHERE state <> 'stopped' AND coalesce(ended_at, beat_at) > now() - %(lost_seconds)s * interval '1 second'
) AS shown GROUP BY state
UNION ALL
SELECT 'outbox', 'search', count(*) FROM (SELECT FROM finished_batches ORDER BY seq LIMIT %(most)s) AS batches
UNION ALL
SELECT 'outbox', 'stats', count(*) FROM (SELECT FROM job_moves LIMIT %(most)s) AS moves
"""


class Levels(NamedTuple):
    """paused: every queue, and whether it is. due: by queue, jobs that wait only to be promoted. workers: by state, those
    that there are. outboxes: by name, rows that wait. due and outboxes stop at COUNTED_AT_MOST.
    """

    paused: dict[str, int]
    due: dict[str, int]
    workers: dict[str, int]
    outboxes: dict[str, int]


class ScrapeStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def levels(self) -> Levels:
        """As they are now."""
        found: dict[str, dict[str, int]] = {"paused": {}, "due": {}, "workers": {}, "outbox": {}}
        parameters = {"most": COUNTED_AT_MOST, "lost_seconds": LOST_SHOWN_SECONDS}
        for kind, name, value in self._database.run_again(_LEVELS, parameters):
            found[kind][name] = value
        return Levels(found["paused"], found["due"], found["workers"], found["outbox"])
