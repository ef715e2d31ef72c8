"""Medians of the rounds as a table, and what GoQueue is to reach beside its peers."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peers.manifest import OURS
from bench.peers.measure import Row

PYTHON_PEERS = ("arq", "celery", "dramatiq", "huey", "pgqueuer", "procrastinate", "rq", "saq", "taskiq")
_COLUMNS: Mapping[str, str] = {
    "drained_per_s": "drained/s",
    "submit_one_per_s": "submits/s",
    "submit_many_per_s": "in bulk/s",
    "wait_p50_ms": "p50 ms",
    "wait_p99_ms": "p99 ms",
    "worker_cpu_s_per_1000": "worker CPU s/1k",
    "server_cpu_s_per_1000": "server CPU s/1k",
    "memory_mb": "MB",
}
_HTTP_COLUMNS: Mapping[str, str] = {
    "posts_per_s": "POSTs/s",
    "post_p50_ms": "p50 ms",
    "post_p99_ms": "p99 ms",
    "post_cpu_s_per_1000": "CPU s/1k",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached. value: what was; bound: at least, or with `at_most` at most."""

    what: str
    value: float
    bound: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "met": self.met}


def medians(rows: Sequence[Row], figure: str) -> dict[str, float]:
    """Peer -> the median of its rounds; of those that were not disturbed, if there are any."""
    found: dict[str, float] = {}
    for name in dict.fromkeys(row.peer for row in rows):
        having = [row for row in rows if row.peer == name and figure in row.figures]
        values = [row.figures[figure] for row in ([row for row in having if not row.disturbed] or having)]
        if values:
            found[name] = statistics.median(values)
    return found


def targets(rows: Sequence[Row]) -> list[Target]:
    """Those whose peers were measured."""
    found = []
    drained = medians(rows, "drained_per_s")
    for peer, times in (
        ("graphile-worker-batched", 1.0),
        ("bullmq", 2.0),
        ("dramatiq", 5.0),
        ("celery-prefork", 15.0),
        ("procrastinate", 50.0),
    ):
        if peer in drained and OURS in drained:
            found.append(Target(f"drained, times {peer}", drained[OURS] / drained[peer], times))
    bounds: tuple[tuple[str, str, float, bool], ...] = (
        ("in bulk over HTTP, jobs/s", "submit_many_per_s", 30_000, False),
        ("p50 from POST to handler, ms", "wait_p50_ms", 5, True),
        ("p99 from POST to handler, ms", "wait_p99_ms", 15, True),
    )
    found += [
        Target(what, medians(rows, figure)[OURS], bound, at_most)
        for what, figure, bound, at_most in bounds
        if OURS in medians(rows, figure)
    ]
    posts, slow = medians(rows, "posts_per_s"), medians(rows, "post_p99_ms")
    if f"{OURS} over HTTP" in posts and "celery over HTTP" in posts:
        found.append(Target("POSTs, times Flower", posts[f"{OURS} over HTTP"] / posts["celery over HTTP"], 2.0))
    if f"{OURS} over HTTP" in slow:
        found.append(Target("p99 of a POST, ms", slow[f"{OURS} over HTTP"], 25, at_most=True))
    cpu = _cpu(rows)
    others = {name: value for name, value in cpu.items() if name.split("-")[0] in PYTHON_PEERS}
    if others and OURS in cpu:
        cheapest = min(others, key=lambda name: others[name])
        found.append(Target(f"CPU s of 1,000 jobs; {cheapest} has", cpu[OURS], others[cheapest], at_most=True))
    ours = [row for row in rows if row.peer == OURS]
    if ours:
        found.append(Target("share of rounds in which each job ran once", sum(row.once for row in ours) / len(ours), 1.0))
    return found


def _cpu(rows: Sequence[Row]) -> dict[str, float]:
    workers, servers = medians(rows, "worker_cpu_s_per_1000"), medians(rows, "server_cpu_s_per_1000")
    return {name: workers[name] + servers[name] for name in workers}


def show(console: Console, rows: Sequence[Row], reached: Sequence[Target]) -> None:
    """Fastest first."""
    console.print(_table(rows, "drained_per_s", _COLUMNS))
    console.print(_table(rows, "posts_per_s", _HTTP_COLUMNS))
    drawn = Table(box=None, pad_edge=False, title="targets", title_justify="left")
    for name in ("", "reached", "bound", ""):
        drawn.add_column(name, justify="left" if name == "" else "right")
    for target in reached:
        verdict = "[green]met[/]" if target.met else "[red]missed[/]"
        drawn.add_row(target.what, shown(target.value), ("<= " if target.at_most else ">= ") + shown(target.bound), verdict)
    console.print(drawn)
    for row in rows:
        if row.error:
            console.print(f"{row.peer}, round {row.round}: {row.error.splitlines()[-1]}", style="red", highlight=False)


def _table(rows: Sequence[Row], order: str, columns: Mapping[str, str]) -> Table:
    drawn = Table(box=None, pad_edge=False)
    drawn.add_column("peer")
    for title in columns.values():
        drawn.add_column(title, justify="right")
    drawn.add_column("once")
    found = {figure: medians(rows, figure) for figure in columns}
    ranked: Callable[[str], float] = lambda name: -found[order][name]  # noqa: E731
    for name in sorted(found[order], key=ranked):
        cells = [shown(found[figure][name]) if name in found[figure] else "-" for figure in columns]
        once = all(row.once for row in rows if row.peer == name and not row.error)
        drawn.add_row(name, *cells, "yes" if once else "[red]NO[/]")
    return drawn


def shown(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
