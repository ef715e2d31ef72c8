"""The tables, the targets and the chart of what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import chart
from bench.machine import DISTURBED_CORES
from bench.scale.drains import overall
from bench.targets import Target, shown, table

Document = Mapping[str, Any]
"""What command.measured answers."""

BACKLOG_COLUMNS = {
    "jobs_per_s": "jobs/s",
    "worker_cpu_s_per_1000": "worker CPU s/1k",
    "server_cpu_s_per_1000": "server CPU s/1k",
    "cpu_s_per_1000": "CPU s/1k",
}
_PRUNING_FIGURES = {
    "alone_per_s": "jobs/s with no pruning",
    "beside_per_s": "jobs/s while old jobs are pruned",
    "pruned": "pruned",
    "drained_beside": "jobs that ran meanwhile",
    "dead_share_at_its_end": "dead share of jobs at its end",
    "dead_share_a_minute_later": "dead share of jobs a minute later",
    "search_dead_share_a_minute_later": "dead share of job_search a minute later",
}
_SNAPSHOT_FIGURES = {
    "before_per_s": "jobs/s before the snapshot",
    "beginning_per_s": "jobs/s in its first third",
    "end_per_s": "jobs/s in its last third",
    "kept": "the last by the first",
    "held_seconds": "seconds it was held",
}


def medians(rounds: Sequence[Document], figure: str) -> dict[int, float]:
    """Backlog -> the median of its rounds; of those that were not disturbed, if there are any."""
    found: dict[int, list[Document]] = {}
    for one in rounds:
        found.setdefault(one["backlog"], []).append(one)
    return {
        backlog: statistics.median(one[figure] for one in [one for one in its if not is_disturbed(one)] or its)
        for backlog, its in found.items()
    }


def is_disturbed(figures: Document) -> bool:
    """Whether others used so much of the machine meanwhile that they say little."""
    used: float = figures["other_cores"]
    return used > DISTURBED_CORES


def targets(document: Document) -> list[Target]:
    """Of what was measured."""
    return [*_of_backlogs(document), *_of_history(document), *_of_pruning(document), *_once(document)]


def show(console: Console, document: Document) -> None:
    """Tables."""
    if backlogs := document.get("backlogs"):
        console.print(_backlog_table(backlogs))
    rows: list[tuple[str, float]] = []
    if history := document.get("history"):
        rows += [("jobs/s, empty table", overall(history["empty"])), (_among(document), overall(history["full"]))]
    for part, names in (("pruning", _PRUNING_FIGURES), ("snapshot", _SNAPSHOT_FIGURES)):
        if figures := document.get(part):
            rows += [(text, figures[name]) for name, text in names.items()]
    if rows:
        drawn = Table("figure", box=None, pad_edge=False)
        drawn.add_column("", justify="right")
        for text, value in rows:
            drawn.add_row(text, shown(value))
        console.print(drawn)
    console.print(table(targets(document)))


def drawing(document: Document) -> str:
    """Of a run that measured everything, as SVG."""
    history, pruning, snapshot = document["history"], document["pruning"], document["snapshot"]
    rates = {
        "empty table": overall(history["empty"]),
        f"{document['rows']:,} ended": overall(history["full"]),
        "while old jobs are pruned": pruning["beside_per_s"],
        "snapshot, its beginning": snapshot["beginning_per_s"],
        f"snapshot after {snapshot['held_seconds']:.0f} s": snapshot["end_per_s"],
    }
    costs = {f"{backlog:,}": cost for backlog, cost in medians(document["backlogs"], "cpu_s_per_1000").items()}
    groups = {"CPU seconds for 1,000 jobs, by how many wait": costs, "Jobs per second, two worker processes": rates}
    return chart.compared("What a job costs, and how many are dispatched", groups)


def _backlog_table(rounds: Sequence[Document]) -> Table:
    drawn = Table(box=None, pad_edge=False)
    for title in ("waiting", *BACKLOG_COLUMNS.values()):
        drawn.add_column(title, justify="right")
    found = {figure: medians(rounds, figure) for figure in BACKLOG_COLUMNS}
    for backlog in found["jobs_per_s"]:
        drawn.add_row(f"{backlog:,}", *(shown(found[figure][backlog]) for figure in BACKLOG_COLUMNS))
    return drawn


def _among(document: Document) -> str:
    return f"jobs/s, {document['rows']:,} ended jobs in it"


def _of_backlogs(document: Document) -> list[Target]:
    rounds = document.get("backlogs")
    if not rounds:
        return []
    costs, rates = (medians(rounds, figure).values() for figure in ("cpu_s_per_1000", "jobs_per_s"))
    return [
        Target("CPU of a job, greatest by least backlog's", max(costs) / min(costs), 1.1, at_most=True),
        Target("jobs/s, slowest by quickest backlog's", min(rates) / max(rates), 0.9),
    ]


def _of_history(document: Document) -> list[Target]:
    history = document.get("history")
    if not history:
        return []
    return [Target(f"{_among(document)}, of empty", overall(history["full"]) / overall(history["empty"]), 0.9)]


def _of_pruning(document: Document) -> list[Target]:
    pruning = document.get("pruning")
    if not pruning:
        return []
    return [
        Target("jobs/s kept while old jobs are pruned", pruning["kept"], 0.9),
        Target("dead share of jobs a minute later", pruning["dead_share_a_minute_later"], 0.05, at_most=True),
    ]


def _once(document: Document) -> list[Target]:
    history = document.get("history") or {}
    parts = [document.get(part) for part in ("pruning", "snapshot")]
    measured = [*document.get("backlogs", ()), *history.get("empty", ()), *history.get("full", ()), *filter(None, parts)]
    return [
        Target("share of measurements in which each job ran once", sum(one["once"] for one in measured) / len(measured), 1)
    ]
