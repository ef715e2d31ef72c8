"""Queues: which exist, and how much waits in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goqueue_common.database import Database

COUNTS_CAPPED_AT: Final = 10_000
"""Depths are counted up to here: a list of queues must not count millions of rows."""

_DEPTHS: Final = """
WITH later AS MATERIALIZED (
    SELECT queue, status FROM jobs WHERE status IN ('scheduled', 'retrying') LIMIT %(cap)s
), busy AS MATERIALIZED (
    SELECT queue FROM jobs WHERE status = 'processing' LIMIT %(cap)s
)
SELECT q.name,
    (SELECT count(*) FROM (SELECT FROM jobs j WHERE j.status = 'queued' AND j.queue = q.name LIMIT %(cap)s) AS due),
    (SELECT count(*) FROM later WHERE queue = q.name AND status = 'scheduled'),
    (SELECT count(*) FROM later WHERE queue = q.name AND status = 'retrying'),
    (SELECT count(*) FROM busy WHERE queue = q.name)
FROM queues q ORDER BY q.name
"""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Unfinished jobs of a queue by status; each number stops at COUNTS_CAPPED_AT."""

    name: str
    queued: int
    scheduled: int
    retrying: int
    processing: int


class QueueStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> list[str]:
        """Every queue that a job was ever submitted to, sorted."""
        return [str(row[0]) for row in self._database.run_again("SELECT name FROM queues ORDER BY name")]

    def depths(self) -> list[QueueDepth]:
        """Every queue with what waits in it."""
        return [QueueDepth(*row) for row in self._database.run_again(_DEPTHS, {"cap": COUNTS_CAPPED_AT})]
