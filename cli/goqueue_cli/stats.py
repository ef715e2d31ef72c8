"""`goqueue stats`: the whole system at one look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_client, api_url_option
from goqueue_cli.moments import duration
from goqueue_cli.output import clean, console, print_json, print_table, rate_text, status_text, table, text

if TYPE_CHECKING:
    from goqueue import Overview, SchedulerSight
    from goqueue.stats import Quantiles

_STATUSES = ("queued", "processing", "scheduled", "retrying", "completed", "failed", "cancelled")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@api_url_option
@click.pass_context
def stats(context: click.Context, *, as_json: bool) -> None:
    """Show how many jobs there are, how they come and go, and which queues wait longest."""
    with api_client(context) as client:
        found = client.overview()
    if as_json:
        print_json(found)
    else:
        _print_figures(found)
        _print_queues(found)


def _print_figures(found: Overview) -> None:
    drawn = table("jobs", "now", "a minute", "count", "seconds", "p50", "p95", "p99", numbers=["now", "count"])
    happened = list(found.per_minute.items())
    measured = [("wait", found.wait_seconds), ("run", found.run_seconds)]
    for number, status in enumerate(_STATUSES):
        name, rate = happened[number] if number < len(happened) else ("", None)
        what, quantiles = measured[number] if number < len(measured) else ("", None)
        drawn.add_row(
            status_text(status),
            f"{found.jobs.get(status, 0):,}",
            text(name),
            "" if rate is None else rate_text(rate),
            what,
            *_quantiles(quantiles),
        )
    print_table(drawn)
    workers = found.workers
    spare = f"{workers.running:,} of {workers.slots:,} slots busy"
    more = "".join(f", {count:,} {name}" for name in ("draining", "lost") if (count := getattr(workers, name)))
    processes = "worker process" if workers.alive == 1 else "worker processes"
    click.echo(f"\n{workers.alive:,} {processes}{more}; {spare}")
    _print_schedules(found.scheduler)


def _print_schedules(found: SchedulerSight) -> None:
    if not found.schedules and not found.alive:
        return
    paused = f" ({found.paused:,} paused)" if found.paused else ""
    schedules = f"{found.schedules:,} {'schedule' if found.schedules == 1 else 'schedules'}{paused}"
    if not found.alive:
        console().print(text(f"{schedules}; no scheduler is running: nothing fires", "yellow"), soft_wrap=True)
        return
    leader = "no leader" if found.leader is None else f"leader {found.leader.host}:{found.leader.pid}"
    lag = "" if found.lag_seconds is None else f", lag {found.lag_seconds:.1f} s"
    click.echo(clean(f"{schedules}, {rate_text(found.fired_per_minute)} fired a minute; {leader}{lag}"))


def _quantiles(found: Quantiles | None) -> tuple[str, str, str]:
    if found is None:
        return "", "", ""
    return duration(found.p50), duration(found.p95), duration(found.p99)


def _print_queues(found: Overview) -> None:
    if not found.queues:
        return
    click.echo()
    drawn = table(
        *("queue", "queued", "oldest", "in/min", "out/min", "drained in"),
        "note",
        numbers=["queued", "oldest", "in/min", "out/min", "drained in"],
    )
    for queue in found.queues:
        drawn.add_row(
            text(queue.name),
            f"{queue.queued:,}",
            duration(queue.oldest_seconds),
            rate_text(queue.in_per_minute),
            rate_text(queue.out_per_minute),
            duration(queue.seconds_to_drain) if queue.queued else "",
            "paused" if queue.paused else "",
        )
    print_table(drawn)
    if found.queues_total > len(found.queues):
        click.echo(f"and {found.queues_total - len(found.queues):,} more: goqueue queues")
