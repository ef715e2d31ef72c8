"""`goqueue schedules create` and `edit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.output import clean, complain, print_json
from goqueue_cli.pointing import pointing_at
from goqueue_cli.schedule_options import given, given_texts, option_name, schedule_options
from goqueue_cli.schedule_page import print_next_runs, scheduler_text

if TYPE_CHECKING:
    from goqueue import Client, Schedule

_SHOWN_NEXT = 3
_CLEARABLE = ["max-retries", "timeout", "starts-at", "ends-at"]


@click.command()
@click.argument("name")
@schedule_options(is_new=True)
@click.option("--json", "as_json", is_flag=True, help="Print the schedule as JSON.")
@api_url_option
@click.pass_context
def create(context: click.Context, /, name: str, *, as_json: bool, **options: object) -> None:
    """Have a job submitted whenever a cron says; show when that is."""
    said = given(options)
    texts = given_texts(said) | {"/name": ("NAME", name)}
    with api_client(context) as client:
        with pointing_at(texts):
            schedule = client.create_schedule(said.pop("type"), said.pop("cron"), name=name, **said)
        print_json(schedule) if as_json else _show(client, schedule)


@click.command()
@click.argument("name")
@schedule_options(is_new=False)
@click.option(
    "--clear", "cleared", multiple=True, type=click.Choice(_CLEARABLE), help="Have it none; may be given several times."
)
@click.option("--json", "as_json", is_flag=True, help="Print the schedule as JSON.")
@api_url_option
@click.pass_context
def edit(context: click.Context, /, name: str, *, cleared: tuple[str, ...], as_json: bool, **options: object) -> None:
    """Change what is given of a schedule, and nothing else; show when it runs then."""
    changes = given(options)
    for field in (option.replace("-", "_") for option in cleared):
        if changes.get(field) is not None:
            raise click.UsageError(f"{option_name(field)} and --clear {field.replace('_', '-')} contradict each other")
        changes[field] = None
    if not changes:
        raise click.UsageError("say what to change of it, such as --cron: goqueue schedules edit --help")
    with api_client(context) as client:
        with pointing_at(given_texts(changes)):
            schedule = client.edit_schedule(client.schedule(name), **changes)
        print_json(schedule) if as_json else _show(client, schedule)


def _show(client: Client, schedule: Schedule) -> None:
    click.echo(f"{clean(schedule.name)}: {clean(schedule.words)} ({clean(schedule.timezone)})")
    if schedule.paused:
        complain(f"it is paused: goqueue schedules resume {schedule.name}")
        return
    coming = client.next_runs(schedule.name, _SHOWN_NEXT)
    if coming:
        print_next_runs(coming)
    schedulers = client.schedulers()
    if not any(one.state == "alive" for one in schedulers):
        complain(scheduler_text(schedulers).plain)
