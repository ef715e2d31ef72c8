"""`goqueue up`: the whole system in one terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goqueue_cli.local.interrupts import Interrupts
from goqueue_cli.local.log_prefix import PrefixedOutput
from goqueue_cli.local.stack import SPEAKERS, Stack, StackOptions
from goqueue_cli.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_PASSED_ON = ("handlers", "queues", "app_dir", "concurrency", "processes")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Of the API.")
@click.option("--dashboard-port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Of the dashboard.")
@click.option("--no-dashboard", is_flag=True, help="Serve no dashboard.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".goqueue"),
    show_default=True,
    help="Where the stores keep their data.",
)
@click.option("--handlers", help="Modules with your job handlers, by commas.")
@click.option("--queues", help="Queues that the worker serves, by commas; all of them if left out.")
@click.option("--app-dir", help="Folder of the handlers' modules; this one if --handlers is given.")
@click.option("--concurrency", type=click.IntRange(min=1), help="Jobs at the same time.")
@click.option("--processes", type=click.IntRange(min=1), help="Worker processes.")
@click.option("--reload", is_flag=True, help="Load the handlers again when their files change.")
@click.option("--no-worker", is_flag=True, help="Start no worker.")
@click.option(
    "--schedules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of cron schedules; else GOQUEUE_SCHEDULES, or those that come with GoQueue.",
)
@click.option("--no-scheduler", is_flag=True, help="Start no scheduler.")
def up(
    port: int,
    dashboard_port: int,
    data_dir: Path,
    *,
    no_dashboard: bool,
    no_worker: bool,
    reload: bool,
    schedules: Path | None,
    no_scheduler: bool,
    **worker_options: str | int | None,
) -> None:
    """Run PostgreSQL, Valkey, the API with the dashboard, a worker and a scheduler here, until Ctrl-C.

    DATABASE_URL and REDIS_URL name stores to use instead of starting them.
    """
    settings = read_settings()
    if worker_options["handlers"] and "GOQUEUE_APP_DIR" not in settings.environment:
        worker_options["app_dir"] = worker_options["app_dir"] or "."
    options = StackOptions(
        port=port,
        dashboard_port=None if no_dashboard else dashboard_port,
        data_dir=data_dir,
        with_worker=not no_worker,
        with_scheduler=not no_scheduler,
        schedules=schedules,
        worker_words=(*_words(worker_options), *(["--reload"] if reload else [])),
    )
    colour = sys.stdout.isatty() and not settings.no_color
    output = PrefixedOutput(sys.stdout, SPEAKERS, colour=colour)
    with Interrupts() as interrupts:
        Stack(options, settings, output, interrupts).run()


def _words(worker_options: Mapping[str, str | int | None]) -> tuple[str, ...]:
    return tuple(
        word
        for name in _PASSED_ON
        if (value := worker_options[name]) is not None
        for word in (f"--{name.replace('_', '-')}", str(value))
    )
