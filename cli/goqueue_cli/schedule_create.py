"""`goqueue schedules create`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.moments import Duration, Instant
from goqueue_cli.output import clean, complain, print_json
from goqueue_cli.pointing import pointing_at
from goqueue_cli.schedule_page import print_next_runs, scheduler_text
from goqueue_cli.submit import read_payload

if TYPE_CHECKING:
    from datetime import datetime

    from goqueue import Client, Schedule

_SHOWN_NEXT = 3


@click.command()
@click.argument("name")
@click.option("--type", "job_type", required=True, help="Type of its jobs.")
@click.option("--cron", required=True, help="When: 5 fields, 6 with seconds first, or such as @daily.")
@click.option("--timezone", help="The zone in which the cron is meant, such as Europe/Berlin; UTC if left out.")
@click.option("--queue", "-q", help="Queue of its jobs; `default` if left out.")
@click.option("--payload", help="A JSON object, @FILE for one in a file, or - for standard input.")
@click.option("--priority", type=click.Choice(["high", "normal", "low"]), help="normal if left out.")
@click.option("--max-retries", type=click.IntRange(min=0), help="Retries after a failure; else those of its type.")
@click.option("--timeout", type=Duration(), help="How long one attempt may take.")
@click.option("--tag", "tags", multiple=True, help="A tag of its jobs; may be given several times.")
@click.option(
    "--catch-up", type=click.Choice(["none", "latest", "all"]), help="Which missed runs to make up for; latest if left out."
)
@click.option("--catch-up-window", type=Duration(), help="With all: none older than that; 1d if left out.")
@click.option("--catch-up-limit", type=click.IntRange(min=1), help="With all: not more than so many; 100 if left out.")
@click.option(
    "--overlap", type=click.Choice(["allow", "skip"]), help="Whether to skip a run while an earlier job is unfinished."
)
@click.option("--jitter", type=Duration(), help="Let jobs come up to so much later.")
@click.option("--starts-at", type=Instant(), help="No run before: 2026-03-01T08:00:00Z.")
@click.option("--ends-at", type=Instant(), help="No run after.")
@click.option("--paused", is_flag=True, help="Fire nothing until it is resumed.")
@click.option("--json", "as_json", is_flag=True, help="Print the schedule as JSON.")
@api_url_option
@click.pass_context
def create(
    context: click.Context,
    /,
    name: str,
    *,
    job_type: str,
    cron: str,
    payload: str | None,
    paused: bool,
    as_json: bool,
    **options: str | float | datetime | tuple[str, ...] | None,
) -> None:
    """Have a job submitted whenever a cron says; show when that is."""
    said: dict[str, Any] = {option: value for option, value in options.items() if value not in (None, ())}
    if payload is not None:
        said["payload"] = read_payload(payload)
    if paused:
        said["paused"] = True
    texts = {
        "/cron": ("--cron", cron),
        "/timezone": ("--timezone", str(said.get("timezone", ""))),
        "/type": ("--type", job_type),
        "/name": ("NAME", name),
        "/queue": ("--queue", str(said.get("queue", ""))),
    }
    with api_client(context) as client:
        with pointing_at(texts):
            schedule = client.create_schedule(job_type, cron, name=name, **said)
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
