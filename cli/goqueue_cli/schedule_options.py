"""The options that say what a schedule is: those of `goqueue schedules create` and `edit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from goqueue_cli.moments import Duration, Instant
from goqueue_cli.submit import read_payload

_Command = TypeVar("_Command", bound=Callable[..., object])

_FIELDS: Mapping[str, str] = {"job_type": "type"}
_OPTION_NAMES: Mapping[str, str] = {"tags": "--tag"}


def schedule_options(*, is_new: bool) -> Callable[[_Command], _Command]:
    """A decorator that adds them. is_new: of a schedule that is made, which needs some, and for others has defaults."""

    def left_out(default: str) -> str:
        return f"; {default} if left out." if is_new else "."

    options = (
        click.option("--type", "job_type", required=is_new, help="Type of its jobs."),
        click.option("--cron", required=is_new, help="When: 5 fields, 6 with seconds first, or such as @daily."),
        click.option("--timezone", help=f"The zone in which the cron is meant, such as Europe/Berlin{left_out('UTC')}"),
        click.option("--queue", "-q", help=f"Queue of its jobs{left_out('`default`')}"),
        click.option("--payload", help="A JSON object, @FILE for one in a file, or - for standard input."),
        click.option("--priority", type=click.Choice(["high", "normal", "low"]), help=f"Of its jobs{left_out('normal')}"),
        click.option(
            "--max-retries", type=click.IntRange(min=0), help=f"Retries after a failure{left_out('those of its type')}"
        ),
        click.option("--timeout", type=Duration(), help="How long one attempt may take."),
        click.option("--tag", "tags", multiple=True, help="A tag of its jobs; may be given several times."),
        click.option(
            "--catch-up",
            type=click.Choice(["none", "latest", "all"]),
            help=f"Which missed runs to make up for{left_out('latest')}",
        ),
        click.option("--catch-up-window", type=Duration(), help=f"With all: none older than that{left_out('1d')}"),
        click.option(
            "--catch-up-limit", type=click.IntRange(min=1), help=f"With all: not more than so many{left_out('100')}"
        ),
        click.option(
            "--overlap",
            type=click.Choice(["allow", "skip"]),
            help="Whether to skip a run while an earlier job is unfinished.",
        ),
        click.option("--jitter", type=Duration(), help="Let jobs come up to so much later."),
        click.option("--starts-at", type=Instant(), help="No run before: 2026-03-01T08:00:00Z."),
        click.option("--ends-at", type=Instant(), help="No run after."),
        click.option("--paused", is_flag=True, help="Fire nothing until it is resumed."),
    )

    def add(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def given(options: Mapping[str, object]) -> dict[str, Any]:
    """What was said by them, by the names that the API has. Raises CommandError."""
    said = {
        _FIELDS.get(option, option): value
        for option, value in options.items()
        if value not in (None, ()) and value is not False
    }
    if "payload" in said:
        said["payload"] = read_payload(str(said["payload"]))
    return said


def given_texts(said: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """What was given, for `pointing_at`."""
    return {f"/{name}": (_OPTION_NAMES.get(name, option_name(name)), str(value)) for name, value in said.items()}


def option_name(field: str) -> str:
    """--max-retries for max_retries."""
    return f"--{field.replace('_', '-')}"
