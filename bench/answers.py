"""p50 and p95 of single answers over HTTP, each with a limit of its own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import requests
from rich.table import Table

ROUNDS: Final = 20


class AnswerCase(NamedTuple):
    """What is measured as one: each path is asked in every round."""

    name: str
    limit_ms: float
    paths: Sequence[str]


class Measured(NamedTuple):
    """Milliseconds of all its requests."""

    case: AnswerCase
    values: list[float]

    @property
    def p95(self) -> float:
        return sorted(self.values)[round(0.95 * (len(self.values) - 1))]

    @property
    def is_over(self) -> bool:
        return self.p95 > self.case.limit_ms

    def figures(self) -> dict[str, object]:
        """For --json."""
        p50 = statistics.median(self.values)
        return {"case": self.case.name, "limit_ms": self.case.limit_ms, "p50_ms": p50, "p95_ms": self.p95}


def measure(address: str, case: AnswerCase) -> Measured:
    """The first round warms caches and is not counted."""
    measured = Measured(case, [])
    with requests.Session() as session:
        for number in range(ROUNDS + 1):
            for path in case.paths:
                began = time.perf_counter()
                session.get(f"{address}{path}", timeout=10).raise_for_status()
                if number:
                    measured.values.append((time.perf_counter() - began) * 1000)
    return measured


def table(measured: Sequence[Measured]) -> Table:
    """A line for each case."""
    drawn = Table(box=None, pad_edge=False, title="single answers: milliseconds", title_justify="left")
    drawn.add_column("answer")
    for column in ("p50", "p95", "at most"):
        drawn.add_column(column, justify="right")
    for one in measured:
        shown = [f"{statistics.median(one.values):.1f}", f"{one.p95:.1f}", f"{one.case.limit_ms:g}"]
        drawn.add_row(one.case.name, *shown, style="red" if one.is_over else None)
    return drawn
