"""What the stores themselves say, asked past the proxies."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from redis import Redis

from goqueue_cli.local import LocalStores
from goqueue_common.broker.keys import Keys
from goqueue_common.database import connect
from goqueue_common.stats_store import JOB_COUNTS
from goqueue_common.store_settings import normalise_database_url
from tests.conftest import WIPE

_MISCOUNTED = f"""
WITH {JOB_COUNTS}, counted AS (
    SELECT status, sum(jobs) AS jobs FROM job_counted GROUP BY status
    UNION ALL SELECT 'submitted', coalesce((SELECT sum(submitted) FROM rollups), 0)
        + coalesce((SELECT sum(jobs) FROM job_moves WHERE origin IS NULL), 0)
), truth AS (
    SELECT status, count(*) AS jobs FROM jobs GROUP BY status UNION ALL SELECT 'submitted', count(*) FROM jobs
)
SELECT status, coalesce(c.jobs, 0), coalesce(t.jobs, 0) FROM counted c FULL JOIN truth t USING (status)
WHERE coalesce(c.jobs, 0) <> coalesce(t.jobs, 0)
"""


Instant = tuple[str, int]
"""A schedule, and a second since the epoch that its cron names."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job stands in PostgreSQL. finished_at: on the monotonic clock, None: it has no outcome."""

    status: str
    failure_reason: str | None
    finished_at: float | None


class Run(NamedTuple):
    """A row of schedule_runs. fired_at: seconds since the epoch; missed: as was told to the API."""

    instant: Instant
    fired_at: float
    has_job: bool
    missed: int


class Observer:
    """Connections of its own to both stores. `redis` is a plain client."""

    def __init__(self, stores: LocalStores, keys: Keys | None = None) -> None:
        self._keys = keys or Keys()
        self._database = connect(
            normalise_database_url(stores.database_url),
            pool_size=2,
            statement_timeout_seconds=30.0,
            application_name="observer",
        )
        self.redis = Redis.from_url(stores.redis_url, socket_timeout=5.0, decode_responses=True)

    def outcomes(self, job_ids: Iterable[str]) -> dict[str, Outcome]:
        """Of these jobs, as far as they exist."""
        since_boot = time.time() - time.monotonic()
        rows = self._database.run_again(
            "SELECT id::text, status, failure_reason, extract(epoch FROM finished_at)::float8 FROM jobs "
            "WHERE id = ANY(%(ids)s::uuid[])",
            {"ids": list(job_ids)},
        )
        return {row[0]: Outcome(row[1], row[2], None if row[3] is None else row[3] - since_boot) for row in rows}

    def completed(self, job_ids: Iterable[str]) -> frozenset[str]:
        """Those of these jobs that are."""
        return frozenset(job_id for job_id, found in self.outcomes(job_ids).items() if found.status == "completed")

    def count(self, status: str) -> int:
        """How many jobs are in this status."""
        return int(
            self._database.run_again("SELECT count(*) FROM jobs WHERE status = %(status)s", {"status": status})[0][0]
        )

    def miscounted(self) -> list[tuple[str, int, int]]:
        """(status, counted, true) of statuses whose jobs are not as many as the figures say, and of what was submitted."""
        rows = self._database.run_again(_MISCOUNTED)
        return [(row[0], int(row[1]), int(row[2])) for row in rows]

    def unfinished(self) -> bool:
        """Whether any job has no outcome."""
        return bool(self._database.run_again("SELECT 1 FROM jobs WHERE finished_at IS NULL LIMIT 1"))

    def recorded(self) -> frozenset[str]:
        """Ids of jobs with an outcome in Redis that PostgreSQL may not have."""
        return frozenset(str(field).partition(":")[0] for field in self.redis.hkeys(self._keys.acks))

    def listed(self) -> int:
        """How many ids lie in the list that the load goes to."""
        return int(self.redis.llen(self._keys.queue("default", 1)))

    def live_worker_pids(self) -> set[int]:
        """Process ids of workers that are registered as alive."""
        return {row[0] for row in self._database.run_again("SELECT pid FROM workers WHERE state = 'alive'")}

    def runs(self) -> list[Run]:
        """Every run of every schedule; one made by hand is none."""
        rows = self._database.run_again(
            "SELECT schedule, extract(epoch FROM scheduled_for)::bigint, extract(epoch FROM fired_at)::float8, "
            "job_id IS NOT NULL, missed FROM schedule_runs WHERE NOT manual"
        )
        return [Run((row[0], row[1]), *row[2:]) for row in rows]

    def jobs_of_instants(self) -> Counter[Instant]:
        """How many jobs each instant of a schedule has."""
        rows = self._database.run_again(
            "SELECT schedule, extract(epoch FROM scheduled_for)::bigint, count(*) FROM jobs "
            "WHERE schedule IS NOT NULL GROUP BY 1, 2"
        )
        return Counter({(row[0], row[1]): row[2] for row in rows})

    def slowest_schedule(self) -> float:
        """Until when every schedule's instants have been dealt with, in seconds since the epoch."""
        rows = self._database.run_again("SELECT extract(epoch FROM min(due_after))::float8 FROM schedules")
        return float(rows[0][0] or 0.0)

    def execute(self, statement: str) -> None:
        """One statement as the database's owner."""
        self._database.run_again(statement)

    def wipe(self) -> None:
        """Leave nothing in either store."""
        self._database.run_again(WIPE)
        self.redis.flushall()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()
        self.redis.close()
