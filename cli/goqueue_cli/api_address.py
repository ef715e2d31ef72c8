"""Where the API is that a command talks to, and where the stores are: as told, else of a `goqueue up` in this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from goqueue_cli.errors import CommandError
from goqueue_cli.settings import read_settings

if TYPE_CHECKING:
    from goqueue import Client
    from goqueue_cli.local.stack_file import RunningStack

_META = "goqueue.api_url"
_STACK_FILE = Path(".goqueue") / "stack.json"
Command = TypeVar("Command", bound=Callable[..., Any])


def api_url_option(command: Command) -> Command:
    """Add --api-url to a command; `api_url` and `api_client` know what it said."""
    return click.option(
        "--api-url",
        metavar="URL",
        expose_value=False,
        callback=_remember,
        help="Where the API is; else API_URL, a `goqueue up` in this folder, http://localhost:8080.",
    )(command)


def api_url(context: click.Context) -> str:
    """The address of the API."""
    from goqueue.settings import DEFAULT_URL

    running = _running_stack()
    told = context.meta.get(_META) or read_settings().api_url
    return told or (running.api_url if running is not None else DEFAULT_URL)


@contextmanager
def api_client(context: click.Context) -> Iterator[Client]:
    """A client of the API. What the API refuses in the block becomes a CommandError, as does an API that is away."""
    from goqueue import Client, ConnectionFailed, GoQueueError, Unauthorized

    url = api_url(context)
    try:
        with Client(url) as client:
            yield client
    except ConnectionFailed as error:
        raise CommandError(f"{error}; start one with: goqueue up") from error
    except Unauthorized as error:
        raise CommandError(f"{error}; this command takes its key from GOQUEUE_API_KEY") from error
    except GoQueueError as error:
        raise CommandError(str(error)) from error


def store_environment() -> dict[str, str]:
    """This process's environment, with the stores of a running local stack where it names none, and its folder of files."""
    settings = read_settings()
    environment = dict(settings.environment)
    running = _running_stack()
    if running is not None:
        if settings.database_url is None:
            environment["DATABASE_URL"] = running.database_url
            environment.setdefault("GOQUEUE_MEDIA_ROOT", str(_STACK_FILE.absolute().with_name("media")))
        if settings.redis_url is None:
            environment["REDIS_URL"] = running.redis_url
    return environment


def _running_stack() -> RunningStack | None:
    from goqueue_cli.local.stack_file import StackFile  # brings the whole local stack

    return StackFile(_STACK_FILE).running()


def _remember(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_META] = value
