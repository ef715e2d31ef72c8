"""Search over all jobs, exact and fresh: pages in both directions, counts, ids for bulk operations.

What matches is looked for in two steps: the ids, in the order of the page, by the ways of branch_search, and then the rows.
All of it sees one snapshot, since a job moves from one way to the next while it is looked for, and takes BUDGET_SECONDS at
most, as one statement would.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from goqueue_common.branch_search import Found, JobBranches
from goqueue_common.database import Database, Params, Rows, Run
from goqueue_common.errors import QueryTimeout
from goqueue_common.index_search import IndexBranch
from goqueue_common.job import JobSummary, Priority
from goqueue_common.job_filter import FIRST_ID, LAST_ID, Count, JobFilter, Window, neighbour

__all__ = ["COUNT_CAP", "JobFilter", "JobPage", "Place", "count", "count_matching", "matching_ids", "search"]

PREVIEW_CHARACTERS: Final = 200
COUNT_CAP: Final = 10_001
"""Counts stop here: at 10,001 the answer is 10,000 or more."""
BUDGET_SECONDS: Final = 2.0
_LISTED: Final = (4_000, 40_000)
_COUNT_LISTED: Final = 150_000
_STRIDE: Final = 250_000
"""So far is walked at a time where no other way leads anywhere."""
_SPARE: Final = 50
"""More than is asked for: some entries of the index may be out of date."""

_FIELDS: Final = tuple(item.name for item in fields(JobSummary))
_ROWS: Final = f"""
SELECT {", ".join(f"left(payload::text, {PREVIEW_CHARACTERS})" if name == "payload_preview" else name for name in _FIELDS)}
FROM jobs WHERE id = ANY(%(ids)s::uuid[])
"""
_KINDS: Final = "SELECT queue, type FROM jobs WHERE id = ANY(%(ids)s::uuid[])"

# The planner knows little of JSON and of texts, and nothing of the last minute: it chooses among indexes, no more.
_SETTINGS: Final = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL random_page_cost = 1.1; SET LOCAL work_mem = '32MB'
"""

# From dear to cheap.
_DEAR: Final = (
    *("error", "payload", "duration", "attempts", "tag", "run_at", "finished", "worker", "schedule", "fingerprint"),
    *("parent", "rerun_of", "type", "queue", "status", "created"),
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: beyond this id in the order of the list, or with `back`, before it."""

    id: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs in the order asked for; next, prev: the places of the pages around it, None: there is none."""

    jobs: list[JobSummary]
    next: Place | None
    prev: Place | None


class Walk(NamedTuple):
    """How many rows to walk along at first, and how many more where that is likely to find enough."""

    first: int
    further: int


LIST_WALK: Final = Walk(10_000, 70_000)
COUNT_WALK: Final = Walk(20_000, 260_000)


def search(
    database: Database, wanted: JobFilter, *, place: Place | None = None, limit: int, oldest_first: bool = False
) -> JobPage:
    """A page of jobs that match. Raises StoreUnavailable, QueryTimeout (which names the dearest filter)."""
    back = place is not None and place.back
    page = Window(low=wanted.window.low, high=wanted.window.high, descending=oldest_first == back)
    page = page.beyond(None if place is None else place.id)

    def work(run: Run) -> list[JobSummary]:
        ids = _matching(run, wanted, page, limit + 1)
        found = {str(row[0]): _summary(row) for row in run(_ROWS, {"ids": ids})}
        return [found[job_id] for job_id in ids]

    jobs = _within_budget(database, wanted, work)
    more = len(jobs) > limit
    jobs = jobs[:limit]
    if not back:
        return JobPage(jobs, Place(jobs[-1].id) if more else None, _before(jobs, place, oldest_first))
    jobs.reverse()
    return JobPage(jobs, _after(jobs, place, oldest_first), Place(jobs[0].id, back=True) if more else None)


def matching_ids(database: Database, wanted: JobFilter, *, after: UUID | None, limit: int) -> list[str]:
    """Ids of jobs that match, ascending, those greater than `after` if given. Raises StoreUnavailable, QueryTimeout."""
    window = Window(low=wanted.window.low, high=wanted.window.high, descending=False)
    window = window.beyond(None if after is None else str(after))
    return _within_budget(database, wanted, lambda run: _matching(run, wanted, window, limit))


def count(database: Database, wanted: JobFilter, cap: int = COUNT_CAP) -> Count:
    """How many jobs match, counted up to `cap`. Raises StoreUnavailable, QueryTimeout."""
    found = _within_budget(database, wanted, lambda run: len(_some(run, wanted, cap)))
    return Count(min(found, cap - 1), found >= cap)


def count_matching(database: Database, wanted: JobFilter, *, limit: int) -> list[tuple[str, str, int]]:
    """(queue, type, jobs) of up to `limit` jobs that match. Raises StoreUnavailable, QueryTimeout."""

    def work(run: Run) -> Rows:
        return run(_KINDS, {"ids": list(_some(run, wanted, limit))})

    kinds = Counter((queue, type_) for queue, type_ in _within_budget(database, wanted, work))
    return [(queue, type_, jobs) for (queue, type_), jobs in kinds.items()]


def _matching(run: Run, wanted: JobFilter, window: Window, limit: int) -> list[str]:
    """The first ids that match, in the window's order."""
    branches = JobBranches(run, wanted)
    if wanted.is_looked_up:
        return branches.among(window, limit)
    found, frontier = _walked(branches, wanted, window, limit, LIST_WALK)
    if frontier is None or len(found) >= limit:
        return found
    window, left = window.beyond(frontier), limit - len(found)
    beyond = {*branches.live(window, left)}
    if wanted.final_statuses:
        beyond |= {*branches.outbox(window, left), *_indexed(IndexBranch(run, wanted), window, left)}
    return found + window.sorted(beyond)[:left]


def _walked(branches: JobBranches, wanted: JobFilter, window: Window, limit: int, walk: Walk) -> Found:
    """What is found by walking: further, where what was found promises that it will be enough then."""
    if wanted.workers:
        return Found([], _start(window))
    found, frontier = branches.walk(window, limit, walk.first)
    while wanted.is_found_by_walking and frontier is not None and len(found) < limit:
        more, frontier = branches.walk(window.beyond(frontier), limit - len(found), _STRIDE)
        found += more
    promised = len(found) * (walk.further // walk.first) if wanted.final_statuses else 0  # live ones have their own way
    if frontier is None or len(found) >= limit or promised < limit - len(found):
        return Found(found, frontier)
    more, frontier = branches.walk(window.beyond(frontier), limit - len(found), walk.further)
    return Found(found + more, frontier)


def _start(window: Window) -> str:
    """A frontier that nothing lies before."""
    return (window.high or LAST_ID) if window.descending else (window.low or FIRST_ID)


def _indexed(branch: IndexBranch, window: Window, limit: int) -> list[str]:
    found: list[str] = []
    budgets = list(_LISTED) if branch.has_lists else []
    while True:
        way = partial(branch.listed, budget=budgets.pop(0)) if budgets else branch.sparse
        more, frontier = way(window, limit - len(found) + _SPARE)
        found += more
        if frontier is None or len(found) >= limit:
            return found[:limit]
        if budgets and len(more) * (budgets[0] // _LISTED[0]) < limit - len(found):
            budgets = []  # the lists promise too little
        window = window.beyond(frontier)


def _some(run: Run, wanted: JobFilter, cap: int) -> set[str]:
    """`cap` ids that match, or all that do."""
    branches, index, window = JobBranches(run, wanted), IndexBranch(run, wanted), wanted.window
    if wanted.is_looked_up:
        return set(branches.among(window, cap))
    walked, frontier = _walked(branches, wanted, window, cap, COUNT_WALK)
    found = set(walked)
    if frontier is None:
        return found
    window = window.beyond(frontier)
    ways: list[Callable[[Window, int], list[str]]] = [branches.live]
    if wanted.final_statuses:
        ways += [partial(index.some, budget=_COUNT_LISTED) if index.has_lists else index.any_sparse, branches.outbox]
    for way in ways:
        if len(found) >= cap:
            break
        found |= set(way(window, cap - len(found)))
    return found


def _within_budget(database: Database, wanted: JobFilter, work: Callable[[Run], T]) -> T:
    def budgeted(run: Run) -> T:
        run(_SETTINGS, {})
        ends_at = time.monotonic() + BUDGET_SECONDS

        def run_in_time(sql: str, params: Params) -> Rows:
            milliseconds = max(1, round((ends_at - time.monotonic()) * 1000))
            return run(f"SET LOCAL statement_timeout = {milliseconds}; {sql}", params)

        return work(run_in_time)

    try:
        return database.together(budgeted)
    except QueryTimeout as error:
        raise QueryTimeout(_advice(wanted)) from error


def _advice(wanted: JobFilter) -> str:
    dear = next((name for name in _DEAR if any(field.removeprefix("not_").startswith(name) for field in wanted.used)), None)
    if dear is None:
        return f"the search took longer than {BUDGET_SECONDS:g} s: try again, or add a filter"
    helpful = [name for name in ("status", "queue", "type") if name != dear] + ["a time range"]
    return (
        f"the search by {dear} took longer than {BUDGET_SECONDS:g} s: narrow it, or add "
        f"{', '.join(helpful[:-1])} or {helpful[-1]}"
    )


def _before(jobs: Sequence[JobSummary], place: Place | None, oldest_first: bool) -> Place | None:
    """Where the page before one begins that was reached forwards; an empty one shows what the place itself names."""
    if place is None:
        return None
    return Place(jobs[0].id if jobs else neighbour(place.id, above=oldest_first), back=True)


def _after(jobs: Sequence[JobSummary], place: Place | None, oldest_first: bool) -> Place | None:
    if place is None:
        return None
    return Place(jobs[-1].id if jobs else neighbour(place.id, above=not oldest_first))


def _summary(row: Sequence[Any]) -> JobSummary:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in ("id", "worker_id", "rerun_of", "parent_id"):
        if values[name] is not None:
            values[name] = str(values[name])
    values["priority"] = Priority(values["priority"])
    return JobSummary(**values)
