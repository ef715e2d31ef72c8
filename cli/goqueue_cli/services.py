"""`goqueue api`, `worker` and so on: this process becomes the service, so that signals and exit codes are its own.

Where the environment names no stores, they are those of a `goqueue up` in this folder.
"""

from __future__ import annotations

import os
import sys

import click

from goqueue_cli.api_address import api_url, store_environment
from goqueue_cli.errors import CommandError
from goqueue_cli.extras import missing_modules

# Everything after the command's name is the service's, --help too.
_PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.command(context_settings=_PASSED_ON, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def api(words: tuple[str, ...]) -> None:
    """Serve the HTTP API; DATABASE_URL and REDIS_URL say where the stores are."""
    _become("goqueue_api", words, extra="api")


@click.command(context_settings=_PASSED_ON, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def worker(words: tuple[str, ...]) -> None:
    """Run jobs; DATABASE_URL and REDIS_URL say where the stores are."""
    _become("goqueue_worker", words, extra="worker")


@click.command(context_settings=_PASSED_ON, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def db(words: tuple[str, ...]) -> None:
    """Bring the database up to date (upgrade), show where it is (current), wait for it (wait)."""
    _become("goqueue_common.migrations", words, extra="stores")


@click.command(context_settings=_PASSED_ON, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def keys(words: tuple[str, ...]) -> None:
    """Make, list and revoke API keys: create, list, revoke; DATABASE_URL says where."""
    _become("goqueue_api.keys", words, extra="api")


@click.command(context_settings=_PASSED_ON, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def scheduler(context: click.Context, words: tuple[str, ...]) -> None:
    """Fire cron schedules; API_URL says where the API is, REDIS_URL where a leader is elected."""
    _become("goqueue_scheduler", words, extra="scheduler", api_url=api_url(context))


@click.command("check", context_settings=_PASSED_ON, add_help_option=False)
@click.argument("words", metavar="FILE", nargs=-1, type=click.UNPROCESSED)
def check_schedules(words: tuple[str, ...]) -> None:
    """Say everything that is wrong with a file of schedules."""
    _become("goqueue_scheduler.schedule_file", words, extra="scheduler")


def _become(module: str, words: tuple[str, ...], *, extra: str, api_url: str | None = None) -> None:
    """api_url: where the API is, for a service that calls it."""
    missing = missing_modules(extra)
    if missing:
        raise CommandError(f"{', '.join(missing)} not installed: pip install 'goqueue[{extra}]'")
    sys.stdout.flush()
    # -P: without it, a redis.py in the folder we are called from would stand in for the real one.
    argv = [sys.executable, "-P", "-m", module, *words]
    environment = store_environment() | ({} if api_url is None else {"API_URL": api_url})
    os.execve(sys.executable, argv, environment)  # noqa: S606 - a list of words, no shell
