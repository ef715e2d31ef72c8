"""`goqueue submit`: one job, its payload from the command line, a file or standard input."""

from __future__ import annotations

import json
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.errors import CommandError
from goqueue_cli.job_page import waiting_for
from goqueue_cli.moments import Duration, Instant
from goqueue_cli.output import complain, console, is_interactive, one_line, pretty_json, print_json, text

if TYPE_CHECKING:
    from datetime import datetime

    from rich.status import Status

    from goqueue import Client, Job

_NOT_COMPLETED = 1
_STILL_WAITING = 3
_LOOK_SECONDS = 0.5
_LONG_SECONDS = 30.0


@click.command()
@click.argument("job_type", metavar="TYPE")
@click.argument("payload", required=False)
@click.option("--queue", "-q", help="Queue to put it in; `default` if left out.")
@click.option("--priority", type=click.Choice(["high", "normal", "low"]), help="normal if left out.")
@click.option("--delay", type=Duration(), help="Run it so much later: 90, 5m, 2h.")
@click.option("--run-at", type=Instant(), help="Run it at this time: 2026-03-01T08:00:00Z.")
@click.option("--expires-at", type=Instant(), help="Do not start it after this time.")
@click.option("--max-retries", type=click.IntRange(min=0), help="Retries after a failure; else those of its type.")
@click.option("--timeout", type=Duration(), help="How long one attempt may take.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given several times.")
@click.option("--idempotency-key", help="Two submits with the same key make one job.")
@click.option("--wait", "-w", "is_waiting", is_flag=True, help="Wait for the end, and print the result.")
@click.option("--wait-timeout", type=Duration(), help="Wait at most so long; then exit code 3.")
@click.option("--json", "as_json", is_flag=True, help="Print the job as JSON.")
@api_url_option
@click.pass_context
def submit(
    context: click.Context,
    /,
    job_type: str,
    payload: str | None,
    *,
    is_waiting: bool,
    wait_timeout: float | None,
    as_json: bool,
    **options: str | float | datetime | tuple[str, ...] | None,
) -> int:
    """Submit a job of TYPE, and print its id.

    PAYLOAD is a JSON object, @FILE for one in a file, or - for standard input; left out: {}.
    """
    if wait_timeout is not None and not is_waiting:
        raise click.UsageError("--wait-timeout says how long to wait: add --wait")
    document = read_payload(payload)
    said: dict[str, Any] = {name: value for name, value in options.items() if value not in (None, ())}
    with api_client(context) as client:
        job = client.submit(job_type, document, **said)
        return print_outcome(client, job, is_waiting=is_waiting, timeout=wait_timeout, as_json=as_json)


def print_outcome(client: Client, job: Job, *, is_waiting: bool, timeout: float | None, as_json: bool) -> int:
    """The id of a job that was just submitted or, when it is waited for, its result; the exit code."""
    if is_waiting:
        return _wait(client, job, timeout, as_json=as_json)
    print_json(job) if as_json else click.echo(job.id)
    return 0


def read_payload(argument: str | None) -> dict[str, Any]:
    """The object that PAYLOAD means. Raises CommandError."""
    if argument is None:
        return {}
    place, text = _payload_text(argument)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{place} is no JSON: {error}; it begins {text[:40]!r}") from error
    if not isinstance(document, dict):
        raise CommandError(f'{place} must be a JSON object such as {{"seconds": 1}}, not {text.strip()[:40]!r}')
    return document


def _payload_text(argument: str) -> tuple[str, str]:
    """Where it was found, for messages, and what was found there."""
    place = "standard input" if argument == "-" else argument[1:]
    try:
        if argument == "-":
            return place, sys.stdin.read()
        return (place, Path(place).read_text(encoding="utf-8")) if argument.startswith("@") else ("payload", argument)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise CommandError(f"payload: cannot read {place}: {reason}") from error


def _wait(client: Client, job: Job, timeout: float | None, *, as_json: bool) -> int:
    from goqueue import GoQueueError, WaitTimeout

    try:
        job = _follow(client, job, timeout)
    except WaitTimeout as error:
        if as_json:
            print_json(error.job)
        else:
            click.echo(job.id)
        complain(f"{error}; it goes on: goqueue jobs show {job.id}")
        return _STILL_WAITING
    except (KeyboardInterrupt, GoQueueError):
        complain(f"job {job.id} was submitted and goes on: goqueue jobs show {job.id}")
        raise
    if as_json:
        print_json(job)
    elif job.status == "completed":
        click.echo(pretty_json(job.result))
    if job.status == "completed":
        return 0
    complain(f"job {job.id} {job.status}" + (f": {job.error}" if job.error else ""))
    return _NOT_COMPLETED


def _follow(client: Client, job: Job, timeout: float | None) -> Job:
    """Until it is finished; a person at a terminal sees how far it is. Raises WaitTimeout."""
    from goqueue import WaitTimeout

    deadline = None if timeout is None else time.monotonic() + timeout
    watching = is_interactive()
    screen = console(stderr=True).status(job.status) if watching else nullcontext()
    said = ""
    with screen as shown:
        while True:
            left = _LONG_SECONDS if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                return client.wait(job.id, timeout=min(left, _LOOK_SECONDS if watching else _LONG_SECONDS))
            except WaitTimeout as error:
                why = waiting_for(error.job)
                if why and why != said:
                    complain(f"{why}: it waits for one")
                said = why
                if shown is not None:
                    _show(shown, error.job)
                if deadline is not None and time.monotonic() >= deadline:
                    raise


def _show(shown: Status, job: Job) -> None:
    parts = [job.status]
    if job.attempts > 1:
        parts.append(f"attempt {job.attempts}")
    if job.progress is not None:
        if job.progress.fraction is not None:
            parts.append(f"{job.progress.fraction:.0%}")
        parts.append(one_line(job.progress.message or ""))
    shown.update(text(" · ".join(part for part in parts if part)))  # a str would be read as rich's markup
