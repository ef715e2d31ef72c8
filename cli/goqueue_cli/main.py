"""The `goqueue` command: what is wrong is said in one line on stderr, with exit code 2."""

from __future__ import annotations

import sys

import click

from goqueue.version import __version__
from goqueue_cli.demo.command import demo
from goqueue_cli.errors import CommandError
from goqueue_cli.up import up

_FAILED = 2
_INTERRUPTED = 130


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="goqueue")
@click.pass_context
def cli(context: click.Context) -> None:
    """GoQueue, a distributed job queue: PostgreSQL for the truth, Redis for the speed."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


cli.add_command(up)
cli.add_command(demo)


def main() -> None:
    """Run the command line and end the process."""
    try:
        code = cli.main(prog_name="goqueue", standalone_mode=False)
    except click.ClickException as error:
        code = _fail(error.format_message())
    except CommandError as error:
        code = _fail(str(error))
    except OSError as error:  # a file that may not be read, a disk that is full: for the person to put right
        code = _fail(str(error))
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str) -> int:
    click.echo(f"goqueue: {' '.join(message.split())}", err=True)
    return _FAILED


if __name__ == "__main__":
    main()
