"""What `goqueue bulk` shows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from goqueue_cli.moments import age
from goqueue_cli.output import complain, console, is_interactive, one_line, print_table, status_text, table, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from goqueue import BulkOperation, BulkPreview, Count

_LINES = 10
_NUMBERS = ("matched", "changed", "skipped")


def print_preview(preview: BulkPreview) -> None:
    """How many jobs, of which queues and types, and a few of them."""
    drawn = table("", "jobs", numbers=["jobs"])
    drawn.add_row(text(f"to {preview.action}"), _count(preview.matched))
    for name, jobs in [*preview.by_queue.items()][:_LINES]:
        drawn.add_row(text(f"  queue {name}"), f"{jobs:,}")
    for name, jobs in [*preview.by_type.items()][:_LINES]:
        drawn.add_row(text(f"  type {name}"), f"{jobs:,}")
    drawn.add_row("left alone", _count(preview.excluded))
    print_table(drawn)
    if not preview.sample:
        return
    click.echo()
    sample = table("id", "type", "queue", "status", "created", "payload")
    for job in preview.sample:
        sample.add_row(
            text(job.id),
            text(job.type),
            text(job.queue),
            status_text(job.status),
            age(job.created_at),
            text(one_line(job.payload_preview or "")[:60]),
        )
    print_table(sample)


def print_operation(operation: BulkOperation) -> None:
    """What became of it, on one line."""
    said = f"{operation.id} {operation.state}: {operation.changed:,} changed, {operation.skipped:,} skipped"
    click.echo(f"{said}: {one_line(operation.error)}" if operation.error else said)


def print_operations(operations: Sequence[BulkOperation]) -> None:
    """A table of them."""
    drawn = table("id", "action", "state", "matched", "changed", "skipped", "created", "by", numbers=_NUMBERS)
    for operation in operations:
        drawn.add_row(
            text(operation.id),
            text(operation.action),
            text(operation.state),
            f"{operation.matched:,}{'+' if operation.matched_is_capped else ''}",
            f"{operation.changed:,}",
            f"{operation.skipped:,}",
            age(operation.created_at),
            text(operation.actor),
        )
    if operations:
        print_table(drawn)
    else:
        complain("no bulk operation yet")


@contextmanager
def follow(operation: BulkOperation) -> Iterator[Callable[[BulkOperation], None]]:
    """A bar on stderr that the given function moves; nothing where nobody watches."""
    if not is_interactive():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        total = None if operation.matched_is_capped else operation.matched  # None: the bar only says that it goes on
        task = bar.add_task(operation.action, total=total)
        yield lambda now: bar.update(task, completed=now.processed)


def _count(count: Count) -> str:
    return f"{count.value:,}{'+' if count.relation == 'gte' else ''}"
