"""The `goqueue` command: what is wrong is said in one line on stderr, with exit code 2."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence

import click

from goqueue_cli.api_address import api_url_option
from goqueue_cli.command_group import CommandGroup
from goqueue_cli.errors import CommandError
from goqueue_cli.output import clean, one_line

_FAILED = 2
_INTERRUPTED = 130


@click.group(cls=CommandGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, help="Show the version.")
@api_url_option
@click.pass_context
def cli(context: click.Context, *, version: bool) -> None:
    """GoQueue, a distributed job queue: PostgreSQL for the truth, Redis for the speed."""
    if version:
        from importlib.metadata import version as version_of  # our own package would bring requests, and its 0.1 s

        click.echo(f"goqueue, version {version_of('goqueue')}")
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Run the command line and end the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a letter that the terminal does not have is no reason to fail
    try:
        code = cli.main(prog_name="goqueue", standalone_mode=False)
    except click.ClickException as error:
        code = _fail(error.format_message())
    except CommandError as error:
        code = _fail(str(error), error.below)
    except OSError as error:  # a file that may not be read, a disk that is full: for the person to put right
        code = _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    gc.freeze()  # the end of the process gives all memory back; looking through it first takes a tenth of a short command
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, below: Sequence[str] = ()) -> int:
    click.echo(f"goqueue: {one_line(message)}", err=True)
    for line in below:
        click.echo(clean(line), err=True)
    return _FAILED


if __name__ == "__main__":
    main()
