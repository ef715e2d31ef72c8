"""The ways to the jobs that match a filter, but for the search index. Each answers with ids of its own part of the table.

- `walk`: the first rows by primary key, whatever they are. It finds what is frequent, and of everything the newest.
- `live`: jobs that have not ended, by the indexes of dispatch.
- `outbox`: jobs that have just ended and are not in the index yet.

A way that has looked at a stretch only says where it ended (`Found.frontier`); what it found up to there is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from goqueue_common.database import Run
from goqueue_common.filter_search import in_window, on_jobs, on_worker, order, parameters, window_parameters
from goqueue_common.finished_store import FINAL_LIST
from goqueue_common.job_filter import JobFilter, Names, Window
from goqueue_common.lifecycle import JobStatus

_LIVE_INDEXES: Final[Mapping[str, frozenset[str]]] = {
    "j.status = 'queued'": frozenset({JobStatus.QUEUED}),
    "j.status IN ('scheduled', 'retrying')": frozenset({JobStatus.SCHEDULED, JobStatus.RETRYING}),
    "j.status = 'processing'": frozenset({JobStatus.PROCESSING}),
}
"""Predicates as the partial indexes of dispatch spell them."""

# The index goes by queue: from each queue in it to the next one, however many jobs the others have.
_QUEUES_IN_LINE: Final = """
WITH RECURSIVE line AS (
    (SELECT queue FROM jobs WHERE status = 'queued' ORDER BY queue LIMIT 1)
    UNION ALL
    SELECT (SELECT queue FROM jobs WHERE status = 'queued' AND queue > line.queue ORDER BY queue LIMIT 1)
    FROM line WHERE line.queue IS NOT NULL
)
SELECT queue FROM line WHERE queue IS NOT NULL
"""


class Found(NamedTuple):
    """Ids in the window's order; frontier: how far was looked, None: to its end."""

    ids: list[str]
    frontier: str | None


class Branch:
    """What the ways have in common: one filter, on one connection and one snapshot."""

    def __init__(self, run: Run, wanted: JobFilter) -> None:
        self._run = run
        self._wanted = wanted
        self._parameters = parameters(wanted)
        self._on_jobs = on_jobs(wanted)

    def _ids(self, sql: str, window: Window, **more: Any) -> list[str]:
        return [row[0] for row in self._rows(sql, window, **more)]

    def _rows(self, sql: str, window: Window, **more: Any) -> Sequence[tuple[Any, ...]]:
        return self._run(sql, self._parameters | window_parameters(window) | more)


class JobBranches(Branch):
    """The ways in `jobs`."""

    def among(self, window: Window, limit: int) -> list[str]:
        """Those that match of the filter's own ids, or of those that come of the jobs it names: one may have a million."""
        worker = f" AND ({on_worker('workers')})" if self._wanted.workers else ""
        if not self._wanted.ids:
            column, name = ("parent_id", "parents") if self._wanted.parents else ("rerun_of", "reruns_of")
            return self._ids(
                f"SELECT n.id::text FROM (SELECT DISTINCT unnest(%({name})s::uuid[])) AS origin(id) CROSS JOIN LATERAL ("
                f"SELECT j.id FROM jobs j WHERE j.{column} = origin.id AND {self._on_jobs}{worker}{in_window('j', window)} "
                f"ORDER BY j.id {order(window)} LIMIT %(limit)s) AS n ORDER BY n.id {order(window)} LIMIT %(limit)s",
                window,
                limit=limit,
            )
        own = " AND j.id = ANY(%(ids)s::uuid[])"
        # Fenced: a planner that takes these for many would go along the primary key.
        return self._ids(
            "WITH named AS MATERIALIZED "
            f"(SELECT j.id FROM jobs j WHERE {self._on_jobs}{own}{worker}{in_window('j', window)}) "
            f"SELECT id::text FROM named ORDER BY id {order(window)} LIMIT %(limit)s",
            window,
            limit=limit,
        )

    def walk(self, window: Window, limit: int, depth: int) -> Found:
        """What matches of the first `depth` rows. Not for a filter by worker: rows do not say who ended them."""
        rows = f"FROM jobs j WHERE true{in_window('j', window)} ORDER BY j.id {order(window)}"
        found = self._ids(
            f"SELECT id::text FROM (SELECT * {rows} LIMIT %(depth)s) AS j WHERE {self._on_jobs} LIMIT %(limit)s",
            window,
            limit=limit,
            depth=depth,
        )
        if len(found) >= limit:
            return Found(found, found[-1])
        ends = self._ids(f"SELECT j.id::text {rows} OFFSET %(depth)s - 1 LIMIT 1", window, depth=depth)
        return Found(found, ends[0] if ends else None)

    def live(self, window: Window, limit: int) -> list[str]:
        """Jobs that have not ended. Fenced: by stale statistics the planner would go along the primary key."""
        narrowed = " AND j.worker_id = ANY(%(workers)s::uuid[])" if self._wanted.workers else ""
        more: dict[str, Any] = {}
        wanted = self._wanted
        if JobStatus.QUEUED in wanted.live_statuses and (wanted.not_queues or Names.read(wanted.queues).prefixes):
            more["in_line"] = [queue for (queue,) in self._run(_QUEUES_IN_LINE, {}) if wanted.lets_queue(queue)]
        arms = [
            f"SELECT j.id FROM jobs j WHERE {predicate} AND {self._on_jobs}{narrowed}{in_window('j', window)}"
            f"{' AND j.queue = ANY(%(in_line)s::text[])' if 'in_line' in more and 'queued' in statuses else ''}"
            for predicate, statuses in _LIVE_INDEXES.items()
            if statuses & set(self._wanted.live_statuses)
        ]
        if not arms:
            return []
        return self._ids(
            f"WITH live AS MATERIALIZED ({' UNION ALL '.join(arms)}) "
            f"SELECT id::text FROM live ORDER BY id {order(window)} LIMIT %(limit)s",
            window,
            limit=limit,
            **more,
        )

    def outbox(self, window: Window, limit: int) -> list[str]:
        """Jobs that have just ended; of two ends of one, the last counts."""
        worker = "o.worker_id = ANY(%(workers)s::uuid[])" if self._wanted.workers else "true"
        return self._ids(
            f"""
            SELECT o.id::text FROM (
                SELECT DISTINCT ON (named.id) named.id, b.worker_id
                FROM finished_batches b CROSS JOIN LATERAL unnest(b.ids) AS named(id)
                WHERE true{in_window("named", window)} ORDER BY named.id {order(window)}, b.seq DESC
            ) AS o CROSS JOIN LATERAL (
                SELECT FROM jobs j WHERE j.id = o.id AND j.status || '' IN ({FINAL_LIST}) AND {self._on_jobs} OFFSET 0
            ) AS j
            WHERE {worker} ORDER BY o.id {order(window)} LIMIT %(limit)s
            """,
            window,
            limit=limit,
        )
