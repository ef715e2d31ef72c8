"""`python -m bench scale`: its arguments, and the order of its parts."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from bench import cpu, machine
from bench.scale import backlogs, drains, history, pruning, report, snapshot
from bench.scale.site import Site, site
from bench.targets import said

RESULTS: Final = Path(__file__).parents[1] / "results"
PARTS: Final = ("backlogs", "history", "pruning", "snapshot")
_WHOLE: Final[dict[str, Any]] = {
    "backlogs": [1_000, 10_000, 100_000, 1_000_000],
    "jobs": 100_000,
    "rows": 10_000_000,
    "drained": 300_000,
    "pruned": 1_000_000,
    "snapshot": 120.0,
    "rounds": 5,
    "only": list(PARTS),
}
"""The arguments of a run whose results are kept, and their defaults."""


def add_arguments(command: argparse.ArgumentParser, number: Callable[[str], int]) -> None:
    """number: reads one that is large enough."""
    texts = {
        "jobs": "measured of each backlog in a round",
        "rows": "finished jobs in the table",
        "drained": "of each drain beside them",
        "pruned": "of them",
    }
    command.add_argument("--only", nargs="+", choices=PARTS, default=_WHOLE["only"], help="some parts; default all")
    command.add_argument("--backlogs", nargs="+", type=number, default=_WHOLE["backlogs"], metavar="N", help="sizes")
    for name, text in texts.items():
        command.add_argument(f"--{name}", type=number, default=_WHOLE[name], help=f"{text}; default {_WHOLE[name]:,}")
    command.add_argument("--snapshot", type=float, default=_WHOLE["snapshot"], metavar="SECONDS", help="default 120")
    command.add_argument(
        "--rounds", type=int, choices=range(1, 100), metavar="N", default=_WHOLE["rounds"], help="default 5"
    )
    command.add_argument("--json", action="store_true", help="all rounds, as JSON")


def main(options: argparse.Namespace) -> int:
    """0: every target is met; 1: some are not; 2: nothing was measured."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped
    console = Console(stderr=True)
    if not cpu.IS_KNOWN:
        console.print("bench: CPU is read from /proc, which only Linux has", style="red")
        return 2
    fewest = int(options.pruned * pruning.OLD_PER_PRUNED) + 1
    if "pruning" in options.only and options.rows < fewest:
        text = f"bench: --rows {options.rows} are too few to prune {options.pruned} of them; {fewest} are enough"
        console.print(text, style="red", highlight=False, soft_wrap=True)
        return 2
    document = measured(options, console)
    reached = report.targets(document)
    document["targets"] = [target.document() for target in reached]
    if options.json:
        print(json.dumps(document, indent=2))
    else:
        report.show(Console(width=None if sys.stdout.isatty() else 130), document)
    if all(getattr(options, name) == value for name, value in _WHOLE.items()):
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "scale.json").write_text(json.dumps(document, indent=1) + "\n")
        (RESULTS / "scale.svg").write_text(report.drawing(document))
    return 0 if all(target.met for target in reached) else 1


def measured(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """All figures of all rounds, for JSON."""
    began = datetime.now(UTC)

    def tell(text: str) -> None:
        seconds = (datetime.now(UTC) - began).total_seconds()
        console.print(f"{seconds:6.0f} s  {text}", highlight=False, markup=False, soft_wrap=True)

    document: dict[str, Any] = {"command": "scale", "at": began.isoformat(timespec="seconds"), "machine": machine.facts()}
    document |= {name: getattr(options, name) for name in ("jobs", "rows", "drained")}
    if "backlogs" in options.only:
        document["backlogs"] = _backlogs(options, tell)
    if {"history", "pruning", "snapshot"} & set(options.only):
        document |= _beside_history(options, tell)
    return document


def _backlogs(options: argparse.Namespace, tell: Callable[[str], None]) -> list[dict[str, float]]:
    """Each size once a round, by turns, so that what drifts hits all alike."""
    found = []
    for number in range(1, options.rounds + 1):
        for backlog in options.backlogs:
            tell(f"{backlog:,} waiting, round {number} of {options.rounds}")
            for _ in range(2):  # once more, if it was disturbed
                figures = backlogs.measure(backlog, options.jobs)
                tell(said(figures))
                found.append({"backlog": backlog, "round": number, **figures})
                if not report.is_disturbed(figures):
                    break
    return found


def _beside_history(options: argparse.Namespace, tell: Callable[[str], None]) -> dict[str, Any]:
    """Everything for which a table full of finished jobs is needed, on the same servers."""
    found: dict[str, Any] = {}
    with ExitStack() as opened:
        full = _opened(opened, options.rows, tell)
        if "history" in options.only:
            with ExitStack() as for_now:
                empty = _opened(for_now, 0, tell)
                found["history"] = drains.compare(empty, full, jobs=options.drained, rounds=options.rounds, tell=tell)
        if "pruning" in options.only:
            found["pruning"] = pruning.measure(full, rows=options.pruned, tell=tell)
            tell(said(found["pruning"]))
        if "snapshot" in options.only:
            tell("draining with no snapshot")
            per_s = drains.drain(full, options.drained)["jobs_per_s"]
            found["snapshot"] = snapshot.measure(full, seconds=options.snapshot, jobs_per_s=per_s, tell=tell)
            tell(said(found["snapshot"]))
    return found


def _opened(opened: ExitStack, rows: int, tell: Callable[[str], None]) -> Site:
    folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
    return opened.enter_context(site(folder, history.servers(folder, rows, tell)))
