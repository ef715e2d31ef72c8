"""The ways to the jobs that match a filter. Each answers with ids of its own part of the table, in order.

- `walk`: the first rows by primary key, whatever they are. It finds what is frequent, and of everything the newest.
- `live`: jobs that have not ended, by the indexes of dispatch.
- `outbox`: jobs that have just ended and are not in the index yet.
- `listed` and `sparse`: the index. The first goes along lists that are in order of ids (a queue, type and status; a
  schedule; a worker), a stretch of each; the second takes all that its most selective index has.

A way that has looked at a stretch only says where it ended (`Found.frontier`); what it found up to there is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from goqueue_common.database import Run
from goqueue_common.filter_search import in_window, on_index, on_jobs, order, parameters, window_parameters
from goqueue_common.finished_store import FINAL_LIST
from goqueue_common.job_filter import JobFilter, Window
from goqueue_common.lifecycle import JobStatus

_LIVE_INDEXES: Final[Mapping[str, frozenset[str]]] = {
    "j.status = 'queued'": frozenset({JobStatus.QUEUED}),
    "j.status IN ('scheduled', 'retrying')": frozenset({JobStatus.SCHEDULED, JobStatus.RETRYING}),
    "j.status = 'processing'": frozenset({JobStatus.PROCESSING}),
}
"""Predicates as the partial indexes of dispatch spell them."""

# From one pair to the next greater one: as many steps as there are pairs, however many rows each has.
_PAIRS: Final = """
WITH RECURSIVE pair AS (
    (SELECT queue, type FROM job_search ORDER BY queue, type LIMIT 1)
    UNION ALL
    SELECT following.queue, following.type FROM pair CROSS JOIN LATERAL (
        SELECT queue, type FROM job_search WHERE (queue, type) > (pair.queue, pair.type) ORDER BY queue, type LIMIT 1
    ) AS following
)
SELECT queue, type FROM pair
"""


class Found(NamedTuple):
    """Ids in the window's order; frontier: how far was looked, None: to its end."""

    ids: list[str]
    frontier: str | None


class Branches:
    """The ways of one filter, on one connection and one snapshot."""

    def __init__(self, run: Run, wanted: JobFilter) -> None:
        self._run = run
        self._wanted = wanted
        self._parameters = parameters(wanted)
        self._on_jobs = on_jobs(wanted)
        self._on_index = on_index(wanted)
        self._lists: Mapping[str, Sequence[str]] | None = None

    def among(self, window: Window, limit: int) -> list[str]:
        """Those of the filter's own ids that match."""
        return self._ids(
            f"SELECT j.id::text FROM jobs j WHERE j.id = ANY(%(ids)s::uuid[]) AND {self._on_jobs}{in_window('j', window)} "
            f"ORDER BY j.id {order(window)} LIMIT %(limit)s",
            window,
            limit=limit,
        )

    def walk(self, window: Window, limit: int, depth: int) -> Found:
        """What matches of the first `depth` rows. Not for a filter by worker."""
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
        worker = " AND j.worker_id = ANY(%(workers)s::uuid[])" if self._wanted.workers else ""
        arms = [
            f"SELECT j.id FROM jobs j WHERE {predicate} AND {self._on_jobs}{worker}{in_window('j', window)}"
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

    def listed(self, window: Window, limit: int, budget: int) -> Found:
        """What matches in the first entries of each list of the index, `budget` entries in all."""
        lists = self._known_lists()
        count = len(next(iter(lists.values())))
        if not count:
            return Found([], None)
        depth = max(limit, budget // count)
        rows = f"FROM job_search s WHERE {_key(lists)}{in_window('s', window)} ORDER BY s.id {order(window)}"
        ((ids, frontier),) = self._rows(
            f"""
            WITH found AS MATERIALIZED (
                SELECT first.ids, CASE WHEN cardinality(first.ids) >= %(limit)s THEN first.ids[%(limit)s]
                    ELSE (SELECT s.id {rows} OFFSET %(depth)s - 1 LIMIT 1) END AS frontier
                FROM {_unnested(lists)} CROSS JOIN LATERAL (
                    SELECT ARRAY(
                        SELECT id FROM (SELECT * {rows} LIMIT %(depth)s) AS s WHERE {self._on_index} LIMIT %(limit)s
                    ) AS ids
                ) AS first
            )
            SELECT ARRAY(SELECT one.id::text FROM found CROSS JOIN LATERAL unnest(ids) AS one(id)
                    ORDER BY one.id {order(window)} LIMIT %(limit)s),
                (SELECT frontier::text FROM found WHERE frontier IS NOT NULL ORDER BY frontier {order(window)} LIMIT 1)
            """,
            window,
            limit=limit,
            depth=depth,
            **{f"list_{name}": list(values) for name, values in lists.items()},
        )
        return self._confirmed(ids, frontier if len(ids) < limit else ids[-1], window)

    def sparse(self, window: Window, limit: int) -> Found:
        """The first of all that the most selective index has. Fenced: the planner must not go along the primary key."""
        ids = self._ids(
            f"WITH hit AS MATERIALIZED (SELECT s.id FROM job_search s WHERE {self._on_index}{self._on_kinds()}"
            f"{in_window('s', window)}) SELECT id::text FROM hit ORDER BY id {order(window)} LIMIT %(limit)s",
            window,
            limit=limit,
        )
        return self._confirmed(ids, ids[-1] if len(ids) == limit else None, window)

    def some(self, window: Window, limit: int, budget: int) -> list[str]:
        """Like listed, in no order and for counts: each list in turn until there are `limit`."""
        lists = self._known_lists()
        count = len(next(iter(lists.values())))
        depth = limit if self._is_by_list_alone() else max(1, budget // max(1, count))
        key = {f"list_{name}": list(values) for name, values in lists.items()}
        rows = f"FROM job_search s WHERE {_key(lists)}{in_window('s', window)}"
        ids = self._ids(
            f"SELECT s.id::text FROM {_unnested(lists)} CROSS JOIN LATERAL (SELECT * {rows} LIMIT %(depth)s) AS s "
            f"{self._and_jobs()} WHERE {self._on_index} LIMIT %(limit)s",
            window,
            limit=limit,
            depth=depth,
            **key,
        )
        if len(ids) >= limit or self._is_by_list_alone():
            return ids
        cut = self._ids(
            f"SELECT s.id::text FROM {_unnested(lists)} CROSS JOIN LATERAL (SELECT s.id {rows} "
            "OFFSET %(depth)s LIMIT 1) AS s LIMIT 1",
            window,
            depth=depth,
            **key,
        )
        return self.any_sparse(window, limit) if cut else ids

    def any_sparse(self, window: Window, limit: int) -> list[str]:
        """Like sparse, in no order and for counts."""
        return self._ids(
            f"WITH hit AS MATERIALIZED (SELECT s.id, s.finished_at FROM job_search s WHERE {self._on_index}"
            f"{self._on_kinds()}{in_window('s', window)}) SELECT s.id::text FROM hit AS s {self._and_jobs()} "
            "LIMIT %(limit)s",
            window,
            limit=limit,
        )

    @property
    def has_lists(self) -> bool:
        """Whether the index keeps lists for such a filter."""
        wanted = self._wanted
        return bool(wanted.workers or wanted.schedules or wanted.queues or wanted.types or wanted.statuses)

    def _is_by_list_alone(self) -> bool:
        """Whether every entry of its lists matches."""
        key = {"workers": {"workers"}, "schedules": {"schedules"}}
        kinds = {"queues", "types", "statuses"}
        by = next((names for name, names in key.items() if getattr(self._wanted, name)), kinds)
        return self._wanted.used <= by

    def _known_lists(self) -> Mapping[str, Sequence[str]]:
        """Column -> its value in each list."""
        if self._lists is None:
            wanted = self._wanted
            if wanted.workers:
                self._lists = {"worker_id": list(dict.fromkeys(wanted.workers))}
            elif wanted.schedules:
                self._lists = {"schedule": list(dict.fromkeys(wanted.schedules))}
            else:
                self._lists = self._kinds()
        return self._lists

    def _kinds(self) -> Mapping[str, Sequence[str]]:
        wanted = self._wanted
        if wanted.queues and wanted.types:
            pairs = list(product(dict.fromkeys(wanted.queues), dict.fromkeys(wanted.types)))
        else:
            pairs = [
                (queue, type_)
                for queue, type_ in self._run(_PAIRS, {})
                if (not wanted.queues or queue in wanted.queues) and (not wanted.types or type_ in wanted.types)
            ]
        kinds = [(queue, type_, status) for queue, type_ in pairs for status in wanted.final_statuses]
        return {name: [kind[place] for kind in kinds] for place, name in enumerate(("queue", "type", "status"))}

    def _on_kinds(self) -> str:
        """Where queue, type or status is asked for, all three, or its index could not be used."""
        wanted = self._wanted
        if not (wanted.queues or wanted.types or wanted.statuses):
            return ""
        kinds = self._kinds() if wanted.workers or wanted.schedules else self._known_lists()
        self._parameters |= {f"kind_{name}": sorted(set(values)) for name, values in kinds.items()}
        return "".join(f" AND s.{name} = ANY(%(kind_{name})s::text[])" for name in kinds)

    def _confirmed(self, ids: list[str], frontier: str | None, window: Window) -> Found:
        """Those up to the frontier whose jobs really match now."""
        reached = [job_id for job_id in ids if frontier is None or not window.further(job_id, frontier)]
        if not reached:
            return Found([], frontier)
        confirmed = self._ids(
            f"SELECT s.id::text FROM job_search s {self._and_jobs()} WHERE s.id = ANY(%(reached)s::uuid[]) "
            f"ORDER BY s.id {order(window)}",
            window,
            reached=reached,
        )
        return Found(confirmed, frontier)

    def _and_jobs(self) -> str:
        """The job of an entry `s`, if it is still as it was when it ended, and matches."""
        return (
            "CROSS JOIN LATERAL (SELECT FROM jobs j WHERE j.id = s.id AND j.finished_at IS NOT DISTINCT FROM s.finished_at "
            f"AND {self._on_jobs} OFFSET 0) AS j"
        )

    def _ids(self, sql: str, window: Window, **more: Any) -> list[str]:
        return [row[0] for row in self._rows(sql, window, **more)]

    def _rows(self, sql: str, window: Window, **more: Any) -> Sequence[tuple[Any, ...]]:
        return self._run(sql, self._parameters | window_parameters(window) | more)


def _unnested(lists: Mapping[str, Sequence[str]]) -> str:
    arrays = ", ".join(f"%(list_{name})s::{'uuid' if name == 'worker_id' else 'text'}[]" for name in lists)
    return f"unnest({arrays}) AS list({', '.join(lists)})"


def _key(lists: Mapping[str, Sequence[str]]) -> str:
    return " AND ".join(f"s.{name} = list.{name}" for name in lists)
