"""`goqueue events`: what happens, a line an event, until it is interrupted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.output import complain, console, one_line, text

if TYPE_CHECKING:
    from rich.console import Console

    from goqueue import Event

_TOPICS = ("jobs", "queue", "worker", "bulk", "schedule")
_MISSED = "something was missed: what is shown elsewhere may be old"


@click.command()
@click.option(
    "--topics",
    default=",".join(_TOPICS),
    show_default=True,
    help="What to hear of, with commas between: stats, jobs, queue, worker, bulk, schedule, job:ID.",
)
@click.option("--after", "last_event_id", metavar="ID", help="Begin with what has come since this event.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line: id, type, data.")
@api_url_option
@click.pass_context
def events(context: click.Context, *, topics: str, last_event_id: str | None, as_json: bool) -> None:
    """Show what happens, while it happens; Ctrl-C ends it."""
    screen = console()
    with api_client(context) as client:
        for event in client.events(topics.split(","), last_event_id):
            if as_json:
                click.echo(json.dumps({"id": event.id, "type": event.type, "data": event.data}))
            else:
                _show(screen, event)


def _show(screen: Console, event: Event) -> None:
    if event.type == "hello":
        complain(f"listening to {', '.join(event.data.get('topics', ()))}; Ctrl-C ends it")
    elif event.type == "resync":
        complain(_MISSED)
    else:
        at = datetime.now().astimezone().strftime("%H:%M:%S")
        screen.print(
            text(f"{at}  ", "bright_black") + text(f"{event.type:<9}", "bold") + text(_told(event)), soft_wrap=True
        )


def _told(event: Event) -> str:
    data = event.data
    if event.type != "jobs":
        return one_line(" ".join(f"{name}={_word(value)}" for name, value in data.items() if value is not None))
    counts = [
        f"{count} {status} in {queue}"
        for status, queues in data.get("statuses", {}).items()
        for queue, count in queues.items()
    ]
    ids = [str(job[0]) for job in data.get("jobs") or ()]
    return one_line(", ".join(counts) + (f": {' '.join(ids)}" if ids else ""))


def _word(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
