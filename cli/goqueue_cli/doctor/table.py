"""The findings for people: a line each, below it what to do, and at the end what it comes to."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click
from rich.table import Table

from goqueue_cli.doctor.finding import Mark
from goqueue_cli.output import one_line, print_table, text

if TYPE_CHECKING:
    from goqueue_cli.doctor.diagnosis import Diagnosis

_STYLES: Mapping[Mark, str] = {Mark.OK: "green", Mark.WARNING: "yellow", Mark.PROBLEM: "red"}
_SYMBOLS: Mapping[Mark, str] = {Mark.OK: "✓", Mark.WARNING: "!", Mark.PROBLEM: "✗"}
_PLAIN_SYMBOLS: Mapping[Mark, str] = {Mark.OK: "+", Mark.WARNING: "!", Mark.PROBLEM: "x"}


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print it on stdout."""
    symbols = _symbols(sys.stdout.encoding)
    drawn = Table.grid(padding=(0, 2, 0, 0))
    for _ in ("mark", "what"):
        drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    for found in diagnosis.findings:
        drawn.add_row(text(symbols[found.mark], _STYLES[found.mark]), text(found.what), text(one_line(found.finding)))
        if found.fix is not None:
            drawn.add_row("", "", text(one_line(f"fix: {found.fix}")))
    print_table(drawn)
    click.echo(f"\n{summary(diagnosis)}")


def summary(diagnosis: Diagnosis) -> str:
    """What it comes to: `all is well`, or how much is not."""
    problems, warnings = diagnosis.count(Mark.PROBLEM), diagnosis.count(Mark.WARNING)
    counted = [_counted(problems, "problem")] * bool(problems) + [_counted(warnings, "warning")] * bool(warnings)
    if not counted:
        return "all is well"
    return " and ".join(counted) if problems else f"it works, with {counted[0]}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _symbols(encoding: str | None) -> Mapping[Mark, str]:
    try:
        "".join(_SYMBOLS.values()).encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return _PLAIN_SYMBOLS
    return _SYMBOLS
