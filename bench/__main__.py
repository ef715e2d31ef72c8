"""`python -m bench COMMAND`: one measurement on servers of its own, as a table or JSON; see README.md."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import api, bulk, events, fairness, latency, processes, refill, schedules, stack, submit, throughput
from bench.scale import command as scale

Figures = dict[str, float]
Measure = Callable[[stack.Servers, argparse.Namespace], Figures]


def main() -> int:
    """0 measured, 1 a job was lost or ran twice, or something took longer than it may."""
    options = parser().parse_args()
    if "run" in options:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    console = Console(stderr=True)
    rounds: list[Figures] = []
    for number in range(1, options.rounds + 1):
        with (
            console.status(f"{options.command}: round {number} of {options.rounds}"),
            tempfile.TemporaryDirectory() as folder,
            stack.servers(Path(folder)) as servers,
        ):
            rounds.append(options.measure(servers, options))
    if options.json:
        print(json.dumps({"command": options.command, "jobs": options.jobs, "rounds": rounds}, indent=2))
    else:
        Console(width=100).print(table(options, rounds))
    return 0 if all(figures.get(name, 1) == 1 for figures in rounds for name in ("once", "in_time", "at_rest")) else 1


def parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    described = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = described.add_subparsers(dest="command", required=True, metavar="COMMAND")
    measures: dict[str, tuple[Measure, int, int, str]] = {
        "throughput": (throughput.measure, 100_000, 3, "jobs per second that a worker drains"),
        "latency": (latency.measure, 200, 3, "from the start of a POST to the start of the handler"),
        "submit": (submit.measure, 50_000, 3, "jobs per second that one program hands over by HTTP"),
        "bulk": (bulk.measure, 1_000_000, 1, "jobs per second that a worker drains while /bulk retries others"),
        "refill": (refill.measure, 1_000_000, 1, "jobs per second that a worker drains after Redis lost all ids"),
    }
    for name, (measure, jobs, rounds, text) in measures.items():
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(measure=measure)
        command.add_argument("--jobs", type=at_least_100, default=jobs, help=f"default {jobs:,}")
        command.add_argument("--rounds", type=positive, default=rounds, help=f"each on new servers; default {rounds}")
        command.add_argument("--processes", type=positive, default=2, help="of the worker; default 2")
        command.add_argument("--threads", type=positive, default=8, help="in each; default 8")
        command.add_argument("--json", action="store_true", help="all rounds, as JSON")
    text = "POSTs per second with many streams of GET /events open and with none, and how soon those hear of a job's end"
    command = commands.add_parser("events", help=text, description=text)
    command.set_defaults(measure=events.measure, jobs=0)
    command.add_argument("--streams", type=positive, default=300, help="default 300")
    command.add_argument("--rounds", type=positive, default=1, help="each on new servers; default 1")
    command.add_argument("--json", action="store_true", help="all rounds, as JSON")
    text = "seconds until a thousand schedules that are due at once have their jobs, and what ten thousand cost at rest"
    command = commands.add_parser("schedules", help=text, description=text)
    command.set_defaults(measure=schedules.measure, jobs=0)
    command.add_argument("--schedules", type=at_least_100, default=1_000, help="due at once; default 1,000")
    command.add_argument("--idle", type=at_least_100, default=10_000, help="at rest; default 10,000")
    command.add_argument("--rounds", type=positive, default=1, help="each on new servers; default 1")
    command.add_argument("--json", action="store_true", help="all rounds, as JSON")
    text = "p50 and p95 of GET /jobs and GET /jobs/count"
    command = commands.add_parser("api", help=text, description=text)
    command.set_defaults(run=api.main)
    command.add_argument("--jobs", type=at_least_100, default=10_000_000, help="default 10,000,000")
    command.add_argument("--data", help="a folder that keeps the servers' data: seeded once, measured again and again")
    command.add_argument("--json", action="store_true", help="as JSON")
    text = "what more worker processes bring, 64 connections that post, and what 30 idle processes cost"
    command = commands.add_parser("processes", help=text, description=text)
    command.set_defaults(run=processes.main)
    processes.add_arguments(command, at_least_100, positive)
    text = "how long 1 ms jobs wait for a handler beside 10 s jobs, with one free thread"
    command = commands.add_parser("fairness", help=text, description=text)
    command.set_defaults(run=fairness.main)
    fairness.add_arguments(command, positive)
    text = "what a job costs however many wait, have ended, are being pruned, or are held by an old snapshot"
    command = commands.add_parser("scale", help=text, description=text)
    command.set_defaults(run=scale.main)
    scale.add_arguments(command, at_least_100)
    return described


def at_least_100(text: str) -> int:
    """A number from 100: fewer say nothing."""
    number = int(text)
    if number < 100:
        raise ValueError(text)
    return number


def positive(text: str) -> int:
    """A number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def table(options: argparse.Namespace, rounds: list[Figures]) -> Table:
    """The median of the rounds, and their range."""
    sizes = {name: getattr(options, name, 0) for name in ("jobs", "streams", "schedules")}
    size = ", ".join(f"{number:,} {name}" for name, number in sizes.items() if number)
    drawn = Table(box=None, pad_edge=False, title=f"{options.command}, {size}", title_justify="left")
    drawn.add_column("figure")
    drawn.add_column("median", justify="right")
    drawn.add_column(f"range of {len(rounds)}", justify="right")
    for name in rounds[0]:
        values = [figures[name] for figures in rounds]
        drawn.add_row(name, shown(statistics.median(values)), f"{shown(min(values))} to {shown(max(values))}")
    return drawn


def shown(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3f}" if value < 1 else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
