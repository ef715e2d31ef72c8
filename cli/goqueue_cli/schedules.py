"""`goqueue schedules`: list, show, create, edit, pause, resume, run, next, runs, delete, check."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.moments import Duration
from goqueue_cli.output import complain, print_json
from goqueue_cli.pointing import pointing_at
from goqueue_cli.schedule_create import create, edit
from goqueue_cli.schedule_page import (
    print_next_runs,
    print_preview,
    print_runs,
    print_schedule,
    print_scheduler,
    print_schedules,
)
from goqueue_cli.services import check_schedules
from goqueue_cli.submit import print_outcome

if TYPE_CHECKING:
    from goqueue import Schedule

_SHOWN_NEXT = 5
_SHOWN_RUNS = 10


@click.group(invoke_without_command=True)
@click.pass_context
def schedules(context: click.Context) -> None:
    """See which jobs a cron submits; create, edit, pause, run and delete schedules."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


schedules.add_command(create)
schedules.add_command(edit)
schedules.add_command(check_schedules)


@schedules.command("list")
@click.option("--paused", is_flag=True, help="Only those that are paused.")
@click.option("--source", type=click.Choice(["api", "file"]), help="Only those that people made, or that a file has.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def list_schedules(context: click.Context, *, paused: bool, source: Any, limit: int, as_json: bool) -> None:
    """List schedules by name, and who fires them."""
    with api_client(context) as client:
        found = list(islice(client.schedules(paused=paused or None, source=source), limit + 1))
        schedulers = [] if as_json else client.schedulers()
    if as_json:
        print_json(found[:limit])
        return
    if found:
        print_schedules(found[:limit])
        click.echo()
    else:
        complain("no schedule: goqueue schedules create --help")
    if len(found) > limit:
        complain("there are more: --limit says how many to list")
    print_scheduler(schedulers)


@schedules.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def show(context: click.Context, name: str, *, as_json: bool) -> None:
    """Show everything about a schedule, with its next and last runs."""
    with api_client(context) as client:
        schedule = client.schedule(name)
        if as_json:
            print_json(schedule)
            return
        coming = [] if schedule.paused else client.next_runs(name, _SHOWN_NEXT)
        runs = list(islice(client.schedule_runs(name), _SHOWN_RUNS))
    print_schedule(schedule, coming, runs)


@schedules.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the schedule as JSON.")
@api_url_option
@click.pass_context
def pause(context: click.Context, name: str, *, as_json: bool) -> None:
    """Fire nothing of a schedule until it is resumed; what falls between is dropped."""
    with api_client(context) as client:
        _tell(client.pause_schedule(name), as_json=as_json)


@schedules.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the schedule as JSON.")
@api_url_option
@click.pass_context
def resume(context: click.Context, name: str, *, as_json: bool) -> None:
    """Fire a paused schedule again, from now on."""
    with api_client(context) as client:
        _tell(client.resume_schedule(name), as_json=as_json)


@schedules.command()
@click.argument("name")
@click.option("--wait", "-w", "is_waiting", is_flag=True, help="Wait for the end, and print the result.")
@click.option("--wait-timeout", type=Duration(), help="Wait at most so long; then exit code 3.")
@click.option("--json", "as_json", is_flag=True, help="Print the job as JSON.")
@api_url_option
@click.pass_context
def run(context: click.Context, name: str, *, is_waiting: bool, wait_timeout: float | None, as_json: bool) -> int:
    """Submit the job of a schedule now, whatever its cron says, and print its id."""
    if wait_timeout is not None and not is_waiting:
        raise click.UsageError("--wait-timeout says how long to wait: add --wait")
    with api_client(context) as client:
        job = client.run_schedule(name)
        return print_outcome(client, job, is_waiting=is_waiting, timeout=wait_timeout, as_json=as_json)


@schedules.command("next")
@click.argument("name", required=False)
@click.option("--cron", help="In place of NAME: a cron that no schedule has yet.")
@click.option("--timezone", help="The zone of --cron, such as Europe/Berlin; UTC if left out.")
@click.option("-n", "count", type=click.IntRange(1, 100), default=10, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@api_url_option
@click.pass_context
def next_runs(
    context: click.Context, name: str | None, *, cron: str | None, timezone: str | None, count: int, as_json: bool
) -> None:
    """Show when a schedule, or a cron, will run."""
    if (name is None) is (cron is None):
        raise click.UsageError("name a schedule, or give a cron: goqueue schedules next --cron '0 8 * * *'")
    if name is not None and timezone is not None:
        raise click.UsageError("--timezone goes with --cron: a schedule has its own")
    with api_client(context) as client:
        if name is not None:
            coming = client.next_runs(name, count)
            print_json(coming) if as_json else print_next_runs(coming)
            return
        cron, zone = cron or "", timezone or "UTC"
        with pointing_at({"/cron": ("--cron", cron), "/timezone": ("--timezone", zone)}):
            preview = client.preview_schedule(cron, zone, n=count)
    print_json(preview) if as_json else print_preview(preview)


@schedules.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def runs(context: click.Context, name: str, *, limit: int, as_json: bool) -> None:
    """List what a schedule fired and skipped, the newest first."""
    with api_client(context) as client:
        found = list(islice(client.schedule_runs(name), limit))
    if as_json:
        print_json(found)
    elif found:
        print_runs(found)
    else:
        complain("it has not run yet")


@schedules.command()
@click.argument("name")
@api_url_option
@click.pass_context
def delete(context: click.Context, name: str) -> None:
    """Delete a schedule; its jobs stay."""
    with api_client(context) as client:
        client.delete_schedule(name)
    click.echo(f"{name} deleted")


def _tell(schedule: Schedule, *, as_json: bool) -> None:
    if as_json:
        print_json(schedule)
    else:
        click.echo(f"{schedule.name} {'paused' if schedule.paused else 'resumed'}")
