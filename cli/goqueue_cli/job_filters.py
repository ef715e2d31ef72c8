"""The options that say which jobs: the same for every command that takes some of them."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, TypeVar

import click

from goqueue_cli.moments import Duration, Moment

if TYPE_CHECKING:
    from collections.abc import Callable

STATUSES = ("queued", "scheduled", "processing", "retrying", "completed", "failed", "cancelled")

Command = TypeVar("Command", bound="Callable[..., Any]")


class Payload(click.ParamType[dict[str, Any]]):
    """A JSON object, or one member: user.id=42."""

    name = "payload"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> dict[str, Any]:
        """See click. Fails with a sentence."""
        path, equals, text = str(value).partition("=")
        if not str(value).lstrip().startswith("{") and equals and all(path.split(".")):
            return _nested(path.split("."), text)
        try:
            document = json.loads(value)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            self.fail(f'{value!r} is no payload: write user.id=42, or an object such as {{"a": 1}}', parameter, context)
        return document


def _nested(keys: list[str], text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    for key in reversed(keys):
        value = {key: value}
    return dict(value)


_OPTIONS = (
    click.option("--status", multiple=True, type=click.Choice(STATUSES), help="Only these; may be given several times."),
    click.option("--queue", "-q", multiple=True, help="Only of these queues; mail* means all that begin so."),
    click.option("--type", multiple=True, help="Only of these types; email.* means all that begin so."),
    click.option("--tag", multiple=True, help="Only with one of these tags."),
    click.option("--worker", multiple=True, help="Only what these workers run, or ended."),
    click.option("--schedule", multiple=True, help="Only of these schedules."),
    click.option("--error", multiple=True, help="Only with this in their last error."),
    click.option("--fingerprint", multiple=True, help="Only of these failure groups (see: goqueue failures list)."),
    click.option("--payload", multiple=True, type=Payload(), help="Only with this in their payload: user.id=42, or JSON."),
    click.option("--parent", multiple=True, help="Only what these jobs have submitted."),
    click.option("--rerun-of", multiple=True, help="Only reruns of these jobs."),
    click.option("--not-status", multiple=True, type=click.Choice(STATUSES), help="None of these."),
    click.option("--not-queue", multiple=True, help="None of these queues."),
    click.option("--not-type", multiple=True, help="None of these types."),
    click.option("--not-tag", multiple=True, help="None with one of these tags."),
    click.option("--not-worker", multiple=True, help="None that these workers run, or ended."),
    click.option("--not-schedule", multiple=True, help="None of these schedules."),
    click.option("--since", "created_after", type=Moment(), help="Created after: a time, or an age such as 2h."),
    click.option("--until", "created_before", type=Moment(), help="Created before: a time, or an age such as 2h."),
    click.option("--finished-since", "finished_after", type=Moment(), help="Finished after."),
    click.option("--finished-until", "finished_before", type=Moment(), help="Finished before."),
    click.option("--due-since", "run_at_after", type=Moment(), help="Due after."),
    click.option("--due-until", "run_at_before", type=Moment(), help="Due before."),
    click.option("--min-attempts", "attempts_min", type=click.IntRange(min=0), help="With so many attempts or more."),
    click.option("--max-attempts", "attempts_max", type=click.IntRange(min=0), help="With so many attempts or fewer."),
    click.option(
        "--longer-than", "duration_min", type=Duration(), help="Whose last attempt took so long or longer: 90s, 5m."
    ),
    click.option("--shorter-than", "duration_max", type=Duration(), help="Whose last attempt took so long or less."),
)
_DENIABLE = ("status", "queue", "type", "tag", "worker", "schedule")
FILTERS = frozenset(
    {*_DENIABLE, *(f"not_{name}" for name in _DENIABLE), "error", "fingerprint", "payload", "parent", "rerun_of"}
    | {f"{name}_{end}" for name in ("created", "finished", "run_at") for end in ("after", "before")}
    | {f"{name}_{end}" for name in ("attempts", "duration") for end in ("min", "max")}
)
"""What the options are called in the SDK."""


def filter_options(command: Command) -> Command:
    """Give a command these options; it is handed those that were used, as goqueue.JobFilters names them."""

    @functools.wraps(command)
    def with_filters(*arguments: Any, **options: Any) -> Any:
        unused = {name for name in FILTERS & set(options) if options[name] in (None, ())}
        return command(*arguments, **{name: value for name, value in options.items() if name not in unused})

    decorated: Any = with_filters
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # click.option gives back what it is given
