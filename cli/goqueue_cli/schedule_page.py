"""What `goqueue schedules` shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from goqueue_cli.moments import age, clock_time, duration
from goqueue_cli.output import clean, console, one_line, pretty_json, print_table, status_text, table, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from goqueue import NextRun, Schedule, SchedulePreview, SchedulerInfo, ScheduleRun

_LABEL_WIDTH = 14
_LATE_SECONDS = 60.0
_WARNING = "yellow"
_OUTCOME_STYLES = {"skipped": "yellow", "deleted": "bright_black"}


def print_schedules(schedules: Sequence[Schedule]) -> None:
    """A table of them."""
    drawn = table("name", "cron", "zone", "next run", "last run", "state")
    for schedule in schedules:
        drawn.add_row(
            text(schedule.name),
            text(one_line(schedule.cron)),
            text(schedule.timezone),
            age(schedule.next_at),
            _outcome(schedule.last_run.outcome) if schedule.last_run else "",
            state_text(schedule),
        )
    print_table(drawn)


def print_schedule(schedule: Schedule, coming: Sequence[NextRun], runs: Sequence[ScheduleRun]) -> None:
    """Everything that is known of it; what is not, is left out."""
    screen = console()
    for label, value in _lines(schedule):
        if value.plain:
            screen.print(text(f"{label:<{_LABEL_WIDTH}}", "bright_black") + value, soft_wrap=True)
    screen.print(text("payload", "bold"))
    for line in pretty_json(schedule.payload or {}).splitlines():
        screen.print(text(f"  {line}"), soft_wrap=True)
    if coming:
        screen.print(text("next runs", "bold"))
        print_next_runs(coming)
    if runs:
        screen.print(text("last runs", "bold"))
        print_runs(runs)


def print_next_runs(coming: Sequence[NextRun]) -> None:
    """A line each: as the zone's clocks show it, in UTC, and how long until then."""
    in_utc = all(run.local.utcoffset() == timedelta(0) for run in coming)
    drawn = table(*([] if in_utc else ["in its zone"]), "in UTC", "when")
    for run in coming:
        drawn.add_row(*([] if in_utc else [zone_time(run.local)]), _utc(run.at), age(run.at))
    print_table(drawn)


def print_preview(preview: SchedulePreview) -> None:
    """A cron in words, its next runs, and what happens to it when the clocks change."""
    click.echo(f"{one_line(preview.cron)}  {clean(preview.words)} ({clean(preview.timezone)})")
    if preview.next:
        print_next_runs(preview.next)
    else:
        click.echo("it never runs")
    change = preview.transition
    if change is not None:
        offsets = f"from {clean(change.from_offset)} to {clean(change.to_offset)}"
        click.echo(f"\nclocks change at {clock_time(change.at)}, {offsets}: {clean(change.effect)}")


def print_runs(runs: Sequence[ScheduleRun]) -> None:
    """A line each, the newest first."""
    drawn = table("scheduled for", "late", "outcome", "job", "note", numbers=["late"])
    for run in runs:
        drawn.add_row(
            clock_time(run.scheduled_for),
            "" if run.manual else duration(run.lateness),
            _outcome(run.outcome),
            text(run.job_id),
            _note(run),
        )
    print_table(drawn)


def scheduler_text(schedulers: Sequence[SchedulerInfo]) -> Text:
    """Who fires the schedules, on one line; in a warning's colour when nobody does, or too late."""
    alive = [one for one in schedulers if one.state == "alive"]
    leaders = [one for one in alive if one.leads]
    count = f"{len(alive)} scheduler{'' if len(alive) == 1 else 's'}"
    if not alive:
        return text("no scheduler is running: nothing fires; start one with: goqueue scheduler", _WARNING)
    if not leaders:
        return text(f"{count}, and none of them leads yet: nothing fires", _WARNING)
    leader = leaders[0]
    where, lag = f"{leader.host}:{leader.pid}", f"lag {leader.lag:.1f} s"
    if leader.term is None:
        return text(f"{count}, without Redis to elect a leader: {len(leaders)} fire, {where} first, {lag}", _WARNING)
    said = f"leader {where}, term {leader.term}, {lag}" + (f"; {count}" if len(alive) > 1 else "")
    return text(said, _WARNING if leader.lag > _LATE_SECONDS else "")


def print_scheduler(schedulers: Sequence[SchedulerInfo]) -> None:
    """The line of `scheduler_text`, and what live schedulers want somebody to look at."""
    screen = console()
    screen.print(scheduler_text(schedulers), soft_wrap=True)
    for said in dict.fromkeys(one.trouble for one in schedulers if one.state == "alive" and one.trouble):
        screen.print(text(one_line(said), _WARNING), soft_wrap=True)


def state_text(schedule: Schedule) -> Text:
    """Whether it fires, and who keeps it."""
    by_file = "by file, " if schedule.source == "file" else ""
    if schedule.dropped_at is not None:
        return text(f"dropped by its file {age(schedule.dropped_at)}", "red")
    if schedule.paused:
        who = f" by {schedule.paused_by}" if schedule.paused_by else ""
        return text(f"{by_file}paused {age(schedule.paused_at)}{who}", _WARNING)
    if schedule.next_at is None:
        return text(f"{by_file}ended", "bright_black")
    return text(f"{by_file}active", "green")


def zone_time(moment: datetime) -> str:
    """As a clock there shows it, with its day of the week and its offset."""
    offset = moment.strftime("%z")
    return f"{moment:%a %Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"


def _lines(schedule: Schedule) -> list[tuple[str, Text]]:
    made_up = {
        "latest": "the latest",
        "all": f"all of the last {duration(schedule.catch_up_window)}, {schedule.catch_up_limit:,} at most",
    }
    return [
        ("name", text(schedule.name)),
        ("cron", text(f"{one_line(schedule.cron)} ({schedule.timezone})")),
        ("in words", text(schedule.words)),
        ("state", state_text(schedule)),
        ("next run", text("" if schedule.next_at is None else f"{clock_time(schedule.next_at)} ({age(schedule.next_at)})")),
        ("type", text(schedule.type)),
        ("queue", text(f"{schedule.queue} ({schedule.priority})")),
        ("retries", text(schedule.max_retries)),
        ("timeout", text("" if schedule.timeout is None else f"{schedule.timeout:g} s")),
        ("tags", text(", ".join(schedule.tags))),
        ("missed runs", text(made_up.get(schedule.catch_up, schedule.catch_up))),
        ("overlap", text(schedule.overlap)),
        ("jitter", text(f"up to {duration(schedule.jitter)}" if schedule.jitter else "")),
        ("starts", text(clock_time(schedule.starts_at))),
        ("ends", text(clock_time(schedule.ends_at))),
        ("created", text(f"{clock_time(schedule.created_at)} ({age(schedule.created_at)})")),
        ("changed", text(f"{clock_time(schedule.updated_at)} ({age(schedule.updated_at)})")),
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%a %Y-%m-%d %H:%M:%S} UTC"


def _outcome(outcome: str) -> Text:
    style = _OUTCOME_STYLES.get(outcome)
    return status_text(outcome) if style is None else text(outcome, style)


def _note(run: ScheduleRun) -> str:
    said = ["by hand"] if run.manual else []
    if run.outcome == "skipped":
        said.append("an earlier job was unfinished")
    if run.missed:
        said.append(f"{run.missed:,} before it missed")
    return ", ".join(said)
