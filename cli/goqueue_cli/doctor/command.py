"""`goqueue doctor`."""

from __future__ import annotations

import click

from goqueue_cli.api_address import api_url, api_url_option, store_environment
from goqueue_cli.doctor.diagnosis import diagnose
from goqueue_cli.output import print_json

_A_PROBLEM = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings, and what the stores say, as JSON.")
@api_url_option
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> int:
    """Look at everything, and say what to fix.

    The stores are those of DATABASE_URL and REDIS_URL, else of a `goqueue up` in this folder.
    Exit code 0: nothing is a problem; 1: something is.
    """
    diagnosis = diagnose(api_url(context), store_environment())
    if as_json:
        print_json({"ok": diagnosis.is_well, "findings": diagnosis.findings, "stores": diagnosis.stores})
    else:
        from goqueue_cli.doctor.table import print_diagnosis

        print_diagnosis(diagnosis)
    return 0 if diagnosis.is_well else _A_PROBLEM
