"""What a measurement is to reach, and the table of what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


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


def table(reached: Sequence[Target]) -> Table:
    """A line for each."""
    drawn = Table(box=None, pad_edge=False, title="targets", title_justify="left")
    for name in ("", "reached", "bound", ""):
        drawn.add_column(name, justify="left" if name == "" else "right")
    for target in reached:
        verdict = "[green]met[/]" if target.met else "[red]missed[/]"
        drawn.add_row(target.what, shown(target.value), ("<= " if target.at_most else ">= ") + shown(target.bound), verdict)
    return drawn


def shown(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def said(figures: Mapping[str, Any]) -> str:
    """Those that are numbers in one line, while others are still being measured."""
    return ", ".join(f"{name} {shown(value)}" for name, value in figures.items() if isinstance(value, int | float))
