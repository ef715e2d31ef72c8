"""`goqueue doctor`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from goqueue_cli.api_address import api_url, api_url_option, store_environment
from goqueue_cli.doctor.check import Check, Mark
from goqueue_cli.doctor.diagnosis import diagnose
from goqueue_cli.output import print_json, print_table, text

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLES = {Mark.OK: "green", Mark.WARNING: "yellow", Mark.PROBLEM: "red"}
_SOMETHING_TO_FIX = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks, and what the stores say, as JSON.")
@api_url_option
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> int:
    """Look at everything, and say what to fix.

    The stores are those of DATABASE_URL and REDIS_URL, else of a `goqueue up` in this folder.
    Exit code 0: all is well; 1: something is to be fixed.
    """
    from goqueue import __version__
    from goqueue_cli.doctor.evidence import gather

    url = api_url(context)
    evidence = gather(url, store_environment())
    checks = diagnose(evidence, __version__)
    is_well = all(check.mark is Mark.OK for check in checks)
    if as_json:
        found = [asdict(check) for check in checks]
        print_json({"is_well": is_well, "api_url": url, "checks": found, "stores": evidence.stores})
    else:
        _print(checks)
    return 0 if is_well else _SOMETHING_TO_FIX


def _print(checks: Sequence[Check]) -> None:
    from rich.table import Table

    drawn = Table.grid(padding=(0, 2, 0, 0))
    for _ in ("mark", "name"):
        drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    for check in checks:
        drawn.add_row(text(check.mark, _STYLES[check.mark]), text(check.name), text(check.finding))
        if check.fix:
            drawn.add_row("", "", text(f"fix: {check.fix}"))
    print_table(drawn)
