"""`goqueue jobs watch`: one job to its end, with its progress and the lines that it writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.errors import CommandError
from goqueue_cli.job_logs import print_line
from goqueue_cli.output import console, is_interactive, one_line, status_text, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from goqueue import Event

_NOT_COMPLETED = 1
_BAR_WIDTH = 24


@click.command()
@click.argument("job_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line: id, type, data.")
@api_url_option
@click.pass_context
def watch(context: click.Context, job_id: str, *, as_json: bool) -> int:
    """Follow a job to its end; exit code 1 when it was not completed."""
    status = ""
    page = _Page()
    with api_client(context) as client, page:
        for event in client.job_events(job_id):
            status = str(event.data.get("status", status)) if event.type in ("job", "end") else status
            if as_json:
                click.echo(json.dumps({"id": event.id, "type": event.type, "data": event.data}))
            else:
                page.show(event)
    if status == "deleted":
        raise CommandError(f"job {job_id} was deleted")
    return 0 if status == "completed" else _NOT_COMPLETED


class _Page:
    """Lines on stdout for what stays; on a terminal one more, on stderr, for how far it is."""

    def __init__(self) -> None:
        self._screen: Console = console()
        self._bar = console(stderr=True).status("") if is_interactive() else nullcontext()
        self._said: tuple[object, ...] = ()
        self._done: object = None
        self._attempt: int | None = None

    def __enter__(self) -> None:
        self._shown = self._bar.__enter__()

    def __exit__(self, *error: object) -> None:
        self._bar.__exit__(None, None, None)

    def show(self, event: Event) -> None:
        """One event, unless it says nothing new."""
        from goqueue import LogLine

        if event.type == "log":
            line = LogLine.from_json(event.data)
            print_line(self._screen, line, is_first=line.attempt != self._attempt)
            self._attempt = line.attempt
        elif event.type == "job":
            self._show_state(event.data)

    def _show_state(self, job: Mapping[str, Any]) -> None:
        status, attempts, error = str(job.get("status")), job.get("attempts"), job.get("error")
        if (status, attempts, error) != self._said:
            self._said = status, attempts, error
            said = status_text(status) + text(f" (attempt {attempts})" if attempts else "")
            self._screen.print(said + text(f": {one_line(str(error))}" if error else ""), soft_wrap=True)
        progress = job.get("progress")
        if self._shown is not None:
            self._shown.update(_progress(status, progress))
        elif progress is not None and progress != self._done and status == "processing":
            self._done = progress
            self._screen.print(_progress(status, progress), soft_wrap=True)


def _progress(status: str, progress: Mapping[str, Any] | None) -> Text:
    if progress is None:
        return status_text(status)
    fraction = progress.get("fraction")
    done = "" if fraction is None else f"{'━' * round(fraction * _BAR_WIDTH):<{_BAR_WIDTH}} {fraction:4.0%} "
    return text(done + one_line(str(progress.get("message") or "")))
