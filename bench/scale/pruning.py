"""What it costs dispatch that old jobs are deleted meanwhile, as a worker does it, and what is left of them in the table.

The duty `job-pruner` of the worker that drains does it; a setting makes jobs old enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Final

from bench.scale.drains import drain, overall
from bench.scale.site import Site
from bench.targets import said

OLD_PER_PRUNED: Final = 1.25
"""Jobs that are old enough, for each that is to be pruned, so that no drain outlasts them."""
_LATER_SECONDS: Final = 60.0
_ORDER: Final = ("alone", "beside", "beside", "alone")
_FIRST_KEPT: Final = "SELECT id::text, created_at FROM jobs ORDER BY id OFFSET %(old)s LIMIT 1"
_LEFT: Final = "SELECT count(*) FROM jobs WHERE id < %(first_kept)s::uuid"
_DEAD: Final = """
SELECT n_dead_tup::float8 / greatest(1, n_live_tup + n_dead_tup) FROM pg_stat_user_tables WHERE relname = %(table)s
"""


def measure(here: Site, *, rows: int, tell: Callable[[str], None]) -> dict[str, float]:
    """rows: to be pruned. As many jobs are drained again and again, by turns with pruning and without, until they are: so
    that both have the vacuums and checkpoints that a minute of dispatch brings by itself, and the same table grows.
    """
    old = int(rows * OLD_PER_PRUNED)
    ((first_kept, created_at),) = here.database.run(_FIRST_KEPT, {"old": old})
    found: dict[str, list[dict[str, float]]] = {"alone": [], "beside": []}
    pruned = 0
    for name in cycle(_ORDER):
        tell(f"draining {rows:,} jobs, {name} pruning; {pruned:,} of {rows:,} are pruned")
        figures = drain(here, rows, _kept_for(created_at) if name == "beside" else None)
        tell(said(figures))
        found[name].append(figures)
        pruned = old - here.database.run(_LEFT, {"first_kept": first_kept})[0][0]
        if pruned >= rows:
            break
    shares = {"dead_share_at_its_end": _dead_share(here, "jobs")}
    tell("waiting a minute")
    time.sleep(_LATER_SECONDS)
    shares |= {
        "dead_share_a_minute_later": _dead_share(here, "jobs"),
        "search_dead_share_a_minute_later": _dead_share(here, "job_search"),
    }
    alone, beside = (overall(found[name]) for name in ("alone", "beside"))
    return {
        "alone_per_s": alone,
        "beside_per_s": beside,
        "kept": beside / alone,
        "pruned": pruned,
        "drained_beside": rows * len(found["beside"]),
        **shares,
        "once": min(figures["once"] for drains in found.values() for figures in drains),
    }


def _kept_for(created_at: datetime) -> dict[str, str]:
    """Settings by which jobs made before are old enough."""
    days = (datetime.now(UTC) - created_at) / timedelta(days=1)
    return {f"GOQUEUE_KEEP_{status}": f"{days:.9f}" for status in ("COMPLETED", "FAILED", "CANCELLED")}


def _dead_share(here: Site, table: str) -> float:
    """Of its tuples, as PostgreSQL counts them; a session writes down what it counted a second later at most."""
    time.sleep(1.5)
    share: float = here.database.run(_DEAD, {"table": table})[0][0]
    return share
