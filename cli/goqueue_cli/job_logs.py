"""`goqueue jobs logs`: what a job's handler logged, and what it logs from now on."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.output import clean, complain, console, one_line, print_json, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from goqueue import LogLine

_LEVELS = {"debug": "bright_black", "info": "cyan", "warning": "yellow", "error": "red"}


@click.command()
@click.argument("job_id", metavar="ID")
@click.option("--follow", "-f", is_flag=True, help="Go on until the job has ended.")
@click.option("--attempt", type=click.IntRange(min=1), help="Lines of this attempt alone.")
@click.option("--level", type=click.Choice(list(_LEVELS)), help="Lines of this level and graver ones.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array; with --follow, an object a line.")
@api_url_option
@click.pass_context
def logs(context: click.Context, /, job_id: str, *, follow: bool, as_json: bool, **asked: Any) -> None:
    """Show what a job logged."""
    options = {name: value for name, value in asked.items() if value is not None}
    with api_client(context) as client:
        lines = client.follow_logs(job_id, **options) if follow else client.logs(job_id, **options)
        if as_json and not follow:
            print_json(list(lines))
        elif not print_lines(lines, as_json=as_json) and not as_json:
            complain("it logged nothing" if not options else "it logged nothing of that kind")


def print_lines(lines: Iterable[LogLine], *, as_json: bool) -> bool:
    """Each as soon as it is there; whether there was any."""
    screen, attempt = console(), None
    for line in lines:
        if as_json:
            click.echo(json.dumps(_document(line)))
        else:
            print_line(screen, line, is_first=line.attempt != attempt)
        attempt = line.attempt
    return attempt is not None


def print_line(screen: Console, line: LogLine, *, is_first: bool) -> None:
    """One line for people, the first of an attempt with its number above it."""
    if is_first:
        said_on = line.at.astimezone(UTC).strftime("%Y-%m-%d UTC")
        screen.print(text(f"attempt {line.attempt}", "bold") + text(f"  {said_on}", "bright_black"))
    said_at = line.at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]
    fields = "".join(f"  {name}={_shown(value)}" for name, value in line.fields.items())
    screen.print(
        text(said_at, "bright_black")
        + text(f"  {line.level:<7}  ", _LEVELS.get(line.level, ""))
        + text(one_line(line.message))
        + text(one_line(fields) and f"  {one_line(fields)}", "bright_black"),
        soft_wrap=True,
    )


def _shown(value: object) -> str:
    return clean(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _document(line: LogLine) -> dict[str, object]:
    said_at = line.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {
        "seq": line.seq,
        "attempt": line.attempt,
        "at": said_at,
        "level": line.level,
        "message": line.message,
        "fields": line.fields,
    }
