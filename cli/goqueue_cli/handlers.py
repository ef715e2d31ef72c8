"""`goqueue handlers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.output import complain, one_line, print_json, print_table, table, text

if TYPE_CHECKING:
    from rich.text import Text

    from goqueue import HandlerVersion


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array, with their schemas.")
@api_url_option
@click.pass_context
def handlers(context: click.Context, *, as_json: bool) -> None:
    """List the job types that workers have announced."""
    with api_client(context) as client:
        found = client.handlers()
    if as_json:
        print_json(found)
        return
    drawn = table("type", "workers", "runs as", "retries", "timeout", "description", numbers=["workers", "retries"])
    for handler in found:
        drawn.add_row(text(handler.type), str(handler.live_workers), *_version_cells(handler.versions))
    if found:
        print_table(drawn)
    else:
        complain("no worker has announced a handler yet: start one with: goqueue worker")


def _version_cells(versions: tuple[HandlerVersion, ...]) -> list[Text | str]:
    """Of the version that most live workers have."""
    if not versions:
        return ["", "", "", ""]
    version = max(versions, key=lambda one: one.live_workers)
    timeout = "" if version.timeout is None else f"{version.timeout:g} s"
    retries = "" if version.max_retries is None else str(version.max_retries)
    others = "" if len(versions) == 1 else f" (and {len(versions) - 1} other version{'s' * (len(versions) > 2)})"
    return [version.isolation or "", retries, timeout, text(one_line((version.description or "") + others))]
