"""Medians of the rounds, and the tables of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench.peers.measure import Row
from bench.targets import Target, shown, table

COLUMNS: Mapping[str, str] = {
    "drained_per_s": "drained/s",
    "submit_one_per_s": "submits/s",
    "submit_many_per_s": "in bulk/s",
    "wait_p50_ms": "p50 ms",
    "wait_p99_ms": "p99 ms",
    "worker_cpu_s_per_1000": "worker CPU s/1k",
    "server_cpu_s_per_1000": "server CPU s/1k",
    "memory_mb": "MB",
}
HTTP_COLUMNS: Mapping[str, str] = {
    "posts_per_s": "POSTs/s",
    "post_p50_ms": "p50 ms",
    "post_p99_ms": "p99 ms",
    "post_cpu_s_per_1000": "CPU s/1k",
}


def medians(rows: Sequence[Row], figure: str) -> dict[str, float]:
    """Peer -> the median of its rounds; of those that were not disturbed, if there are any."""
    found: dict[str, float] = {}
    for name in dict.fromkeys(row.peer for row in rows):
        having = [row for row in rows if row.peer == name and figure in row.figures]
        values = [row.figures[figure] for row in ([row for row in having if not row.disturbed] or having)]
        if values:
            found[name] = statistics.median(values)
    return found


def show(console: Console, rows: Sequence[Row], reached: Sequence[Target]) -> None:
    """Fastest first."""
    console.print(_table(rows, "drained_per_s", COLUMNS, jobs_ran=True))
    console.print(_table(rows, "posts_per_s", HTTP_COLUMNS, jobs_ran=False))
    console.print(table(reached))
    for row in rows:
        if row.error:
            said = f"{row.peer}, round {row.round}: {row.error.splitlines()[0]}"
            console.print(said, style="red", highlight=False, markup=False)


def _table(rows: Sequence[Row], order: str, columns: Mapping[str, str], *, jobs_ran: bool) -> Table:
    """runs: how many of a peer's were undisturbed and without an error, of all."""
    drawn = Table(box=None, pad_edge=False)
    drawn.add_column("peer")
    for title in columns.values():
        drawn.add_column(title, justify="right")
    drawn.add_column("runs", justify="right")
    if jobs_ran:
        drawn.add_column("once")
    found = {figure: medians(rows, figure) for figure in columns}
    ranked: Callable[[str], float] = lambda name: -found[order][name]  # noqa: E731
    for name in sorted(found[order], key=ranked):
        cells = [shown(found[figure][name]) if name in found[figure] else "-" for figure in columns]
        its = [row for row in rows if row.peer == name]
        cells.append(f"{sum(not row.disturbed and not row.error for row in its)} of {len(its)}")
        if jobs_ran:
            cells.append("yes" if all(row.once for row in its) else "[red]NO[/]")
        drawn.add_row(name, *cells)
    return drawn
