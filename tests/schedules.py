"""Schedules for tests: definitions in one line, and instants that are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.lifecycle import FINAL
from goqueue_common.schedule import Definition, Fire, Schedule
from goqueue_common.schedule_definition import read_definition
from goqueue_common.schedule_run_store import FireReport
from goqueue_common.schedule_store import ScheduleStore

ADA = Actor("ada", None, "r1")
_NOW = datetime.now(UTC).replace(second=0, microsecond=0)
"""For all tests: an instant is the same however long a test takes."""


def definition(name: str = "report", **members: Any) -> Definition:
    """One that fires every minute; `members` as JSON has them."""
    return read_definition({"name": name, "type": "demo", "cron": "* * * * *"} | members)


def make(database: Database, name: str = "report", **members: Any) -> Schedule:
    """A schedule of which nothing was dealt with for an hour."""
    made = ScheduleStore(database).create(definition(name, **members), ADA)
    since = {"since": minutes_ago(60), "name": name}
    database.run("UPDATE schedules SET due_after = %(since)s WHERE name = %(name)s", since)
    return made


def minutes_ago(minutes: float) -> datetime:
    """An instant of a cron that fires every minute."""
    return _NOW - timedelta(minutes=minutes)


def fire(schedule: Schedule | str, minutes: float = 1, *, version: int = 1, missed: int = 0) -> Fire:
    """A request for its instant of so many minutes ago."""
    name = schedule if isinstance(schedule, str) else schedule.name
    return Fire(schedule=name, scheduled_for=minutes_ago(minutes), version=version, missed=missed)


def known_to_nobody(_: str) -> int | None:
    """How many retries a handler wants that no worker has published."""
    return None


def outcomes(report: FireReport) -> list[str]:
    """What became of each instant."""
    return [str(answer.outcome) for answer in report.answers]


def end_job(database: Database, job_id: str | None, status: str = "completed") -> None:
    """Bring a job into a status, which need not be a final one."""
    database.run(
        "UPDATE jobs SET status = %(status)s, finished_at = CASE WHEN %(status)s = ANY(%(final)s) THEN now() END, "
        "failure_reason = CASE WHEN %(status)s = 'failed' THEN 'exhausted' END, "
        "worker_id = CASE WHEN %(status)s = 'processing' THEN gen_random_uuid() END, run_at = now() WHERE id = %(id)s",
        {"status": status, "id": job_id, "final": sorted(FINAL)},
    )


def count_rows(database: Database, table: str) -> int:
    """How many rows a table has; it may have a WHERE behind it."""
    return int(database.run(f"SELECT count(*) FROM {table}")[0][0])
