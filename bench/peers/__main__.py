"""`python -m bench.peers`: GoQueue and others side by side in one run, as a table, JSON and a chart; see ../README.md."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import chart, cpu, machine
from bench.peers import posts, report, targets
from bench.peers.environments import Environments
from bench.peers.manifest import OURS, Peer, peers
from bench.peers.measure import Row, measure
from bench.peers.stores import Stores
from bench.targets import shown

RESULTS = Path(__file__).parents[1] / "results"
_WHOLE_ROUNDS = 3
_KEPT = Path(__file__).parents[2] / ".bench"


def main() -> int:
    """0: everything asked for was measured, and every target is met; 1: not so; 2: nothing was."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped
    chosen = peers(options.only)
    if options.list:
        print("\n".join(peer.name for peer in chosen))
        return 0
    console = Console(stderr=True)
    if not cpu.IS_KNOWN:
        console.print("bench: CPU and memory are read from /proc, which only Linux has", style="red")
        return 2
    unknown = [word for word in options.only if not any(word in peer.name for peer in chosen)]
    if unknown:
        console.print(f"bench: no peer has {unknown[0]!r} in its name; --list has all names", style="red", markup=False)
        return 2
    environments = Environments(options.folder.resolve())
    try:
        environments.install(chosen, console.print)
    except subprocess.CalledProcessError as error:
        console.print(f"bench: {error}; what it said is in install.log below {options.folder}", style="red")
        return 2
    rows = _rounds(chosen, environments, options, console)
    document = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine.facts(), "rows": rows}
    reached = targets.targets(rows)
    if options.json:
        print(json.dumps({**_plain(document), "targets": [target.document() for target in reached]}, indent=2))
    else:
        report.show(Console(width=None if sys.stdout.isatty() else 130), rows, reached)
    if not options.only and options.scale == 1 and options.rounds >= _WHOLE_ROUNDS and not any(row.error for row in rows):
        _keep(document, rows)
    return 0 if all(target.met for target in reached) and not any(row.error for row in rows) else 1


def _parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    described.add_argument("--only", nargs="*", default=[], metavar="WORD", help="peers whose name has one of these in it")
    described.add_argument("--rounds", type=int, default=_WHOLE_ROUNDS, help="each peer once in each; default 3")
    described.add_argument("--scale", type=float, default=1.0, help="of the number of jobs; results are kept with 1 only")
    described.add_argument("--folder", type=Path, default=_KEPT, help="keeps the peers' packages and the servers' data")
    described.add_argument("--list", action="store_true", help="the names of all, and nothing else")
    described.add_argument("--json", action="store_true", help="all rounds, as JSON")
    return described


def _rounds(chosen: Sequence[Peer], environments: Environments, options: argparse.Namespace, console: Console) -> list[Row]:
    """Each peer once a round, by turns, so that what drifts hits all alike."""
    rows: list[Row] = []
    options.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    over_http: dict[str, Peer] = {}
    for peer in chosen:
        if peer.http is not None:
            over_http.setdefault(peer.folder, peer)
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Stores(options.folder / "stores") as stores,
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("", total=options.rounds * (len(chosen) + len(over_http)))
        for number in range(1, options.rounds + 1):
            for peer in chosen:
                progress.update(task, description=f"round {number}: {peer.name}")
                one = lambda peer=peer: measure(peer, environments, stores, options.scale)  # noqa: E731
                rows += _tried(peer.name, number, one, progress.console)
                progress.advance(task)
            for peer in over_http.values():
                progress.update(task, description=f"round {number}: {peer.folder} over HTTP")
                one = lambda peer=peer: posts.measure(peer, environments, stores)  # noqa: E731
                rows += _tried(f"{peer.folder} over HTTP", number, one, progress.console)
                progress.advance(task)
    return rows


def _tried(name: str, number: int, once: Callable[[], Row], console: Console) -> list[Row]:
    """One row, or two when the first was disturbed by others."""
    rows: list[Row] = []
    for _ in range(2):
        began = time.monotonic()
        try:
            row = once()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one peer, half an hour of others is kept
            row = Row(name, 0, error=f"{type(error).__name__}: {error}"[:1500])
        row.round = number
        rows.append(row)
        said = row.error or ", ".join(f"{key} {shown(value)}" for key, value in row.figures.items())
        console.print(f"{number} {name} {time.monotonic() - began:.0f} s: {said}", highlight=False, markup=False)
        if not row.disturbed:
            break
    return rows


def _keep(document: dict[str, Any], rows: Sequence[Row]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "peers.json").write_text(json.dumps(_plain(document), indent=1) + "\n")
    (RESULTS / "drain.svg").write_text(
        chart.ranked("Jobs per second drained by two worker processes", report.medians(rows, "drained_per_s"), OURS)
    )


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "rows": [row.document() for row in document["rows"]]}


if __name__ == "__main__":
    sys.exit(main())
