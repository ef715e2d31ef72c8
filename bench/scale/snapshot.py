"""Whether dispatch slows down while somebody holds an old snapshot, as a backup does: nothing can be vacuumed then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from statistics import fmean
from typing import Any, Final

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from bench.scale.site import Site

WINDOWS: Final = 12
"""In which its time is divided; the first and the last are compared."""
_BEFORE_SECONDS: Final = 3.0
_SPARE: Final = 1.15
_LEFT_SHARE: Final = 0.03

Sample = tuple[float, int]
"""When (time.monotonic), and how many jobs had been started."""


def measure(here: Site, *, seconds: float, jobs_per_s: float, tell: Callable[[str], None]) -> dict[str, Any]:
    """jobs_per_s: how fast it drains without one, so that enough jobs are there for all the time."""
    jobs = int(jobs_per_s * (seconds + _BEFORE_SECONDS) * _SPARE)
    tell(f"queueing {jobs:,} jobs, to be drained while a snapshot is held")
    here.top_up(jobs)
    tell(f"holding a snapshot for {seconds:g} s")
    begun = here.servers.count()
    with here.worker():
        here.until_started(begun + 1)
        before = _watched(here, _BEFORE_SECONDS, jobs)
        with _snapshot(here.servers.environment["DATABASE_URL"]):
            samples = _watched(here, seconds, jobs)
    per_window = rates(samples, WINDOWS)
    return {
        "before_per_s": rates(before, 2)[-1],
        **thirds(per_window),
        "held_seconds": samples[-1][0] - samples[0][0],
        "windows_per_s": per_window,
        "once": float(here.is_sound()),
    }


def thirds(windows_per_s: Sequence[float]) -> dict[str, float]:
    """The first and the last third of the time: a window alone may have a checkpoint, or a vacuum."""
    size = len(windows_per_s) // 3
    beginning, end = fmean(windows_per_s[:size]), fmean(windows_per_s[-size:])
    return {"beginning_per_s": beginning, "end_per_s": end, "kept": end / beginning}


def rates(samples: Sequence[Sample], windows: int) -> list[float]:
    """Jobs per second in each of so many parts of the time, as near as samples lie to where they begin and end."""
    began, seconds = samples[0][0], samples[-1][0] - samples[0][0]
    edges = [
        min(samples, key=lambda sample: abs(sample[0] - began - seconds * number / windows))
        for number in range(windows + 1)
    ]
    return [(later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in pairwise(edges)]


def _watched(here: Site, seconds: float, jobs: int) -> list[Sample]:
    """Samples for so long, or until hardly a job is left of so many."""
    samples: list[Sample] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and here.waiting > jobs * _LEFT_SHARE:
        samples.append((time.monotonic(), here.servers.count()))
        time.sleep(0.05)
    return [*samples, (time.monotonic(), here.servers.count())]


@contextmanager
def _snapshot(url: str) -> Iterator[None]:
    with closing(psycopg2.connect(url)) as connection:
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM queues")
        yield
