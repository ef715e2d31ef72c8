"""How many jobs a second two worker processes drain, with and without millions of finished jobs in the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bench.scale.site import Site, between
from bench.targets import said


def drain(here: Site, jobs: int, settings: Mapping[str, str] | None = None) -> dict[str, float]:
    """Figures of a worker before which that many lie, from the first tenth of them to the last. settings: the worker's."""
    here.top_up(jobs)
    begun = here.servers.count()
    with here.worker(settings) as worker:
        here.until_started(begun + jobs // 10)
        first = here.read(worker.pid)
        here.until_started(begun + jobs - jobs // 10)
        figures = between(first, here.read(worker.pid))
    return figures | {"once": float(here.is_sound())}


def compare(
    few: Site, many: Site, *, jobs: int, rounds: int, tell: Callable[[str], None]
) -> dict[str, list[dict[str, float]]]:
    """Drains of both by turns. few: is emptied before each; many: has finished jobs. The first of each only warms."""
    found: dict[str, list[dict[str, float]]] = {"empty": [], "full": []}
    for number in range(rounds + 1):
        for name, here in (("empty", few), ("full", many)) if number % 2 else (("full", many), ("empty", few)):
            tell(f"draining {jobs:,} jobs, {name} table, round {number} of {rounds}")
            if here is few:
                few.empty()
            figures = drain(here, jobs)
            tell(said(figures))
            if number:
                found[name].append(figures)
    return found


def overall(rounds: Sequence[dict[str, float]]) -> float:
    """Jobs per second of all rounds together, so that a vacuum which falls into one of them counts."""
    return len(rounds) / sum(1 / figures["jobs_per_s"] for figures in rounds)
