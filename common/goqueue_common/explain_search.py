"""The facts of which a job's explanation is made: a few statements, each by an index, each with an end, however many jobs
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from goqueue_common.database import Database, Params
from goqueue_common.errors import JobNotFound
from goqueue_common.explain.explainer import explain
from goqueue_common.explain.explanation import Explanation
from goqueue_common.explain.facts import Facts, Fleet, Holder, JobFacts, Pause
from goqueue_common.job import Priority
from goqueue_common.job_filter import Count
from goqueue_common.lifecycle import JobStatus
from goqueue_common.limit_store import LimitStore
from goqueue_common.stats_store import JOB_COUNTS, StatsStore

OTHERS_CAP: Final = 1_000
"""Jobs before and behind one are counted up to here."""
READY_LOOKED_AT: Final = 1_000
"""Of so many workers the slots are counted."""
_ERROR_CHARACTERS: Final = 300

_JOB_FIELDS: Final = tuple(item.name for item in fields(JobFacts))
_COMPUTED: Final = {
    "has_begun_alone": "j.alone_attempt IS NOT DISTINCT FROM j.attempts",
    "error": f"left(j.error, {_ERROR_CHARACTERS})",
    "id": "j.id::text",
    "worker_id": "j.worker_id::text",
}

_JOB: Final = f"""
SELECT now(), {", ".join(_COMPUTED.get(name, f"j.{name}") for name in _JOB_FIELDS)},
    q.paused_at, q.paused_by, w.host, w.pid, w.state, w.beat_at, w.lease_seconds, w.ended_at
FROM jobs j LEFT JOIN queues q ON q.name = j.queue LEFT JOIN workers w ON w.id = j.worker_id
WHERE j.id = %(id)s::uuid
"""

# What a worker holds beyond its slots has not started: so many rows need not be looked at.
_FLEET: Final = """
WITH live AS MATERIALIZED (
    SELECT id, slots, queues IS NULL OR %(queue)s = ANY(queues) AS serves, types ? %(type)s AS knows,
        drain_requested_at IS NOT NULL AS drains
    FROM workers WHERE state = 'alive' AND beat_at > now() - lease_seconds * interval '1 second'
), ready AS MATERIALIZED (
    SELECT slots, (SELECT count(*) FROM (
            SELECT FROM jobs j WHERE j.status = 'processing' AND j.worker_id = live.id LIMIT live.slots
        ) AS held) AS taken
    FROM live WHERE serves AND knows AND NOT drains LIMIT %(looked_at)s
)
SELECT count(*), count(*) FILTER (WHERE serves), count(*) FILTER (WHERE knows), count(*) FILTER (WHERE serves AND knows),
    count(*) FILTER (WHERE serves AND knows AND NOT drains), (SELECT coalesce(sum(slots), 0)::bigint FROM ready),
    (SELECT coalesce(sum(taken), 0)::bigint FROM ready)
FROM live
"""


def _others(which: str, order: str) -> str:
    """Counts the queued jobs before (<) or after (>) a place, from there on: at the head of a busy queue lie the dead
    entries of what was taken lately.

    In two parts, and the bound is there twice: a scan of the index begins at plain columns, not at rows that are compared.
    """
    return f"""
SELECT count(*) FROM (
    (SELECT 1 FROM jobs WHERE status = 'queued' AND queue = %(queue)s AND priority = %(priority)s
      AND queued_at {which}= %(queued_at)s::timestamptz
      AND (queued_at, id) {which} (%(queued_at)s::timestamptz, %(id)s::uuid)
    ORDER BY queued_at {order}, id {order} LIMIT %(cap)s + 1)
    UNION ALL
    (SELECT 1 FROM jobs WHERE status = 'queued' AND queue = %(queue)s AND priority {which} %(priority)s
    ORDER BY priority {order}, queued_at {order}, id {order} LIMIT %(cap)s + 1)
    LIMIT %(cap)s + 1
) AS others
"""


_AHEAD: Final = _others("<", "DESC")
_BEHIND: Final = _others(">", "ASC")
_DEPTH: Final = f"""
WITH {JOB_COUNTS} SELECT coalesce(sum(jobs), 0)::bigint FROM job_counted WHERE queue = %(queue)s AND status = 'queued'
"""


class ExplainSearch:
    """is_redis_away: as this process knows it, without asking."""

    def __init__(self, database: Database, *, is_redis_away: Callable[[], bool]) -> None:
        self._database = database
        self._limits = LimitStore(database)
        self._stats = StatsStore(database)
        self._is_redis_away = is_redis_away

    def explain(self, job_id: str) -> Explanation:
        """Why a job is not running now, or what became of it. Raises JobNotFound, StoreUnavailable."""
        return explain(self.facts(job_id))

    def facts(self, job_id: str) -> Facts:
        """As explain; statement by statement, so that of a job that moves meanwhile some may be a moment younger."""
        rows = self._database.run_again(_JOB, {"id": job_id})
        if not rows:
            raise JobNotFound(f"no job has the id {job_id}: it never existed here, or was pruned after its retention")
        now, job, pause, holder = _read(rows[0])
        if job.status.is_final:
            return Facts(now=now, job=job)
        if holder is not None and holder.is_live(now):
            return Facts(now=now, job=job, holder=holder)
        fleet = self._fleet(job)
        if job.status is JobStatus.PROCESSING:
            return Facts(now=now, job=job, holder=holder, fleet=fleet)
        ahead = self._ahead(job)
        return Facts(
            now=now,
            job=job,
            pause=pause,
            fleet=fleet,
            limits=self._limits.concerning(job.queue, job.type),
            ahead=ahead,
            out_per_minute=self._out_per_minute(job.queue) if ahead is not None and ahead.value else None,
            is_redis_away=self._is_redis_away(),
        )

    def _fleet(self, job: JobFacts) -> Fleet:
        wanted = {"queue": job.queue, "type": job.type, "looked_at": READY_LOOKED_AT}
        return Fleet._make(self._database.run_again(_FLEET, wanted)[0])

    def _ahead(self, job: JobFacts) -> Count | None:
        """Exact also for one that stands at the end of a long queue, whose depth is known without counting."""
        if job.status is not JobStatus.QUEUED:
            return None
        place = {"queue": job.queue, "priority": int(job.priority), "queued_at": job.queued_at, "id": job.id}
        ahead = self._others(_AHEAD, place)
        if ahead.is_capped:
            behind = self._others(_BEHIND, place)
            if not behind.is_capped:
                ((depth,),) = self._database.run_again(_DEPTH, place)
                return Count(max(ahead.value, depth - 1 - behind.value))
        return ahead

    def _others(self, statement: str, place: Params) -> Count:
        ((count,),) = self._database.run_again(statement, {**place, "cap": OTHERS_CAP})
        return Count(min(count, OTHERS_CAP), is_capped=count > OTHERS_CAP)

    def _out_per_minute(self, queue: str) -> float | None:
        return next((rate.out_per_minute for rate in self._stats.rates(queue)), None)


def _read(row: Sequence[Any]) -> tuple[datetime, JobFacts, Pause | None, Holder | None]:
    now, *values = row
    job_values, (paused_at, paused_by, *worker) = values[: len(_JOB_FIELDS)], values[len(_JOB_FIELDS) :]
    described = dict(zip(_JOB_FIELDS, job_values, strict=True))
    described["status"] = JobStatus(described["status"])
    described["priority"] = Priority(described["priority"])
    pause = None if paused_at is None else Pause(paused_at, paused_by or "somebody")
    return now, JobFacts(**described), pause, None if worker[0] is None else Holder._make(worker)
