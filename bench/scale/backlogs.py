"""What a job costs while 1,000 or a million wait.

So many lie there, and two worker processes take bites of a thousand. After each bite they are stopped by a signal, the
backlog is brought back to its size, and they go on. So every size is measured in the same bites, none runs dry, and what
filling costs counts nowhere. Before, the table is vacuumed: what autovacuum has to do after a filling is not of these jobs.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench import cpu, stack
from bench.scale.site import Site, between, site

BITE: Final = 1_000
_WARM_BITES: Final = 10
_LOOK_SECONDS: Final = 0.001
_PATIENCE_SECONDS: Final = 30.0


def measure(backlog: int, jobs: int) -> dict[str, float]:
    """Figures of so many jobs out of a backlog that is kept at its size, on new servers."""
    bite = min(BITE, backlog)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as here:
        here.top_up(backlog)
        here.database.run("VACUUM (ANALYZE) jobs")
        here.database.run("CHECKPOINT")
        with here.worker() as worker:
            stack.until(lambda: here.servers.count() >= bite)
            with _stopped(worker.pid) as team:
                here.top_up(backlog)
                for _ in range(_WARM_BITES):
                    _take(here, team, bite, backlog)
                first = here.read(worker.pid)
                seconds = sum(_take(here, team, bite, backlog) for _ in range(max(1, jobs // bite)))
                figures = between(first, here.read(worker.pid), seconds)
        return figures | {"once": float(here.is_sound())}


def _take(here: Site, team: list[int], bite: int, backlog: int) -> float:
    """Seconds that it took."""
    goal = here.servers.count() + bite
    began = time.perf_counter()
    _signal(team, signal.SIGCONT)
    while here.servers.count() < goal:
        time.sleep(_LOOK_SECONDS)
        if time.perf_counter() - began > _PATIENCE_SECONDS:
            raise TimeoutError(f"a worker did not take {bite} of {backlog:,} jobs in {_PATIENCE_SECONDS:g} s")
    _signal(team, signal.SIGSTOP)
    seconds = time.perf_counter() - began
    here.top_up(backlog)
    return seconds


@contextmanager
def _stopped(worker: int) -> Iterator[list[int]]:
    """Its processes, which are stopped now, and go on after the block."""
    team = sorted(cpu.descendants(worker))
    _signal(team, signal.SIGSTOP)
    try:
        yield team
    finally:
        _signal(team, signal.SIGCONT)


def _signal(team: list[int], number: signal.Signals) -> None:
    for pid in team:
        os.kill(pid, number)
