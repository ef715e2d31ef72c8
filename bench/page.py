"""What the kept results say, in docs/performance.md and README.md, between `<!-- bench NAME -->` and `<!-- end -->`.

`python -m bench.page --check` writes nothing and only says whether that is up to date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.peers import report as peer_report
from bench.peers import targets as peer_targets
from bench.peers.manifest import OURS
from bench.peers.measure import Row
from bench.scale import report as scale_report
from bench.scale.drains import overall
from bench.targets import Target, shown

_ROOT: Final = Path(__file__).parents[1]
_RESULTS: Final = _ROOT / "bench" / "results"
_PAGES: Final = (_ROOT / "docs" / "performance.md", _ROOT / "README.md")
_SECTION: Final = re.compile(r"<!-- bench ([a-z ]+) -->\n.*?<!-- end -->\n", re.DOTALL)
_OF_README: Final = (
    "graphile-worker-batched",
    "pgqueuer-batch100",
    "bullmq",
    "dramatiq",
    "celery-prefork",
    "procrastinate",
)
Document = Mapping[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    """0: the pages are right, or were written; 1: one is out of date; 2: there are no results, or no such section."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    check = parser.parse_args(argv).check
    try:
        peers, scale = (json.loads((_RESULTS / f"{name}.json").read_text()) for name in ("peers", "scale"))
    except FileNotFoundError as error:
        print(f"bench: {error.filename} is not there; a whole run of the benchmark writes it", file=sys.stderr)
        return 2
    stale = 0
    for page in _PAGES:
        text = page.read_text(encoding="utf-8")
        try:
            written = written_into(text, peers, scale)
        except KeyError as error:
            print(f"bench: {page.name} has a section {error}, which nothing fills", file=sys.stderr)
            return 2
        if text != written and check:
            print(f"{page.relative_to(_ROOT)}: out of date; run python -m bench.page", file=sys.stderr)
            stale = 1
        elif text != written:
            page.write_text(written, encoding="utf-8")
            print(f"{page.relative_to(_ROOT)}: written")
    return stale


def written_into(text: str, peers: Document, scale: Document) -> str:
    """A page with its sections as these results have them. Raises KeyError for a section that is not known."""
    rows = [Row(**row) for row in peers["rows"]]
    sections: dict[str, Callable[[], str]] = {
        "machine": lambda: _machine(peers),
        "drain": lambda: _drain(rows),
        "posts": lambda: _ranked(rows, "posts_per_s", peer_report.HTTP_COLUMNS),
        "targets": lambda: _targets(peer_targets.targets(rows)),
        "scale machine": lambda: _machine(scale),
        "backlogs": lambda: _backlogs(scale),
        "scale": lambda: _scale(scale),
        "scale targets": lambda: _targets(scale_report.targets(scale)),
        "short": lambda: _short(peers, rows),
    }
    return _SECTION.sub(lambda found: f"<!-- bench {found[1]} -->\n{sections[found[1]]()}<!-- end -->\n", text)


def _machine(document: Document) -> str:
    facts = document["machine"]
    return (
        f"Measured {document['at'][:10]} on {facts['cores']} cores ({facts['cpu']}), {facts['memory_gb']} GB, "
        f"Linux {facts['kernel']}, Python {facts['python']}.\n"
    )


def _drain(rows: Sequence[Row]) -> str:
    once = {name: all(row.once for row in rows if row.peer == name) for name in {row.peer for row in rows}}
    return _ranked(
        rows, "drained_per_s", peer_report.COLUMNS, {"each once": lambda name: "yes" if once[name] else "**no**"}
    )


def _ranked(
    rows: Sequence[Row],
    order: str,
    columns: Mapping[str, str],
    others: Mapping[str, Callable[[str], str]] | None = None,
) -> str:
    """Medians, the best first."""
    found = {figure: peer_report.medians(rows, figure) for figure in columns}
    further = others or {}
    lines = []
    for name in sorted(found[order], key=lambda name: -found[order][name]):
        cells = [shown(found[figure][name]) if name in found[figure] else "" for figure in columns]
        cells += [text(name) for text in further.values()]
        lines.append([f"**{name}**" if name.startswith(OURS) else name, *cells])
    return _table(["", *columns.values(), *further], lines)


def _targets(reached: Sequence[Target]) -> str:
    return _table(
        ["", "reached", "wanted", ""],
        [
            [one.what, shown(one.value), f"{'at most' if one.at_most else 'at least'} {shown(one.bound)}", _verdict(one)]
            for one in reached
        ],
    )


def _verdict(target: Target) -> str:
    return "met" if target.met else "**missed**"


def _backlogs(scale: Document) -> str:
    columns = scale_report.BACKLOG_COLUMNS
    found = {figure: scale_report.medians(scale["backlogs"], figure) for figure in columns}
    lines = [[f"{size:,}", *(shown(found[figure][size]) for figure in columns)] for size in found["jobs_per_s"]]
    return _table(["jobs that wait", *columns.values()], lines)


def _scale(scale: Document) -> str:
    history, pruning, snapshot = scale["history"], scale["pruning"], scale["snapshot"]
    rows = {
        "jobs/s, empty table": overall(history["empty"]),
        f"jobs/s, {scale['rows']:,} ended jobs in it": overall(history["full"]),
        f"jobs/s while {pruning['pruned']:,} ended jobs are pruned": pruning["beside_per_s"],
        "jobs/s by turns with that, with no pruning": pruning["alone_per_s"],
        "dead share of `jobs` a minute later": pruning["dead_share_a_minute_later"],
        "jobs/s in the first third of a snapshot": snapshot["beginning_per_s"],
        f"jobs/s in its last third, held for {snapshot['held_seconds']:.0f} s": snapshot["end_per_s"],
    }
    return _table(["", ""], [[text, shown(value)] for text, value in rows.items()])


def _short(peers: Document, rows: Sequence[Row]) -> str:
    drained, waits = (peer_report.medians(rows, figure) for figure in ("drained_per_s", "wait_p50_ms"))
    cpu = [peer_report.medians(rows, f"{whose}_cpu_s_per_1000") for whose in ("worker", "server")]
    lines = [
        [
            f"**{name}**" if name == OURS else name,
            f"{drained[name]:,.0f}",
            "" if name == OURS else f"{drained[OURS] / drained[name]:.1f}",
            shown(sum(used[name] for used in cpu)),
            shown(waits[name]),
        ]
        for name in (OURS, *_OF_README)
    ]
    titles = ["", "jobs/s drained", "times as many by GoQueue", "CPU s for 1,000 jobs", "ms from call to handler, p50"]
    rounds = max(row.round for row in rows)
    return f"{_machine(peers)}Medians of {rounds} rounds.\n\n{_table(titles, lines)}"


def _table(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    aligned = ["---", *["--:"] * (len(titles) - 1)]
    return "".join(f"{''.join(f'| {cell} ' if cell else '| ' for cell in cells)}|\n" for cells in (titles, aligned, *lines))


if __name__ == "__main__":
    sys.exit(main())
