"""`goqueue failures`: what fails, as groups; and what is done to all jobs of a group."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.bulk import run_bulk
from goqueue_cli.failure_page import print_group, print_groups
from goqueue_cli.moments import Moment
from goqueue_cli.output import print_json

if TYPE_CHECKING:
    from datetime import datetime

_LARGEST_PAGE = 200
_SORTS = {"last-seen": "-last_seen", "count": "-count", "first-seen": "-first_seen"}
_ACTIONS = {
    "retry": "Run the failed jobs of groups again.",
    "delete": "Delete the failed jobs of groups.",
}


@click.group(invoke_without_command=True)
@click.pass_context
def failures(context: click.Context) -> None:
    """See what fails as groups of one problem each; retry or delete a group."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@failures.command("list")
@click.option("--since", type=Moment(), help="Seen after: a time, or an age such as 2h; 24h by default.")
@click.option("--until", type=Moment(), help="Seen before: a time, or an age such as 2h.")
@click.option("--queue", "-q", multiple=True, help="Only what failed in these queues.")
@click.option("--type", multiple=True, help="Only of these types.")
@click.option("--text", "q", help="Only with this in their message.")
@click.option("--sort", type=click.Choice([*_SORTS]), default="last-seen", show_default=True, help="What comes first.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def list_groups(context: click.Context, /, *, sort: str, limit: int, as_json: bool, **filters: Any) -> None:
    """List groups of failures, the last seen first."""
    asked = {name: value for name, value in filters.items() if value not in (None, ())}
    with api_client(context) as client:
        asked |= {"sort": _SORTS[sort], "page_size": min(limit, _LARGEST_PAGE)}
        found = list(islice(client.failures(**asked), limit))
    if as_json:
        print_json(found)
    else:
        print_groups(found)


@failures.command()
@click.argument("fingerprint")
@click.option("--since", type=Moment(), help="Count from then on: a time, or an age such as 2h; 24h by default.")
@click.option("--until", type=Moment(), help="Count until then.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def show(
    context: click.Context, fingerprint: str, *, since: datetime | None, until: datetime | None, as_json: bool
) -> None:
    """Show a group of failures, with a traceback."""
    with api_client(context) as client:
        group = client.failure(fingerprint, since=since, until=until)
    if as_json:
        print_json(group)
    else:
        print_group(group)


def _command(action: str, text: str) -> click.Command:
    @click.command(action, help=text)
    @click.argument("fingerprint", nargs=-1, required=True, metavar="FINGERPRINT...")
    @click.option("--queue", "-q", multiple=True, help="Only in these queues.")
    @click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="So many jobs a second.")
    @click.option("--dry-run", is_flag=True, help="Only show what would be changed.")
    @click.option("--yes", "-y", is_flag=True, help="Do not ask.")
    @click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON; needs --yes or --dry-run.")
    @api_url_option
    @click.pass_context
    def run(context: click.Context, /, **given: Any) -> int:
        filters = {name: value for name, value in given.items() if value != ()}
        return run_bulk(context, action, {**filters, "status": ("failed",), "ids": (), "all_jobs": False})

    return run


for _action, _text in _ACTIONS.items():
    failures.add_command(_command(_action, _text))
