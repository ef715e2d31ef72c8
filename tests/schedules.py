"""Schedules for tests: definitions in one line, and instants that are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.schedule import Definition, Fire, Schedule
from goqueue_common.schedule_definition import read_definition
from goqueue_common.schedule_store import ScheduleStore

ADA = Actor("ada", None, "r1")


def definition(name: str = "report", **members: Any) -> Definition:
    """One that fires every minute; `members` as JSON has them."""
    return read_definition({"name": name, "type": "demo", "cron": "* * * * *"} | members)


def make(database: Database, name: str = "report", *, since: timedelta | None = timedelta(hours=1), **members: Any) -> Schedule:
    """A schedule that has been due for an hour: nothing of it was dealt with since then."""
    made = ScheduleStore(database).create(definition(name, **members), ADA)
    if since is not None:
        database.run(
            "UPDATE schedules SET due_after = now() - %(since)s WHERE name = %(name)s", {"since": since, "name": name}
        )
    return made


def minutes_ago(minutes: float) -> datetime:
    """An instant of a cron that fires every minute."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def fire(schedule: Schedule | str, minutes: float = 1, *, version: int = 1, missed: int = 0) -> Fire:
    """A request for its instant of so many minutes ago."""
    name = schedule if isinstance(schedule, str) else schedule.name
    return Fire(schedule=name, scheduled_for=minutes_ago(minutes), version=version, missed=missed)
