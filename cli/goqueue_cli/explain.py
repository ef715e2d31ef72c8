"""`goqueue jobs explain`, and the line of it that `goqueue jobs show` has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.moments import age
from goqueue_cli.output import console, print_json, status_text, text

if TYPE_CHECKING:
    from goqueue import Client, Explanation, Job, Reason

_INDENT = "   "


@click.command()
@click.argument("job_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def explain(context: click.Context, job_id: str, *, as_json: bool) -> None:
    """Say why a job is not running now, and what to do."""
    with api_client(context) as client:
        explanation = client.explain(job_id)
    if as_json:
        print_json(explanation)
    else:
        _print(explanation)


def why_it_waits(client: Client, job: Job) -> str:
    """The decisive reason in a sentence; nothing for a job that does not wait, or where the API does not know."""
    from goqueue import ApiError

    if job.is_finished or job.status == "processing":
        return ""
    try:
        return client.explain(job.id).summary
    except ApiError:  # an older API, or the job was deleted a moment ago
        return ""


def _print(explanation: Explanation) -> None:
    screen = console()
    screen.print(text(f"{explanation.job_id} ") + status_text(explanation.status), soft_wrap=True)
    for number, reason in enumerate(explanation.reasons, 1):
        screen.print(text(f"{number}. {reason.code}", "bold") + text(_span(reason), "bright_black"), soft_wrap=True)
        screen.print(text(f"{_INDENT}{reason.detail}"), soft_wrap=True)
        if reason.action:
            call = f" ({reason.call.method} {reason.call.path})" if reason.call else ""
            screen.print(text(f"{_INDENT}-> {reason.action}{call}"), soft_wrap=True)


def _span(reason: Reason) -> str:
    return f"  until {age(reason.until)}" if reason.until is not None else ""
