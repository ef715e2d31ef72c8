"""`goqueue queues`."""

from __future__ import annotations

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.output import complain, print_json, print_table, table, text

_COUNTS = ("queued", "processing", "scheduled", "retrying")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def queues(context: click.Context, *, as_json: bool) -> None:
    """List queues and what waits in them."""
    with api_client(context) as client:
        found = client.queues()
    if as_json:
        print_json(found)
        return
    drawn = table("queue", *_COUNTS, numbers=_COUNTS)
    for queue in found:
        drawn.add_row(text(queue.name), *(_count(getattr(queue, name), queue.counts_capped_at) for name in _COUNTS))
    if found:
        print_table(drawn)
    else:
        complain("no queue yet: the first job makes one")


def _count(count: int, capped_at: int | None) -> str:
    return f"{count:,}+" if capped_at is not None and count >= capped_at else f"{count:,}"
