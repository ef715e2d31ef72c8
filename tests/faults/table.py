"""The table at the end, for people and for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from tests.faults.fires import FireRow
from tests.faults.verdict import Row

WIDTH: Final = 100
_HEADS: Final = ("fault", "accepted", "completed", "lost", "twice", "recovery", "p99", "max")
_WIDTHS: Final = (42, 8, 9, 5, 5, 11, 5, 6)
_LEGEND: Final = (
    "twice: jobs that ran more than once. recovery: seconds from the end of the fault until everything accepted before is "
    "completed and a POST is accepted, of those allowed. max, p99: milliseconds of a POST without Redis, p99 once that is "
    "known (3 s)."
)


def render(rows: Sequence[Row], form: str) -> list[str]:
    """Lines of at most WIDTH characters."""
    bad = sum(bool(row.problems) for row in rows)
    lines = [_line(_HEADS), *(line for row in rows for line in _row(row)), *textwrap.wrap(_LEGEND, WIDTH)]
    lines.append(f"{len(rows)} faults, {form} form: " + (f"{bad} broke a rule" if bad else "every rule held"))
    return lines


def document(rows: Sequence[Row], form: str, fires: Sequence[FireRow] = ()) -> str:
    """The same as JSON; seconds, null where there is nothing to say. fires: the table of schedules."""
    tables = {"rows": [asdict(row) for row in rows], "schedules": [asdict(row) for row in fires]}
    return json.dumps({"form": form, **tables}, indent=2) + "\n"


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A line of a table: the first cell to the left, the others to the right."""
    first, *others = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return " ".join([first, *others]).rstrip()


def notes(remarks: Sequence[str], problems: Sequence[str]) -> list[str]:
    """What stands below a row."""
    marked = [f"- {remark}" for remark in remarks] + [f"! {problem}" for problem in problems]
    wrapped = (textwrap.wrap(note, WIDTH, initial_indent="    ", subsequent_indent="      ") for note in marked)
    return [line for lines in wrapped for line in lines]


def _row(row: Row) -> list[str]:
    cells = (
        row.fault,
        f"{row.accepted:,}",
        f"{row.completed:,}",
        f"{row.lost:,}",
        f"{row.repeated:,}",
        _recovery(row),
        _milliseconds(row.post_p99),
        _milliseconds(row.post_max),
    )
    return [_line(cells), *notes(row.remarks, row.problems)]


def _line(cells: Sequence[str]) -> str:
    return aligned(cells, _WIDTHS)


def _recovery(row: Row) -> str:
    took = "never" if row.recovery is None else f"{row.recovery:.1f}"
    return took if row.recovery_allowed is None else f"{took} of {row.recovery_allowed:g}"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.0f}"
