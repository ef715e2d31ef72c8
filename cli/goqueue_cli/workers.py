"""`goqueue workers`: list, show, drain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.moments import age
from goqueue_cli.output import complain, print_json, print_table, table, text

if TYPE_CHECKING:
    from goqueue import RunningJob, WorkerInfo

_STATES = ("alive", "draining", "drained", "lost", "stopped")
_STYLES = {"alive": "green", "draining": "yellow", "drained": "cyan", "lost": "red", "stopped": "bright_black"}


@click.group(invoke_without_command=True)
@click.option("--state", multiple=True, type=click.Choice(_STATES), help="Only these; may be given several times.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array, with what each runs.")
@api_url_option
@click.pass_context
def workers(context: click.Context, *, state: tuple[str, ...], as_json: bool) -> None:
    """List worker processes; show what one runs, drain it."""
    if context.invoked_subcommand is not None:
        return
    with api_client(context) as client:
        found = client.workers(state)
    if as_json:
        print_json(found)
        return
    drawn = table("id", "host", "pid", "state", "runs", "slots", "beat", "queues", numbers=["pid", "runs", "slots"])
    for worker in found:
        drawn.add_row(
            text(worker.id),
            text(worker.host),
            str(worker.pid),
            text(worker.state, _STYLES.get(worker.state, "")),
            f"{worker.running_count:,}",
            f"{worker.slots:,}",
            f"{worker.heartbeat_age:.0f} s ago",
            text(_queues(worker)),
        )
    if found:
        print_table(drawn)
    else:
        complain("no worker: start one with: goqueue worker")


@workers.command()
@click.argument("worker_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def show(context: click.Context, worker_id: str, *, as_json: bool) -> None:
    """Show what a worker runs, since when."""
    with api_client(context) as client:
        worker = client.worker(worker_id)
    if as_json:
        print_json(worker)
        return
    drawn = table("job", "type", "queue", "try", "started", "progress", numbers=["try"])
    for job in worker.running:
        cells = text(job.job_id), text(job.type), text(job.queue), str(job.attempt), age(job.started_at)
        drawn.add_row(*cells, text(_progress(job)))
    if worker.running:
        print_table(drawn)
    else:
        complain(f"it is {worker.state} and runs nothing")


@workers.command()
@click.argument("worker_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def drain(context: click.Context, worker_id: str, *, as_json: bool) -> None:
    """Have a worker claim nothing more and finish what it runs."""
    with api_client(context) as client:
        worker = client.drain_worker(worker_id)
    if as_json:
        print_json(worker)
    else:
        click.echo(f"{worker.id} {worker.state}, {worker.running_count:,} in hand")


def _queues(worker: WorkerInfo) -> str:
    return "all" if worker.queues is None else ", ".join(worker.queues)


def _progress(job: RunningJob) -> str:
    if job.progress is None:
        return ""
    percent = "" if job.progress.fraction is None else f"{job.progress.fraction:.0%}"
    return f"{percent} {job.progress.message or ''}".strip()
