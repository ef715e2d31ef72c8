"""One job on a page, for `goqueue jobs show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goqueue_cli.moments import age, clock_time, duration
from goqueue_cli.output import clean, console, pretty_json, print_table, status_text, table, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console
    from rich.text import Text

    from goqueue import Attempt, Job, JobSummary

_LABEL_WIDTH = 14
_OUTCOME_STYLES = {
    "completed": "green",
    "running": "yellow",
    "snoozed": "blue",
    "released": "bright_black",
    "cancelled": "bright_black",
}


def waiting_for(job: Job | JobSummary) -> str:
    """Why a job cannot run yet that is due, as a sentence; nothing when it can."""
    if job.waiting_reason == "no_handler":
        return f"no live worker has a handler for {clean(job.type)!r}"
    return job.waiting_reason or ""


def print_job(job: Job, why_it_waits: str) -> None:
    """Everything that is known of it; what is not, is left out."""
    screen = console()
    for label, value in _lines(job, why_it_waits):
        if value is not None and value.plain:
            screen.print(text(f"{label:<{_LABEL_WIDTH}}", "bright_black") + value, soft_wrap=True)
    _print_block(screen, "payload", pretty_json(job.payload))
    if job.result is not None:
        _print_block(screen, "result", pretty_json(job.result))
    if job.attempt_history:
        _print_attempts(screen, job.attempt_history)
    for attempt in job.attempt_history:
        if attempt.traceback or attempt.error:
            _print_error(screen, attempt)


def _lines(job: Job, why_it_waits: str) -> list[tuple[str, Text | None]]:
    return [
        ("id", text(job.id)),
        ("type", text(job.type)),
        ("queue", text(f"{job.queue} ({job.priority})")),
        ("status", status_text(job.status) + text(f" ({job.failure_reason})" if job.failure_reason else "")),
        ("waiting", text(why_it_waits or waiting_for(job))),
        ("progress", _progress(job)),
        ("error", text(job.error, "red")),
        ("failure group", text(job.fingerprint)),
        ("attempts", text(f"{job.attempts}, {job.failures} failed; {job.max_retries} retries allowed")),
        ("rescues", text(job.rescues or "")),
        ("tags", text(", ".join(job.tags))),
        ("created", _time(job.created_at)),
        ("due", _time(job.run_at)),
        ("expires", _time(job.expires_at)),
        ("started", _time(job.started_at)),
        ("finished", _time(job.finished_at)),
        ("cancel asked", _time(job.cancel_requested_at)),
        ("timeout", text("" if job.timeout is None else f"{job.timeout:g} s")),
        ("worker", text(job.worker_id)),
        ("schedule", text(_schedule(job))),
        ("parent", text(job.parent_id)),
        ("rerun of", text(job.rerun_of)),
        ("trace", text(job.traceparent[3:35] if job.traceparent else "")),
    ]


def _schedule(job: Job) -> str:
    return (
        f"{job.schedule}, for {clock_time(job.scheduled_for)}" if job.schedule and job.scheduled_for else job.schedule or ""
    )


def _progress(job: Job) -> Text | None:
    if job.progress is None or job.is_finished:
        return None
    percent = "" if job.progress.fraction is None else f"{job.progress.fraction:.0%} "
    return text(percent + (job.progress.message or ""))


def _time(moment: datetime | None) -> Text:
    return text("" if moment is None else f"{clock_time(moment)} ({age(moment)})")


def _print_block(screen: Console, label: str, content: str) -> None:
    screen.print(text(label, "bold"))
    for line in content.splitlines():
        screen.print(text(f"  {line}"), soft_wrap=True)


def _print_attempts(screen: Console, attempts: Sequence[Attempt]) -> None:
    """One line each: how long it waited and ran, and by whom. Between its end and the next wait it backed off."""
    screen.print(text("attempts", "bold"))
    drawn = table("", "outcome", "waited", "ran", "started", "worker", numbers=["", "waited", "ran"])
    for attempt in attempts:
        drawn.add_row(
            f"  {attempt.attempt}",
            text(attempt.outcome, _OUTCOME_STYLES.get(attempt.outcome or "", "red")),
            duration(attempt.wait_seconds),
            duration(attempt.run_seconds),
            clock_time(attempt.started_at),
            text(attempt.worker_id),
        )
    print_table(drawn)


def _print_error(screen: Console, attempt: Attempt) -> None:
    said = f"attempt {attempt.attempt}: {attempt.outcome or ''}"
    screen.print(text(said, "bold") + text(f"  {clock_time(attempt.finished_at)}", "bright_black"))
    for line in (attempt.traceback or attempt.error or "").splitlines():
        screen.print(text(f"  {line}"), soft_wrap=True)
