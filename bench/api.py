"""p50 and p95 of what people ask over HTTP, with millions of jobs in the table: lists, counts, figures, explanations."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import requests
from rich.console import Console
from rich.table import Table

from bench import api_jobs, explain_jobs, stack
from bench.api_cases import Query, cases
from bench.read_cases import Read, reads
from goqueue_common.database import connect
from goqueue_common.store_settings import normalise_database_url

LIST_LIMIT_MS: Final = 50.0
COUNT_LIMIT_MS: Final = 150.0
ROUNDS: Final = 7


class Case(NamedTuple):
    """Milliseconds of all requests of a case."""

    name: str
    lists: list[float]
    counts: list[float]


class ReadCase(NamedTuple):
    """Milliseconds of all requests of a read, and what its p95 may be."""

    name: str
    limit: float
    times: list[float]


def main(options: argparse.Namespace) -> int:
    """0: every p95 keeps its limit; 1: some do not."""
    console = Console(stderr=True)
    with ExitStack() as opened:
        folder = Path(options.data or opened.enter_context(tempfile.TemporaryDirectory()))
        servers = opened.enter_context(stack.servers(folder, api_jobs.SERVER_OPTIONS))
        url = normalise_database_url(servers.environment["DATABASE_URL"])
        database = connect(url, pool_size=1, statement_timeout_seconds=3600.0, application_name="bench")
        opened.callback(database.close)
        with console.status("seeding") as status:
            api_jobs.fill(database, options.jobs, status.update)
        with stack.api(servers.environment) as address, console.status("measuring") as status:
            measured = []
            for name, queries in cases().items():
                status.update(f"measuring {name}")
                measured.append(_measure(address, name, queries))
            seen = [_measure_read(address, name, read) for name, read in reads(database).items()]
            status.update("queueing a backlog")
            with explain_jobs.backlog(database, min(options.jobs, explain_jobs.BACKLOG)) as explanations:
                status.update("measuring explanations")
                seen += [_measure_read(address, name, read) for name, read in explanations.items()]
    if options.json:
        figures = {"cases": [_figures(case) for case in measured], "reads": [_read_figures(case) for case in seen]}
        print(json.dumps({"command": "api", "jobs": options.jobs, **figures}, indent=2))
    else:
        screen = Console(width=100)
        screen.print(_table(options.jobs, measured))
        screen.print(_read_table(seen))
    late = any(_p95(case.lists) > LIST_LIMIT_MS or _p95(case.counts) > COUNT_LIMIT_MS for case in measured)
    return 1 if late or any(_p95(case.times) > case.limit for case in seen) else 0


def _measure(address: str, name: str, queries: list[Query]) -> Case:
    """Each query, its first page and the next; the first round warms caches and is not counted."""
    case = Case(name, [], [])
    with requests.Session() as session:
        for number in range(ROUNDS + 1):
            lists, counts = ([], []) if number == 0 else (case.lists, case.counts)
            for query in queries:
                page = _timed(session, f"{address}/jobs", query, lists)
                if page["next_cursor"]:
                    _timed(session, f"{address}/jobs", {**query, "cursor": page["next_cursor"]}, lists)
                _timed(session, f"{address}/jobs/count", {key: query[key] for key in query if key != "sort"}, counts)
    return case


def _measure_read(address: str, name: str, read: Read) -> ReadCase:
    """Each path; the first round warms caches and is not counted."""
    case = ReadCase(name, read.limit_ms, [])
    with requests.Session() as session:
        for number in range(ROUNDS + 1):
            for path, query in read.paths:
                _timed(session, address + path, query, [] if number == 0 else case.times)
    return case


def _timed(session: requests.Session, url: str, query: Query, into: list[float]) -> dict[str, object]:
    began = time.perf_counter()
    answer = session.get(url, params=query, timeout=10)
    into.append((time.perf_counter() - began) * 1000)
    if answer.status_code != 503:
        answer.raise_for_status()
        return dict(answer.json())
    into[-1] = max(into[-1], 2_000.0)  # it gave up
    return {"next_cursor": None}


def _p95(values: list[float]) -> float:
    return sorted(values)[round(0.95 * (len(values) - 1))]


def _figures(case: Case) -> dict[str, object]:
    return {
        "case": case.name,
        "list_p50_ms": statistics.median(case.lists),
        "list_p95_ms": _p95(case.lists),
        "count_p50_ms": statistics.median(case.counts),
        "count_p95_ms": _p95(case.counts),
    }


def _read_figures(case: ReadCase) -> dict[str, object]:
    return {"read": case.name, "limit_ms": case.limit, "p50_ms": statistics.median(case.times), "p95_ms": _p95(case.times)}


def _read_table(seen: list[ReadCase]) -> Table:
    drawn = Table(box=None, pad_edge=False)
    drawn.add_column("read")
    for column in ("p50", "p95", "at most"):
        drawn.add_column(column, justify="right")
    for case in seen:
        shown = (f"{value:.1f}" for value in (statistics.median(case.times), _p95(case.times), case.limit))
        drawn.add_row(case.name, *shown, style="red" if _p95(case.times) > case.limit else None)
    return drawn


def _table(jobs: int, measured: list[Case]) -> Table:
    title = f"api, {jobs:,} jobs: milliseconds, at most {LIST_LIMIT_MS:g} for a page and {COUNT_LIMIT_MS:g} for a count"
    drawn = Table(box=None, pad_edge=False, title=title, title_justify="left")
    drawn.add_column("filter")
    for column in ("list p50", "list p95", "count p50", "count p95"):
        drawn.add_column(column, justify="right")
    for case in measured:
        shown = [statistics.median(case.lists), _p95(case.lists), statistics.median(case.counts), _p95(case.counts)]
        over = _p95(case.lists) > LIST_LIMIT_MS or _p95(case.counts) > COUNT_LIMIT_MS
        drawn.add_row(case.name, *(f"{value:.1f}" for value in shown), style="red" if over else None)
    return drawn
