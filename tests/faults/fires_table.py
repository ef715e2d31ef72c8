"""The table of schedules under faults, for people and for machines."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from tests.faults.fires import FireRow
from tests.faults.table import WIDTH, aligned, notes

_HEADS: Final = ("fault", "take-over", "p50", "p99", "max late", "instants", "jobs", "twice", "missing")
_WIDTHS: Final = (32, 12, 5, 5, 12, 8, 6, 5, 7)
_LEGEND: Final = (
    "take-over: seconds until another replica leads, of those allowed. p50, p99, max late: seconds from an instant to its "
    "job, of those allowed; instants from each fault to the next. twice, missing: instants with several jobs, with none."
)


def render(rows: Sequence[FireRow], form: str) -> list[str]:
    """Lines of at most WIDTH characters."""
    bad = sum(bool(row.problems) for row in rows)
    lines = [_line(_HEADS), *(line for row in rows for line in _row(row)), *textwrap.wrap(_LEGEND, WIDTH)]
    lines.append(f"schedules, {form} form: " + (f"{bad} rows broke a rule" if bad else "every rule held"))
    return lines


def _row(row: FireRow) -> list[str]:
    cells = (
        row.fault if row.times < 2 else f"{row.fault} x{row.times}",
        _of(row.take_over, row.take_over_allowed, "never"),
        _seconds(row.late_p50),
        _seconds(row.late_p99),
        _of(row.late_max, row.late_allowed, ""),
        f"{row.instants:,}",
        f"{row.jobs:,}",
        f"{row.twice:,}",
        f"{row.missing:,}",
    )
    return [_line(cells), *notes(row.remarks, row.problems)]


def _line(cells: Sequence[str]) -> str:
    return aligned(cells, _WIDTHS)


def _of(took: float | None, allowed: float | None, none: str) -> str:
    if allowed is None:
        return _seconds(took)
    return f"{none if took is None else f'{took:.1f}'} of {allowed:.3g}"


def _seconds(took: float | None) -> str:
    return "" if took is None else f"{took:.2f}"
