"""`goqueue limits`: list, set, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.output import complain, print_json, print_table, table, text

if TYPE_CHECKING:
    from goqueue.steering import LimitKind

_KIND = click.Choice(("queue", "type"))


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def limits(context: click.Context, *, as_json: bool) -> None:
    """List how many jobs of which queues and types may run at once; set and remove such limits."""
    if context.invoked_subcommand is not None:
        return
    with api_client(context) as client:
        found = client.limits()
    if as_json:
        print_json(found)
        return
    drawn = table("kind", "name", "running", "limit", numbers=["running", "limit"])
    for limit in found:
        drawn.add_row(limit.kind, text(limit.name), f"{limit.running_count:,}", f"{limit.max_running:,}")
    if found:
        print_table(drawn)
    else:
        complain("nothing is limited")


@limits.command("set")
@click.argument("kind", type=_KIND)
@click.argument("name")
@click.argument("max_running", metavar="NUMBER", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="Print the limit as JSON.")
@api_url_option
@click.pass_context
def set_limit(context: click.Context, kind: LimitKind, name: str, max_running: int, *, as_json: bool) -> None:
    """Run at most so many jobs of a queue or a type at once."""
    with api_client(context) as client:
        limit = client.set_limit(kind, name, max_running)
    if as_json:
        print_json(limit)
    else:
        click.echo(f"{limit.kind} {limit.name}: at most {limit.max_running:,} at once, {limit.running_count:,} run now")


@limits.command()
@click.argument("kind", type=_KIND)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the limit that there was as JSON.")
@api_url_option
@click.pass_context
def remove(context: click.Context, kind: LimitKind, name: str, *, as_json: bool) -> None:
    """Remove a limit."""
    with api_client(context) as client:
        limit = client.remove_limit(kind, name)
    if as_json:
        print_json(limit)
    else:
        click.echo(f"{limit.kind} {limit.name}: no limit any more")
