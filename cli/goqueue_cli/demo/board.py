"""The demo's table: live on a terminal, once at the end where it is piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goqueue_cli.demo.story import Row

_COLOURS = {
    "waiting": "dim",
    "queued": "cyan",
    "scheduled": "blue",
    "processing": "yellow",
    "retrying": "magenta",
    "completed": "green",
    "failed": "red",
    "cancelled": "red",
}
_BAR_WIDTH = 12
_ROOMY_WIDTH = 120


def table(rows: Sequence[Row], *, is_live: bool, width: int) -> Table:
    """All stories: one a line with a bar while they run, with all that was seen in the end. width: of the terminal."""
    is_roomy = width >= _ROOMY_WIDTH
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    drawn.add_column("", width=1)
    drawn.add_column("what", no_wrap=True)
    if is_roomy:
        drawn.add_column("type", no_wrap=True)
    drawn.add_column("status", no_wrap=True, min_width=10)
    if is_live:
        drawn.add_column("progress", width=_BAR_WIDTH)
    if is_roomy:
        drawn.add_column("tries", justify="right")
    drawn.add_column("seen", no_wrap=is_live, overflow="ellipsis" if is_live else "fold")
    for row in rows:
        kind = [Text(row.type, style="dim")] if is_roomy else []
        bar = [ProgressBar(total=1.0, completed=row.fraction, width=_BAR_WIDTH)] if is_live else []
        tries = [str(row.tries) if row.tries else ""] if is_roomy else []
        status = Text(row.status, style=_COLOURS.get(row.status, ""))
        drawn.add_row(_mark(row), Text(row.title), *kind, status, *bar, *tries, Text(row.finding))
    return drawn


def _mark(row: Row) -> Text:
    if row.is_right is None:
        return Text("·", style="dim")
    return Text("✓", style="green") if row.is_right else Text("✗", style="red")
