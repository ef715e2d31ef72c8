"""What maintenance does to rows when their time has come, and its leases. Everything here is safe if two do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from goqueue_common.database import Database
from goqueue_common.dispatch_store import JobAttempt
from goqueue_common.finished_store import noting_finished
from goqueue_common.job import JobRef
from goqueue_common.job_store import EXPIRED
from goqueue_common.lifecycle import TRANSITIONS, JobEvent, sources
from goqueue_common.live_events import JobChange


def _from(event: JobEvent) -> str:
    """As the predicates of the partial indexes spell it, or they would not be used."""
    statuses = ", ".join(f"'{status}'" for status in sources(event))
    return f"status IN ({statuses})"


_PROMOTE: Final = f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM jobs WHERE {_from(JobEvent.PROMOTE)} AND run_at <= now()
    ORDER BY run_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
), promoted AS (
    UPDATE jobs SET status = '{TRANSITIONS[JobEvent.PROMOTE].target}', queued_at = now(), updated_at = now()
    FROM picked WHERE jobs.id = picked.id RETURNING jobs.id, queue, priority, run_at
)
SELECT id::text, queue, priority FROM promoted ORDER BY run_at, id
"""  # noqa: S608 - constants from the lifecycle

_EXPIRE: Final = f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM jobs WHERE {_from(JobEvent.EXPIRE)} AND expires_at <= now()
    ORDER BY expires_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
), written AS (
UPDATE jobs SET status = '{TRANSITIONS[JobEvent.EXPIRE].target}', {EXPIRED}, updated_at = now()
FROM picked WHERE jobs.id = picked.id RETURNING jobs.id, attempts, status, queue
), {noting_finished("written")}
SELECT id::text, attempts, status, queue FROM written
"""  # noqa: S608 - constants from the lifecycle

_PROCESSING: Final = """
SELECT id::text, attempts FROM jobs WHERE id = ANY(%(ids)s::uuid[]) AND status || '' = 'processing'
"""

# ON CONFLICT locks the row even when it then changes nothing, so whoever follows must not come that far.
_TAKE_LEASE: Final = """
INSERT INTO maintenance_leases AS l (duty, holder, expires_at)
SELECT %(duty)s, %(holder)s::uuid, now() + %(seconds)s * interval '1 second'
WHERE NOT EXISTS (
    SELECT FROM maintenance_leases WHERE duty = %(duty)s AND holder <> %(holder)s::uuid AND expires_at >= now()
)
ON CONFLICT (duty) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE l.holder = excluded.holder OR l.expires_at < now()
RETURNING 1
"""


class MaintenanceStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold_lease(self, duty: str, holder: str, seconds: float) -> bool:
        """Take or renew the lease of a duty by the database clock; False: another holds it, and nothing was written."""
        return bool(self._database.run(_TAKE_LEASE, {"duty": duty, "holder": holder, "seconds": seconds}))

    def give_up_lease(self, duty: str, holder: str) -> None:
        """Let the next one begin at once."""
        self._database.run(
            "DELETE FROM maintenance_leases WHERE duty = %(duty)s AND holder = %(holder)s",
            {"duty": duty, "holder": holder},
        )

    def promote(self, limit: int) -> list[JobRef]:
        """Queue jobs whose `run_at` has come, the most overdue first; the caller pushes them."""
        return [JobRef._make(row) for row in self._database.run(_PROMOTE, {"limit": limit})]

    def expire(self, limit: int) -> list[JobChange]:
        """Fail waiting jobs whose `expires_at` has passed, the longest expired first; the caller announces them."""
        return [JobChange._make(row) for row in self._database.run(_EXPIRE, {"limit": limit})]

    def unsettled(self, attempts: Sequence[JobAttempt]) -> set[JobAttempt]:
        """Those of these attempts whose outcome PostgreSQL does not have; an attempt once settled is so for good."""
        rows = self._database.run(_PROCESSING, {"ids": [job_id for job_id, _ in attempts]})
        return {(row[0], row[1]) for row in rows} & set(attempts)
