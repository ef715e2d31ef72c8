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

from goqueue_common.branch_search import Branches
from goqueue_common.database import Database, Params, Rows, Run
from goqueue_common.errors import QueryTimeout
from goqueue_common.job import JobSummary, Priority
from goqueue_common.job_filter import JobFilter, Window, neighbour

__all__ = ["COUNT_CAP", "Count", "JobFilter", "JobPage", "Place", "count", "count_matching", "matching_ids", "search"]

PREVIEW_CHARACTERS: Final = 200
COUNT_CAP: Final = 10_001
"""Counts stop here: at 10,001 the answer is 10,000 or more."""
BUDGET_SECONDS: Final = 2.0

_WALK: Final = 10_000
_LISTED: Final = 20_000
_COUNT_WALK: Final = 20_000
_COUNT_LISTED: Final = 60_000
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
SET LOCAL enable_seqscan = off; SET LOCAL random_page_cost = 1.1; SET LOCAL work_mem = '32MB'
"""

# From dear to cheap.
_DEAR: Final = (
    *("error", "payload", "duration", "attempts", "tag", "run_at", "finished", "worker", "schedule"),
    *("type", "queue", "status", "created"),
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


class Count(NamedTuple):
    """How many jobs match; is_capped: at least so many."""

    value: int
    is_capped: bool


def search(
    database: Database, wanted: JobFilter, *, place: Place | None = None, limit: int, oldest_first: bool = False
) -> JobPage:
    """A page of jobs that match. Raises StoreUnavailable, QueryTimeout (which names the dearest filter)."""
    back = place is not None and place.back
    page = Window(low=wanted.window.low, high=wanted.window.high, descending=oldest_first == back)
    page = page.beyond(None if place is None else place.id)

    def work(run: Run) -> list[JobSummary]:
        ids = _matching(Branches(run, wanted), wanted, page, limit + 1)
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
    return _within_budget(database, wanted, lambda run: _matching(Branches(run, wanted), wanted, window, limit))


def count(database: Database, wanted: JobFilter, cap: int = COUNT_CAP) -> Count:
    """How many jobs match, counted up to `cap`. Raises StoreUnavailable, QueryTimeout."""
    found = _within_budget(database, wanted, lambda run: len(_some(Branches(run, wanted), wanted, cap)))
    return Count(min(found, cap - 1), found >= cap)


def count_matching(database: Database, wanted: JobFilter, *, limit: int) -> list[tuple[str, str, int]]:
    """(queue, type, jobs) of up to `limit` jobs that match. Raises StoreUnavailable, QueryTimeout."""

    def work(run: Run) -> Rows:
        return run(_KINDS, {"ids": list(_some(Branches(run, wanted), wanted, limit))})

    kinds = Counter((queue, type_) for queue, type_ in _within_budget(database, wanted, work))
    return [(queue, type_, jobs) for (queue, type_), jobs in kinds.items()]


def _matching(branches: Branches, wanted: JobFilter, window: Window, limit: int) -> list[str]:
    """The first ids that match, in the window's order."""
    if wanted.ids:
        return branches.among(window, limit)
    found: list[str] = []
    if not wanted.workers:
        found, frontier = branches.walk(window, limit, _WALK)
        if frontier is None or len(found) >= limit:
            return found
        window = window.beyond(frontier)
    left = limit - len(found)
    beyond = {*branches.live(window, left)}
    if wanted.final_statuses:
        beyond |= {*branches.outbox(window, left), *_indexed(branches, window, left)}
    return found + window.sorted(beyond)[:left]


def _indexed(branches: Branches, window: Window, limit: int) -> list[str]:
    found: list[str] = []
    ways = [partial(branches.listed, budget=_LISTED)] if branches.has_lists else []
    while True:
        way: Callable[..., Any] = ways.pop() if ways else branches.sparse
        more, frontier = way(window, limit - len(found) + _SPARE)
        found += more
        if frontier is None or len(found) >= limit:
            return found[:limit]
        window = window.beyond(frontier)


def _some(branches: Branches, wanted: JobFilter, cap: int) -> set[str]:
    """`cap` ids that match, or all that do."""
    window = wanted.window
    if wanted.ids:
        return set(branches.among(window, cap))
    found: set[str] = set()
    if not wanted.workers:
        walked, frontier = branches.walk(window, cap, _COUNT_WALK)
        if frontier is None or len(walked) >= cap:
            return set(walked)
        window, found = window.beyond(frontier), set(walked)
    ways = [branches.live]
    if wanted.final_statuses:
        ways += [partial(branches.some, budget=_COUNT_LISTED) if branches.has_lists else branches.any_sparse]
        ways += [branches.outbox]
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
    dear = next((name for name in _DEAR if any(field.startswith(name) for field in wanted.used)), None)
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
