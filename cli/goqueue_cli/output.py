"""What commands print: tables and colours for people, JSON for scripts. Nothing that a job holds can steer a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

# Beside control characters, those that turn the direction of writing and would make text read as what it is not.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_PIPED_WIDTH = 1000
_STATUS_STYLES: Mapping[str, str] = {
    "queued": "cyan",
    "scheduled": "blue",
    "processing": "yellow",
    "retrying": "magenta",
    "completed": "green",
    "failed": "red",
    "cancelled": "bright_black",
}


def console(*, stderr: bool = False) -> Console:
    """Colours and the terminal's width on a terminal, neither where output is piped. It honours NO_COLOR."""
    from rich.console import Console

    made = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not made.is_terminal:
        made.width = _PIPED_WIDTH
    return made


def table(*columns: str, numbers: Sequence[str] = ()) -> Table:
    """An empty table. numbers: columns that stand to the right. Only the last column may need several lines."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(name, justify="right" if name in numbers else "left", no_wrap=name != columns[-1], overflow="fold")
    if columns[-1] not in numbers:
        made.columns[-1].min_width = 20
    return made


def print_table(filled: Table) -> None:
    """On stdout. Where the terminal is too narrow its lines are broken by it: ids stay whole, to be copied."""
    from rich.measure import Measurement

    screen = console()
    needed = Measurement.get(screen, screen.options.update(max_width=_PIPED_WIDTH), filled).minimum
    screen.width = max(screen.width, needed)
    with screen.capture() as drawn:
        screen.print(filled)
    # rich fills every line up with spaces, which a script that compares lines does not expect.
    click.echo("\n".join(line.rstrip(" ") for line in drawn.get().rstrip("\n").split("\n")), color=True)


def text(value: object, style: str = "") -> Text:
    """A piece of text as it is, without what would be an instruction to the terminal."""
    from rich.text import Text

    return Text(clean("" if value is None else str(value)), style=style)


def status_text(status: str) -> Text:
    """A job's status in its colour."""
    return text(status, _STATUS_STYLES.get(status, ""))


def rate_text(per_minute: float) -> str:
    """A rate, of a small one with what comes after the point: it is not nothing."""
    return f"{per_minute:,.1f}" if 0 < per_minute < 10 else f"{per_minute:,.0f}"


def clean(value: str) -> str:
    """Without control characters but tabs and line ends."""
    return _CONTROL.sub("", value)


def one_line(value: str) -> str:
    """Clean, and on one line."""
    return " ".join(clean(value).split())


def print_json(value: object) -> None:
    """One JSON document on stdout, in ASCII; dataclasses as objects, times in RFC 3339."""
    click.echo(json.dumps(value, indent=2, default=_encoded))


def pretty_json(value: object) -> str:
    """For people; short things on one line."""
    short = json.dumps(value, ensure_ascii=False, default=_encoded)
    return clean(short if len(short) <= 100 else json.dumps(value, indent=2, ensure_ascii=False, default=_encoded))


def complain(message: str) -> None:
    """One line on stderr."""
    click.echo(f"goqueue: {one_line(message)}", err=True)


def is_interactive() -> bool:
    """Whether a person watches stderr."""
    return sys.stderr.isatty()


def _encoded(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")  # in the zone that the API has given it
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r} is no JSON")
