"""From what was found out to what it means."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goqueue_cli.doctor.api_checks import check_api, check_paused, check_queues, check_workers
from goqueue_cli.doctor.finding import Finding, Mark, fine
from goqueue_cli.doctor.schedule_checks import check_schedules
from goqueue_cli.doctor.store_checks import check_stores

if TYPE_CHECKING:
    from goqueue_cli.doctor.evidence import Evidence, StoreReport


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """findings: from the ground up. stores: as they said it, None: they could not be asked."""

    findings: Sequence[Finding]
    stores: StoreReport | None

    @property
    def is_well(self) -> bool:
        """Whether nothing is a problem; there may be warnings."""
        return self.count(Mark.PROBLEM) == 0

    def count(self, mark: Mark) -> int:
        """How many findings have this mark."""
        return sum(finding.mark is mark for finding in self.findings)


def diagnose(api_url: str, environment: Mapping[str, str]) -> Diagnosis:
    """Look at everything; `environment` says where the stores are. Raises CommandError when api_url is none."""
    from goqueue import __version__
    from goqueue_cli.doctor.evidence import gather

    evidence = gather(api_url, environment)
    return Diagnosis(judge(evidence, __version__), evidence.stores)


def judge(evidence: Evidence, own_version: str) -> list[Finding]:
    """Every finding."""
    stores = evidence.stores
    workers, due = (stores["workers"], stores["queues"]) if stores is not None else (None, None)
    findings = [
        fine("GoQueue", f"{own_version} on Python {platform.python_version()}; {_extras(evidence.extras)}"),
        *check_stores(evidence),
        check_api(evidence.api, own_version),
    ]
    worker_finding = check_workers(evidence.api, workers)
    if worker_finding is None:
        return findings
    any_lives = worker_finding.mark is Mark.OK
    queue_findings = [*check_queues(evidence.api, due, any_lives=any_lives), *check_paused(evidence.api)]
    schedule_findings = check_schedules(evidence.api.scheduler, evidence.api.schedulers)
    return [*findings, worker_finding, *queue_findings, *schedule_findings]


def _extras(missing: Mapping[str, Sequence[str]]) -> str:
    here = [name for name, modules in missing.items() if not modules]
    away = [name for name, modules in missing.items() if modules]
    said = f"installed: {', '.join(here) or 'the client alone'}"
    return f"{said}; not installed: {', '.join(away)}" if away else said
