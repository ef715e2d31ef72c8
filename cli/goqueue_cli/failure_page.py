"""What `goqueue failures` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.moments import age, clock_time
from goqueue_cli.output import clean, complain, console, one_line, print_table, table, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goqueue import FailureGroup

_LABEL_WIDTH = 14
_BARS = " ▁▂▃▄▅▆▇█"


def print_groups(groups: Sequence[FailureGroup]) -> None:
    """A table of them."""
    drawn = table("fingerprint", "count", "last seen", "since", "type", "queues", "message", numbers=["count"])
    for group in groups:
        drawn.add_row(
            text(group.fingerprint),
            f"{group.count:,}",
            age(group.last_seen_at),
            age(group.first_seen_at),
            text(group.type),
            text(_queues(group)),
            text(one_line(group.message)),
        )
    if groups:
        print_table(drawn)
    else:
        complain("nothing failed in this time")


def print_group(group: FailureGroup) -> None:
    """One of them, with its course and the traceback of its sample."""
    screen = console()
    for label, shown in _lines(group):
        if shown:
            screen.print(text(f"{label:<{_LABEL_WIDTH}}", "bold") + text(shown), soft_wrap=True)
    for line in clean(group.traceback or "").splitlines():
        screen.print(text(f"  {line}"), soft_wrap=True)
    click.echo(f"\nto run its failed jobs again: goqueue failures retry {clean(group.fingerprint)}")


def course(counts: Sequence[int]) -> str:
    """A bar for each count, the highest for the greatest."""
    most = max(counts, default=0)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] if most else " " for count in counts)


def _lines(group: FailureGroup) -> list[tuple[str, str]]:
    now = group.failed_now
    return [
        ("fingerprint", group.fingerprint),
        ("type", group.type),
        ("message", one_line(group.message)),
        ("in", group.frame or ""),
        ("first seen", f"{clock_time(group.first_seen_at)} ({age(group.first_seen_at)})"),
        ("last seen", f"{clock_time(group.last_seen_at)} ({age(group.last_seen_at)})"),
        ("attempts", f"{group.count:,} in this time, {group.total:,} in all"),
        ("course", f"|{course(group.series.counts)}|" if group.series else ""),
        ("queues", _queues(group, most=10)),
        ("failed now", f"{now.value:,}{'+' if now.relation == 'gte' else ''} jobs" if now else ""),
        ("a job", f"{group.sample_job_id} (attempt {group.sample_attempt})" if group.sample_attempt is not None else ""),
    ]


def _queues(group: FailureGroup, most: int = 2) -> str:
    shown = [f"{name} {count:,}" for name, count in [*group.queues.items()][:most]]
    more = len(group.queues) - most
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
