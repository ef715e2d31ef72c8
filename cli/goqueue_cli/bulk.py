"""`goqueue bulk`: one action on many jobs, seen before it is done and followed until it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.bulk_page import follow, print_operation, print_operations, print_preview
from goqueue_cli.errors import CommandError
from goqueue_cli.job_filters import FILTERS, filter_options
from goqueue_cli.output import complain, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goqueue import BulkOperation, Client

_PRIORITIES = ("high", "normal", "low")
_NOT_COMPLETED = 1
_POLL_SECONDS = 0.5
_ACTIONS: Mapping[str, str] = {
    "retry": "Run jobs again that failed, were cancelled or wait for a retry; completed ones only by --status or --id.",
    "cancel": "Cancel jobs that wait; those that run are asked to stop.",
    "delete": "Delete jobs that have ended.",
    "run-now": "Queue jobs that wait for a time.",
    "set-priority": "Give jobs that wait another priority.",
}


@click.group(invoke_without_command=True)
@click.pass_context
def bulk(context: click.Context) -> None:
    """Retry, cancel, delete, run or re-prioritise many jobs at once."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _command(action: str, text: str) -> click.Command:
    @click.command(action, help=text)
    @filter_options
    @click.option("--id", "ids", multiple=True, help="These jobs, in place of all filters.")
    @click.option("--all", "all_jobs", is_flag=True, help="Every job, where no filter is given.")
    @click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="So many jobs a second.")
    @click.option("--dry-run", is_flag=True, help="Only show what would be changed.")
    @click.option("--yes", "-y", is_flag=True, help="Do not ask.")
    @click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON; needs --yes or --dry-run.")
    @api_url_option
    @click.pass_context
    def run(context: click.Context, /, **given: Any) -> int:
        return run_bulk(context, action, given)

    if action == "set-priority":
        run.params.append(click.Option(["--priority"], type=click.Choice(_PRIORITIES), required=True, help="The new one."))
    return run


for _action, _text in _ACTIONS.items():
    bulk.add_command(_command(_action, _text))


@bulk.command("list")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def list_operations(context: click.Context, /, *, limit: int, as_json: bool) -> None:
    """List bulk operations, newest first."""
    with api_client(context) as client:
        found = client.bulk_operations(limit)
    if as_json:
        print_json(found)
    else:
        print_operations(found)


@bulk.command()
@click.argument("operation_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def abort(context: click.Context, operation_id: str, *, as_json: bool) -> None:
    """End a running bulk operation; what it has changed stays changed."""
    with api_client(context) as client:
        _print(client.abort_bulk(operation_id), as_json=as_json)


def run_bulk(context: click.Context, action: str, given: Mapping[str, Any]) -> int:
    """Show what an action would meet, ask, do it and wait for its end; the exit code. given: options as above."""
    asked = _asked(given)
    as_json, is_agreed = given["as_json"], given["yes"]
    if as_json and not (is_agreed or given["dry_run"]):
        raise CommandError("--json cannot ask: add --yes, or --dry-run to see what would be changed")
    with api_client(context) as client:
        if not is_agreed or given["dry_run"]:
            preview = client.preview_bulk(action, **asked)
            if as_json:
                print_json(preview)
            else:
                print_preview(preview)
            if given["dry_run"] or (not preview.matched.value and preview.matched.relation == "eq"):
                return 0
            click.confirm(f"{action} them?", abort=True, err=True)
        operation = _finished(client, client.bulk(action, **asked))
    _print(operation, as_json=as_json)
    return 0 if operation.state == "completed" else _NOT_COMPLETED


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the SDK is to be told."""
    filters = {name: value for name, value in given.items() if name in FILTERS}
    if given["ids"] and (filters or given["all_jobs"]):
        raise CommandError("--id stands in place of all filters: give one or the other")
    if not given["ids"] and not filters and not given["all_jobs"]:
        raise CommandError("which jobs? name a --status, --queue or another filter, --id, or --all for every job")
    asked: dict[str, Any] = {"ids": given["ids"]} if given["ids"] else {"filter": filters, "confirm_all": given["all_jobs"]}
    options = {"rate_per_second": given["rate"], "priority": given.get("priority")}
    return asked | {name: value for name, value in options.items() if value is not None}


def _finished(client: Client, operation: BulkOperation) -> BulkOperation:
    """Wait for its end, and show how far it is where a person watches."""
    try:
        with follow(operation) as show:
            while not operation.is_finished:
                time.sleep(_POLL_SECONDS)
                operation = client.bulk_operation(operation.id)
                show(operation)
    except KeyboardInterrupt:
        complain(f"it goes on without you; to stop it: goqueue bulk abort {operation.id}")
        raise
    return operation


def _print(operation: BulkOperation, *, as_json: bool) -> None:
    if as_json:
        print_json(operation)
    else:
        print_operation(operation)
