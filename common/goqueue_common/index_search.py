"""The way to the jobs that match a filter by the search index.

`listed` goes along lists of the index that are in the order of ids (a queue, type and status; a failure group; a schedule;
a worker), a stretch of each. `sparse` takes all that the most selective index has. `some` and `any_sparse` are the same for
counts, which ask for no order. Planners know little of JSON and of texts, so each is fenced: none becomes a walk by primary
key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from goqueue_common.branch_search import Branch, Found
from goqueue_common.database import Run
from goqueue_common.filter_search import in_window, on_index, on_kinds, order
from goqueue_common.job_filter import JobFilter, Names, Window

# From one pair to the next greater one: as many steps as there are pairs, however many rows each has.
PAIRS: Final = """
WITH RECURSIVE pair AS (
    (SELECT queue, type FROM job_search ORDER BY queue, type LIMIT 1)
    UNION ALL
    SELECT following.queue, following.type FROM pair CROSS JOIN LATERAL (
        SELECT queue, type FROM job_search WHERE (queue, type) > (pair.queue, pair.type) ORDER BY queue, type LIMIT 1
    ) AS following
)
SELECT queue, type FROM pair
"""
_KIND: Final = frozenset(f"{prefix}{name}" for name in ("queues", "types", "statuses") for prefix in ("", "not_"))
_LISTS: Final = {"fingerprints": "fingerprint", "workers": "worker_id", "schedules": "schedule"}
"""Fields of which each value has a list of its own, and their columns; the first that is asked for is gone along."""
_INCLUDED: Final = frozenset(
    f"{name}_{end}"
    for name, ends in {
        "finished": ("after", "before"),
        "run_at": ("after", "before"),
        "attempts": ("min", "max"),
        "duration": ("min", "max"),
    }.items()
    for end in ends
)
"""What the index of queue, type and status includes beside its key."""
_ROW_COST: Final = 5
"""How many entries of an index can be looked at in the time that one row of the table takes."""
_SAMPLE: Final = 10
_CHECKED: Final = 2_000
"""A count of more entries is not asked of `jobs` again: what is out of date is gone from the index almost at once."""


class IndexBranch(Branch):
    """The ways in job_search; what they find is asked of `jobs` again."""

    def __init__(self, run: Run, wanted: JobFilter) -> None:
        super().__init__(run, wanted)
        self._on_index = on_index(wanted)
        is_by_kind = self._list_fields is _KIND
        self._on_these_lists = self._on_index if is_by_kind else " AND ".join([self._on_index, *on_kinds(wanted, "s")])
        self._lists: Mapping[str, Sequence[str]] | None = None
        # A large payload is not in the index: whether it matches, only the job can say.
        unsure = f"coalesce((SELECT true FROM jobs j WHERE j.id = s.id AND {self._on_jobs}), false)"
        self._unsure = ", s.payload IS NULL AS is_unsure" if wanted.payloads else ""
        self._if_sure = f"WHERE NOT is_unsure OR {unsure}" if wanted.payloads else ""

    @property
    def has_lists(self) -> bool:
        """Whether the index keeps lists for such a filter."""
        wanted = self._wanted
        return any(getattr(wanted, name) for name in (*_LISTS, *_KIND))

    def listed(self, window: Window, limit: int, budget: int) -> Found:
        """What matches in the first entries of each list, `budget` entries in all."""
        lists = self._known_lists()
        if not self._list_count:
            return Found([], None)
        rows = f"FROM job_search s WHERE {_key(lists)}{in_window('s', window)} ORDER BY s.id {order(window)}"
        ((ids, frontier),) = self._rows(
            f"""
            WITH found AS MATERIALIZED (
                SELECT first.ids, CASE WHEN cardinality(first.ids) >= %(limit)s THEN first.ids[%(limit)s]
                    ELSE (SELECT s.id {rows} OFFSET %(depth)s - 1 LIMIT 1) END AS frontier
                FROM {_unnested(lists)} CROSS JOIN LATERAL (
                    SELECT ARRAY(
                        SELECT id FROM (SELECT * {rows} LIMIT %(depth)s) AS s WHERE {self._on_these_lists} LIMIT %(limit)s
                    ) AS ids
                ) AS first
            )
            SELECT ARRAY(SELECT one.id::text FROM found CROSS JOIN LATERAL unnest(ids) AS one(id)
                    ORDER BY one.id {order(window)} LIMIT %(limit)s),
                (SELECT frontier::text FROM found WHERE frontier IS NOT NULL ORDER BY frontier {order(window)} LIMIT 1)
            """,
            window,
            limit=limit,
            depth=max(1, (budget if self._is_covered else budget // _ROW_COST) // self._list_count),
            **_list_parameters(lists),
        )
        return self._confirmed(ids, frontier if len(ids) < limit else ids[-1], window)

    def sparse(self, window: Window, limit: int) -> Found:
        """The first of all that the most selective index has."""
        ids = self._ids(
            f"{self._hits(window)} SELECT id::text FROM (SELECT * FROM hit ORDER BY id {order(window)} OFFSET 0) AS s "
            f"{self._if_sure} LIMIT %(limit)s",
            window,
            limit=limit,
        )
        return self._confirmed(ids, ids[-1] if len(ids) == limit else None, window)

    def some(self, window: Window, limit: int, budget: int) -> list[str]:
        """Each list in turn until there are `limit`; where they are too long for `budget` entries, as any_sparse."""
        lists = self._known_lists()
        listed = (
            f"FROM {_unnested(lists)} CROSS JOIN LATERAL "
            f"(SELECT * FROM job_search s WHERE {_key(lists)}{in_window('s', window)} OFFSET 0) AS s"
        )
        more = {"limit": limit, **_list_parameters(lists)}
        sql = (
            f"SELECT id::text FROM (SELECT s.* {listed} LIMIT %(depth)s) AS s WHERE {self._on_these_lists} LIMIT %(limit)s"
        )
        if self._wanted.used <= self._list_fields:
            return self._checked(self._ids(sql, window, depth=limit, **more), window)
        depth = budget if self._is_covered else budget // _ROW_COST
        if self._ids(f"SELECT s.id::text {listed} OFFSET %(depth)s LIMIT 1", window, depth=depth, **more):
            sample = self._ids(sql, window, depth=depth // _SAMPLE, **more)
            if len(sample) * _SAMPLE < limit:
                return self.any_sparse(window, limit)
            ids = self._ids(sql, window, depth=depth, **more)
            return ids if len(ids) >= limit else self.any_sparse(window, limit)
        return self._checked(self._ids(sql, window, depth=depth, **more), window)

    def any_sparse(self, window: Window, limit: int) -> list[str]:
        """The first that come of all that the most selective index has."""
        sql = f"{self._hits(window)} SELECT id::text FROM hit AS s {self._if_sure} LIMIT %(limit)s"
        return self._checked(self._ids(sql, window, limit=limit), window)

    def _hits(self, window: Window) -> str:
        return (
            f"WITH hit AS MATERIALIZED (SELECT s.id{self._unsure} FROM job_search s WHERE {self._on_index}"
            f"{self._on_kinds()}{in_window('s', window)})"
        )

    @property
    def _list_fields(self) -> frozenset[str]:
        """The fields that the lists are made by."""
        return next((frozenset({name}) for name in _LISTS if getattr(self._wanted, name)), _KIND)

    @property
    def _names_queues(self) -> bool:
        """Whether it names the queues, each whole, so that none needs to be looked for."""
        return bool(self._wanted.queues) and not (self._wanted.not_queues or Names.read(self._wanted.queues).prefixes)

    @property
    def _names_types(self) -> bool:
        """The same of types; or it says nothing of them."""
        return not (self._wanted.not_types or Names.read(self._wanted.types).prefixes)

    @property
    def _list_count(self) -> int:
        return len(next(iter(self._known_lists().values())))

    @property
    def _is_covered(self) -> bool:
        """Whether the index of the lists has all that is asked for, so that no row needs to be looked at."""
        fields = self._list_fields
        return self._wanted.used <= (fields | _INCLUDED if fields is _KIND else fields)

    def _known_lists(self) -> Mapping[str, Sequence[str]]:
        """Column -> its value in each list."""
        if self._lists is None:
            name = next((name for name in _LISTS if getattr(self._wanted, name)), None)
            if name is None:
                self._lists = self._kinds()
            else:
                self._lists = {_LISTS[name]: list(dict.fromkeys(getattr(self._wanted, name)))}
        return self._lists

    def _kinds(self) -> Mapping[str, Sequence[str]]:
        wanted = self._wanted
        if self._names_queues and wanted.types and self._names_types:
            pairs = list(product(dict.fromkeys(wanted.queues), dict.fromkeys(wanted.types)))
        else:
            pairs = [pair for pair in self._run(PAIRS, {}) if wanted.lets_queue(pair[0]) and wanted.lets_type(pair[1])]
        kinds = [(queue, type_, status) for queue, type_ in pairs for status in wanted.final_statuses]
        return {name: [kind[place] for kind in kinds] for place, name in enumerate(("queue", "type", "status"))}

    def _on_kinds(self) -> str:
        """Queue, type and status. For a type without names of queues, all its queues: they come first in the index."""
        wanted = self._wanted
        has_types = bool(wanted.types or wanted.not_types)
        conditions = []
        if has_types or wanted.queues or wanted.not_queues:
            queues, types = list(wanted.queues), list(wanted.types)
            if not (self._names_queues and self._names_types):
                kinds = self._known_lists() if self._list_fields is _KIND else self._kinds()
                queues, types = sorted(set(kinds["queue"])), sorted(set(kinds["type"]))
            self._parameters |= {"queues_of_kinds": queues, "types_of_kinds": types}
            conditions.append(" AND s.queue = ANY(%(queues_of_kinds)s::text[])")
            conditions += [" AND s.type = ANY(%(types_of_kinds)s::text[])"] if has_types else []
        if wanted.statuses or wanted.not_statuses:
            conditions.append(self._on_status())
        return "".join(conditions)

    def _on_status(self) -> str:
        """One status as the partial index spells it: the planner then knows that it needs no second one for it."""
        statuses = self._wanted.final_statuses
        if len(statuses) != 1:
            return " AND s.status = ANY(%(final_statuses)s::text[])"
        self._parameters["final_status"] = statuses[0]
        return " AND s.status = %(final_status)s"

    def _checked(self, ids: list[str], window: Window) -> list[str]:
        return ids if len(ids) > _CHECKED else self._confirmed(ids, None, window).ids

    def _confirmed(self, ids: list[str], frontier: str | None, window: Window) -> Found:
        """Those up to the frontier whose jobs are still as they were when they ended, and match."""
        reached = [job_id for job_id in ids if frontier is None or not window.further(job_id, frontier)]
        if not reached:
            return Found([], frontier)
        confirmed = self._ids(
            f"SELECT s.id::text FROM job_search s CROSS JOIN LATERAL (SELECT FROM jobs j WHERE j.id = s.id "
            f"AND j.finished_at IS NOT DISTINCT FROM s.finished_at AND {self._on_jobs} OFFSET 0) AS j "
            f"WHERE s.id = ANY(%(reached)s::uuid[]) ORDER BY s.id {order(window)}",
            window,
            reached=reached,
        )
        return Found(confirmed, frontier)


def _unnested(lists: Mapping[str, Sequence[str]]) -> str:
    arrays = ", ".join(f"%(list_{name})s::{'uuid' if name == 'worker_id' else 'text'}[]" for name in lists)
    return f"unnest({arrays}) AS list({', '.join(lists)})"


def _list_parameters(lists: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {f"list_{name}": list(values) for name, values in lists.items()}


def _key(lists: Mapping[str, Sequence[str]]) -> str:
    return " AND ".join(f"s.{name} = list.{name}" for name in lists)
