"""What it costs dispatch that old jobs are deleted meanwhile, as a worker does it, and what is left of them in the table.

The duty `job-pruner` of the worker that drains does it; a setting makes so many jobs old enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from bench import stack
from bench.scale.drains import drain, overall
from bench.scale.site import Site, between

_LATER_SECONDS: Final = 60.0
_SERVED_PER_PRUNED: Final = 9
"""Jobs that wait at its beginning, for each that is to be pruned: more than are served until it ends."""
_LEFT_SHARE: Final = 0.05
_WARM_SHARE: Final = 0.02
_PATIENCE_SECONDS: Final = 1_200.0
_FIRST_KEPT: Final = "SELECT id::text, created_at FROM jobs ORDER BY id OFFSET %(rows)s LIMIT 1"
_LEFT: Final = "SELECT count(*) FROM jobs WHERE id < %(first_kept)s::uuid"
_DEAD: Final = """
SELECT n_dead_tup::float8 / greatest(1, n_live_tup + n_dead_tup) FROM pg_stat_user_tables WHERE relname = %(table)s
"""


def measure(here: Site, *, rows: int, tell: Callable[[str], None]) -> dict[str, float]:
    """rows: to be pruned. It is compared with drains of as many jobs before and after: in one of seconds there would be
    none of the vacuums and checkpoints that a minute of dispatch brings by itself.
    """
    tell(f"draining {rows:,} jobs before pruning")
    before = drain(here, rows)
    tell(f"queueing {_SERVED_PER_PRUNED * rows:,} jobs, to be drained while {rows:,} are pruned")
    here.top_up(_SERVED_PER_PRUNED * rows)
    tell(f"draining while {rows:,} are pruned")
    figures = _prune(here, rows)
    figures |= {"dead_share_at_its_end": _dead_share(here, "jobs")}
    tell("waiting a minute")
    time.sleep(_LATER_SECONDS)
    figures |= {
        "dead_share_a_minute_later": _dead_share(here, "jobs"),
        "search_dead_share_a_minute_later": _dead_share(here, "job_search"),
    }
    tell(f"draining {rows:,} jobs after pruning")
    after = drain(here, rows)
    alone = overall([before, after])
    return {
        "before_per_s": before["jobs_per_s"],
        "after_per_s": after["jobs_per_s"],
        **figures,
        "kept": figures["beside_per_s"] / alone,
        "once": min(before["once"], figures["once"], after["once"]),
    }


def _prune(here: Site, rows: int) -> dict[str, float]:
    """With a worker that has them pruned; until it is done, or nearly nothing is left to drain beside it."""
    log = Path(here.servers.environment["BENCH_RECORDS"]).with_name("pruning.log")
    begun, waiting = here.servers.count(), here.waiting
    ((first_kept, created_at),) = here.database.run(_FIRST_KEPT, {"rows": rows})
    with here.worker(_kept_for(created_at), log) as worker:
        here.until_started(begun + int(waiting * _WARM_SHARE))
        first = here.read(worker.pid)
        stack.until(lambda: bool(_pruned(log)) or here.waiting < waiting * _LEFT_SHARE, _PATIENCE_SECONDS)
        last = here.read(worker.pid)
        left = here.database.run(_LEFT, {"first_kept": first_kept})[0][0]
        stack.until(lambda: bool(_pruned(log)), _PATIENCE_SECONDS)
    event = _pruned(log)[0]
    return {
        "beside_per_s": between(first, last)["jobs_per_s"],
        "beside_seconds": last.at - first.at,
        "pruned_beside": max(0, rows - left),
        "pruned": event["jobs"],
        "once": float(here.is_sound()),
    }


def _kept_for(created_at: datetime) -> dict[str, str]:
    """Settings by which jobs made before are old enough."""
    days = (datetime.now(UTC) - created_at) / timedelta(days=1)
    return {f"GOQUEUE_KEEP_{status}": f"{days:.9f}" for status in ("COMPLETED", "FAILED", "CANCELLED")}


def _pruned(log: Path) -> list[dict[str, Any]]:
    """What the worker said of it, once it was through with all jobs."""
    lines = log.read_bytes().splitlines() if log.exists() else []
    return [orjson.loads(line) for line in lines if b'"jobs_pruned"' in line]


def _dead_share(here: Site, table: str) -> float:
    """Of its tuples, as PostgreSQL counts them; a session writes down what it counted a second later at most."""
    time.sleep(1.5)
    share: float = here.database.run(_DEAD, {"table": table})[0][0]
    return share
