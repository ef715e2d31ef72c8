"""`goqueue queues`: list, pause, resume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.moments import age, duration
from goqueue_cli.output import complain, print_json, print_table, rate_text, table, text

if TYPE_CHECKING:
    from goqueue import QueueInfo

_COUNTS = ("queued", "processing", "scheduled", "retrying", "failed")
_FLOW = ("oldest", "in/min", "out/min", "drained in")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def queues(context: click.Context, *, as_json: bool) -> None:
    """List queues and what waits in them; pause and resume them."""
    if context.invoked_subcommand is not None:
        return
    with api_client(context) as client:
        found = client.queues()
    if as_json:
        print_json(found)
        return
    drawn = table("queue", *_COUNTS, *_FLOW, "limit", "note", numbers=[*_COUNTS, *_FLOW, "limit"])
    for queue in found:
        counts = [f"{getattr(queue, name):,}" for name in _COUNTS]
        drawn.add_row(text(queue.name), *counts, *_flow(queue), text(queue.limit), text(_note(queue)))
    if found:
        print_table(drawn)
    else:
        complain("no queue yet: the first job makes one")


@queues.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the queue as JSON.")
@api_url_option
@click.pass_context
def pause(context: click.Context, name: str, *, as_json: bool) -> None:
    """Start no more jobs of a queue; submits go on."""
    with api_client(context) as client:
        _tell(client.pause_queue(name), as_json=as_json)


@queues.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the queue as JSON.")
@api_url_option
@click.pass_context
def resume(context: click.Context, name: str, *, as_json: bool) -> None:
    """Start jobs of a paused queue again."""
    with api_client(context) as client:
        _tell(client.resume_queue(name), as_json=as_json)


def _tell(queue: QueueInfo, *, as_json: bool) -> None:
    if as_json:
        print_json(queue)
    else:
        click.echo(f"{queue.name} {'paused' if queue.paused else 'resumed'}")


def _note(queue: QueueInfo) -> str:
    return f"paused {age(queue.paused_at)} by {queue.paused_by}" if queue.paused else ""


def _flow(queue: QueueInfo) -> tuple[str, str, str, str]:
    drained_in = duration(queue.seconds_to_drain) if queue.queued else ""
    return duration(queue.oldest_seconds), rate_text(queue.in_per_minute), rate_text(queue.out_per_minute), drained_in
