"""`goqueue jobs`: list, count, show, watch, logs, explain, retry, cancel, run-now, rerun, delete."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Unpack

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.explain import explain, why_it_waits
from goqueue_cli.job_filters import filter_options
from goqueue_cli.job_logs import logs
from goqueue_cli.job_page import print_job, waiting_for
from goqueue_cli.job_watch import watch
from goqueue_cli.moments import age
from goqueue_cli.output import complain, one_line, print_json, print_table, status_text, table, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goqueue import Job, JobFilters, JobSummary

_LARGEST_PAGE = 200
_SOME_REFUSED = 1
_STOPPING = ", its handler is told to stop"


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """List, count, show and steer jobs."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


jobs.add_command(watch)


@jobs.command("list")
@filter_options
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--oldest-first", is_flag=True, help="In place of the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON array.")
@api_url_option
@click.pass_context
def list_jobs(
    context: click.Context, /, *, limit: int, oldest_first: bool, as_json: bool, **filters: Unpack[JobFilters]
) -> None:
    """List jobs, newest first."""
    sort = "created" if oldest_first else "-created"
    with api_client(context) as client:
        found = list(islice(client.jobs(**filters, sort=sort, page_size=min(limit, _LARGEST_PAGE)), limit))
    if as_json:
        print_json(found)
        return
    drawn = table("id", "type", "queue", "status", "tries", "created", "note", numbers=["tries"])
    for job in found:
        drawn.add_row(
            text(job.id),
            text(job.type),
            text(job.queue),
            status_text(job.status),
            str(job.attempts or ""),
            age(job.created_at),
            text(_note(job)),
        )
    if found:
        print_table(drawn)
    else:
        complain("no job matches")


@jobs.command()
@filter_options
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def count(context: click.Context, /, *, as_json: bool, **filters: Unpack[JobFilters]) -> None:
    """Count jobs, up to 10,000."""
    with api_client(context) as client:
        counted = client.count_jobs(**filters)
    if as_json:
        print_json(counted)
    else:
        click.echo(f"{counted.value}{'+' if counted.relation == 'gte' else ''}")


@jobs.command()
@click.argument("job_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def show(context: click.Context, job_id: str, *, as_json: bool) -> None:
    """Show everything about a job."""
    with api_client(context) as client:
        job = client.get(job_id)
        why = "" if as_json else why_it_waits(client, job)
    if as_json:
        print_json(job)
    else:
        print_job(job, why)


jobs.add_command(explain)


jobs.add_command(logs)


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print what became of each as a JSON array.")
@api_url_option
@click.pass_context
def retry(context: click.Context, job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Run jobs again that have ended or wait for their next attempt."""
    with api_client(context) as client:
        return _each(client.retry, job_ids, as_json=as_json)


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print what became of each as a JSON array.")
@api_url_option
@click.pass_context
def cancel(context: click.Context, job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Cancel jobs; one that runs is asked to stop."""
    with api_client(context) as client:
        return _each(client.cancel, job_ids, as_json=as_json)


@jobs.command("run-now")
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print what became of each as a JSON array.")
@api_url_option
@click.pass_context
def run_now(context: click.Context, job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Run jobs now that are not due yet."""
    with api_client(context) as client:
        return _each(client.run_now, job_ids, as_json=as_json)


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the new jobs as a JSON array.")
@api_url_option
@click.pass_context
def rerun(context: click.Context, job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Submit finished jobs again, as new ones; the old ones stay."""
    with api_client(context) as client:
        return _each(client.rerun, job_ids, as_json=as_json)


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print what became of each as a JSON array.")
@api_url_option
@click.pass_context
def delete(context: click.Context, job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Delete finished jobs."""
    with api_client(context) as client:
        return _each(client.delete, job_ids, as_json=as_json)


def _each(act: Callable[[str], Job | None], job_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Act on each; what the API refuses of one does not keep it from the others. Exit code 1 then."""
    outcomes: list[dict[str, str | None]] = []
    try:
        for job_id in job_ids:
            outcomes.append(_outcome(act, job_id))
            _tell(outcomes[-1], as_json=as_json)
    finally:  # what was done is told, also when the API goes away in between
        if as_json and outcomes:
            print_json(outcomes)
    return _SOME_REFUSED if any(outcome["error"] for outcome in outcomes) else 0


def _outcome(act: Callable[[str], Job | None], job_id: str) -> dict[str, str | None]:
    from goqueue import Conflict, NotFound

    try:
        job = act(job_id)
    except (Conflict, NotFound) as error:
        return {"id": job_id, "status": None, "error": str(error)}
    if job is None:
        return {"id": job_id, "status": "deleted", "error": None}
    return {"id": job.id, "status": job.status, "error": None}


def _tell(outcome: Mapping[str, str | None], *, as_json: bool) -> None:
    if outcome["error"]:
        complain(f"{outcome['id']}: {outcome['error']}")
    elif not as_json:
        click.echo(f"{outcome['id']} {outcome['status']}{_STOPPING if outcome['status'] == 'processing' else ''}")


def _note(job: JobSummary) -> str:
    """What is most worth knowing of it, on one line."""
    if job.waiting_reason is not None:
        return waiting_for(job)
    if job.status in ("scheduled", "retrying") and job.run_at is not None:
        said = f"runs {age(job.run_at)}"
        return f"{said}: {one_line(job.error)}" if job.error else said
    return one_line(job.error or "")
