"""What more worker processes bring, how the API answers many connections, and what idle workers cost."""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench import cpu, idle, posting, stack, throughput
from bench.targets import Target, said, shown, table

_THREADS: Final = 8
_WARM_SECONDS: Final = 2.0
_DRAIN_COLUMNS: Final = {
    "drained_per_s": "drained/s",
    "steady_per_s": "steady/s",
    "worker_cpu_s_per_1000": "worker CPU s/1k",
    "server_cpu_s_per_1000": "server CPU s/1k",
}
_POST_FIGURES: Final = {
    "posts_per_s": "POSTs/s",
    "post_p50_ms": "p50 ms of a POST",
    "post_p99_ms": "p99 ms of a POST",
    "post_max_ms": "slowest POST, ms",
    "fewest_of_a_connection": "fewest POSTs of one connection",
    "post_cpu_s_per_1000": "CPU s of 1,000 POSTs, API and servers",
}
_IDLE_FIGURES: Final = {
    "redis_per_s": "commands of Redis a second",
    "postgres_per_s": "transactions of PostgreSQL a second",
    "worker_cpu": "CPU s a second, workers",
    "postgres_cpu": "CPU s a second, PostgreSQL",
    "redis_cpu": "CPU s a second, Redis",
}
Figures = dict[str, Any]


def add_arguments(command: argparse.ArgumentParser, number: Callable[[str], int], positive: Callable[[str], int]) -> None:
    """number: reads one that is large enough; positive: one from 1."""
    command.add_argument("--processes", nargs="+", type=positive, default=[1, 2, 4, 8], metavar="N", help="default 1 2 4 8")
    command.add_argument("--jobs", type=number, default=100_000, help="of each drain; default 100,000")
    command.add_argument("--connections", type=positive, default=64, help="that post and are kept alive; default 64")
    command.add_argument("--idle", type=positive, default=30, help="worker processes without work; default 30")
    command.add_argument("--seconds", type=float, default=20.0, help="of posting and of idling; default 20")
    command.add_argument("--rounds", type=positive, default=3, help="each on new servers; default 3")
    command.add_argument("--json", action="store_true", help="all rounds, as JSON")


def main(options: argparse.Namespace) -> int:
    """0: no POST failed, and each job ran once; 1: not so; 2: nothing was measured."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped
    console = Console(stderr=True)
    if not cpu.IS_KNOWN:
        console.print("bench: CPU is read from /proc, which only Linux has", style="red")
        return 2
    found = _measured(options, console)
    reached = _targets(found)
    if options.json:
        sizes = {name: getattr(options, name) for name in ("jobs", "connections", "idle", "seconds")}
        document = {"command": "processes", **sizes, **found, "targets": [target.document() for target in reached]}
        print(json.dumps(document, indent=2))
    else:
        screen = Console(width=None if sys.stdout.isatty() else 100)
        screen.print(_drain_table(found["drains"]))
        screen.print(_figure_table(f"{options.connections} connections", _POST_FIGURES, found["posts"]))
        screen.print(_figure_table(f"{options.idle} idle processes", _IDLE_FIGURES, found["idles"]))
        screen.print(table(reached))
    return 0 if all(target.met for target in reached) else 1


def _measured(options: argparse.Namespace, console: Console) -> dict[str, list[Figures]]:
    """Everything once a round, by turns, so that what drifts hits all alike."""
    found: dict[str, list[Figures]] = {"drains": [], "posts": [], "idles": []}
    for number in range(1, options.rounds + 1):
        for processes in options.processes:
            console.print(f"round {number}: draining by {processes} processes", highlight=False)
            sizes = argparse.Namespace(jobs=options.jobs, processes=processes, threads=_THREADS)
            drained = _on_new_servers(partial(throughput.measure, options=sizes))
            console.print(said(drained), highlight=False, soft_wrap=True)
            found["drains"].append({"processes": processes, **drained})
        console.print(f"round {number}: posting by {options.connections} connections", highlight=False)
        found["posts"].append(_on_new_servers(partial(_posted, options=options)))
        console.print(f"round {number}: {options.idle} idle processes", highlight=False)
        found["idles"].append(_on_new_servers(partial(idle.measure, processes=options.idle, seconds=options.seconds)))
    return found


def _on_new_servers(measure: Callable[[stack.Servers], Figures]) -> Figures:
    with tempfile.TemporaryDirectory() as folder, stack.servers(Path(folder)) as servers:
        return measure(servers)


def _posted(servers: stack.Servers, options: argparse.Namespace) -> Figures:
    """error: of the first POST that failed, or what became of a job; empty: none. No worker runs what is posted."""
    with (
        throughput.opened(servers) as database,
        stack.api_process({**servers.environment, "GOQUEUE_LOG_LEVEL": "error"}) as (url, api),
    ):
        try:
            warm = posting.run(f"{url}/jobs", _WARM_SECONDS, options.connections)
            before = cpu.seconds([api, *servers.pids])
            posted = posting.run(f"{url}/jobs", options.seconds, options.connections)
        except RuntimeError as error:
            return {"error": str(error)}
        used = cpu.seconds([api, *servers.pids]) - before
        jobs = database.run("SELECT count(*) FROM jobs")[0][0]
    answered = int(posted["answered"])
    return {
        "posts_per_s": answered / options.seconds,
        "post_p50_ms": posted["p50_ms"],
        "post_p99_ms": posted["p99_ms"],
        "post_max_ms": posted["max_ms"],
        "fewest_of_a_connection": posted["fewest"],
        "post_cpu_s_per_1000": used / answered * 1000,
        "error": ""
        if jobs == answered + warm["answered"]
        else f"{answered} POSTs were answered, and there are {jobs} jobs",
    }


def _targets(found: dict[str, list[Figures]]) -> list[Target]:
    drains, posts = found["drains"], found["posts"]
    return [
        Target("rounds of POSTs with an error", sum(bool(one["error"]) for one in posts), 0, at_most=True),
        Target("share of drains in which each job ran once", sum(one["once"] for one in drains) / len(drains), 1),
    ]


def _drain_table(drains: Sequence[Figures]) -> Table:
    drawn = Table(box=None, pad_edge=False)
    for title in ("processes", *_DRAIN_COLUMNS.values()):
        drawn.add_column(title, justify="right")
    for processes in dict.fromkeys(one["processes"] for one in drains):
        rounds = [one for one in drains if one["processes"] == processes]
        cells = (statistics.median(one[figure] for one in rounds) for figure in _DRAIN_COLUMNS)
        drawn.add_row(str(processes), *map(shown, cells))
    return drawn


def _figure_table(title: str, figures: dict[str, str], rounds: Sequence[Figures]) -> Table:
    """Medians of the rounds without an error, and the error of the first that has one."""
    drawn = Table(title, box=None, pad_edge=False)
    drawn.add_column("median", justify="right")
    sound = [one for one in rounds if not one.get("error")]
    for name, text in figures.items():
        drawn.add_row(text, shown(statistics.median(one[name] for one in sound)) if sound else "-")
    for one in rounds:
        if one.get("error"):
            drawn.add_row(one["error"].splitlines()[-1][:80], "", style="red")
    return drawn
