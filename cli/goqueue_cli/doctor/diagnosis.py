"""From what was found out to what it means."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from goqueue_cli.doctor.api_checks import check_api, check_queues, check_workers
from goqueue_cli.doctor.check import Check, Mark, fine
from goqueue_cli.doctor.store_checks import check_stores

if TYPE_CHECKING:
    from goqueue_cli.doctor.evidence import Evidence


def diagnose(evidence: Evidence, own_version: str) -> list[Check]:
    """Every check, from the ground up."""
    stores = evidence.stores
    workers, due = (stores["workers"], stores["queues"]) if stores is not None else (None, None)
    checks = [
        fine("GoQueue", f"{own_version} on Python {platform.python_version()}; {_extras(evidence.extras)}"),
        *check_stores(evidence),
        check_api(evidence.api, own_version),
    ]
    worker_check = check_workers(evidence.api, workers)
    if worker_check is None:
        return checks
    return [*checks, worker_check, *check_queues(evidence.api, due, any_lives=worker_check.mark is Mark.OK)]


def _extras(missing: Mapping[str, Sequence[str]]) -> str:
    here = [name for name, modules in missing.items() if not modules]
    away = [name for name, modules in missing.items() if modules]
    said = f"installed: {', '.join(here) or 'the client alone'}"
    return f"{said}; not installed: {', '.join(away)}" if away else said
