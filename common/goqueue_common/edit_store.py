"""Changing a job before it runs, and deleting one that is over. Each is a compare-and-set, and in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from goqueue_common import audit_store
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, Run
from goqueue_common.job import Priority
from goqueue_common.lifecycle import FINAL, TRANSITIONS, WAITING, JobEvent, sources


class Unset:
    """The type of UNSET."""


UNSET: Final = Unset()
"""This field of an edit stays as it is; None is a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEdit:
    """What to change. payload: JSON; run_at None or past: it becomes due now."""

    priority: Priority | Unset = UNSET
    run_at: datetime | Unset | None = UNSET
    queue: str | Unset = UNSET
    payload: bytes | Unset = UNSET
    max_retries: int | Unset = UNSET
    tags: Sequence[str] | Unset = UNSET

    def values(self) -> dict[str, Any]:
        """What is set, by column, as PostgreSQL takes it."""
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: _adapted(name, value) for name, value in given.items() if value is not UNSET}


def _adapted(name: str, value: Any) -> Any:
    if name == "priority":
        return int(value)
    if name == "payload":
        return value.decode()
    return list(value) if name == "tags" else value


def _list(statuses: Sequence[str]) -> str:
    return ", ".join(f"'{status}'" for status in statuses)


# Becoming due goes to the end of the line, like a new job; moving to another list, too: the id is pushed there now.
_STATUS_BY_RUN_AT: Final = f"""
    status = CASE
        WHEN coalesce(%(run_at)s::timestamptz, now()) > now() AND status IN ({_list(sources(JobEvent.RESCHEDULE))})
            THEN '{TRANSITIONS[JobEvent.RESCHEDULE].target}'
        WHEN coalesce(%(run_at)s::timestamptz, now()) <= now() AND status IN ({_list(sources(JobEvent.RUN_NOW))})
            THEN '{TRANSITIONS[JobEvent.RUN_NOW].target}'
        ELSE status END,
    queued_at = CASE
        WHEN coalesce(%(run_at)s::timestamptz, now()) <= now() AND status IN ({_list(sources(JobEvent.RUN_NOW))})
            THEN now()
        ELSE queued_at END,"""
_MOVED: Final = "\n    queued_at = CASE WHEN status = 'queued' THEN now() ELSE queued_at END,"


class EditStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def edit(self, job_id: str, edit: JobEdit, actor: Actor, *, seen_at: datetime | None, told: Mapping[str, Any]) -> bool:
        """Change a waiting job; False: it is gone, waits no more, or was written since `seen_at` (its updated_at).

        seen_at None: however it is now. told: the new values as the audit log may show them.
        """
        values = edit.values()
        sets = "".join(f"\n    {name} = %({name})s," for name in values)
        if "run_at" in values:
            sets += _STATUS_BY_RUN_AT
        elif {"queue", "priority"} & values.keys():
            sets += _MOVED
        statement = (
            f"UPDATE jobs SET{sets}\n    updated_at = now() "
            "WHERE id = %(id)s AND status = ANY(%(sources)s) "
            "AND (%(seen_at)s::timestamptz IS NULL OR updated_at = %(seen_at)s::timestamptz) RETURNING queue"
        )
        parameters = {**values, "id": job_id, "sources": sorted(WAITING), "seen_at": seen_at}

        def work(run: Run) -> bool:
            rows = run(statement, parameters)
            if rows:
                run("INSERT INTO queues (name) VALUES (%(name)s) ON CONFLICT DO NOTHING", {"name": rows[0][0]})
                audit_store.record(run, actor, "job.edit", {"job": job_id, "changed": dict(told)})
            return bool(rows)

        return self._database.together(work)

    def delete(self, job_id: str, actor: Actor) -> bool:
        """Delete a job that is over; False: there is none of this id, or it is not over."""

        def work(run: Run) -> bool:
            rows = run(
                "WITH gone AS (DELETE FROM jobs WHERE id = %(id)s AND status = ANY(%(final)s) RETURNING id), "
                "forgotten AS (DELETE FROM job_search WHERE id IN (SELECT id FROM gone)) SELECT 1 FROM gone",
                {"id": job_id, "final": sorted(FINAL)},
            )
            if rows:
                audit_store.record(run, actor, "job.delete", {"job": job_id})
            return bool(rows)

        return self._database.together(work)
