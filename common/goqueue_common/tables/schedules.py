"""Schedules, what became of their instants, and who fires them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Float, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from goqueue_common.cron.due import CatchUp
from goqueue_common.schedule import Overlap, Source
from goqueue_common.tables.base import NOW, Base, one_of


class ScheduleRow(Base):
    """A schedule: its definition as people wrote it, and how far it has come.

    due_after: everything at or before it has been dealt with. due_at: when next_at is to be fired, that is with its jitter;
    both None while it is paused and when it fires no more.
    """

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    queue: Mapped[str]
    payload: Mapped[dict[str, Any]]
    cron: Mapped[str]
    timezone: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger)
    max_retries: Mapped[int | None]
    timeout_seconds: Mapped[float | None] = mapped_column(Float)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    catch_up: Mapped[str]
    catch_up_window_seconds: Mapped[float] = mapped_column(Float)
    catch_up_limit: Mapped[int]
    overlap: Mapped[str]
    jitter_seconds: Mapped[float] = mapped_column(Float)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    source: Mapped[str]
    dropped_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    due_after: Mapped[datetime] = mapped_column(server_default=NOW)
    next_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        CheckConstraint(one_of("catch_up", CatchUp), name="schedules_catch_up"),
        CheckConstraint(one_of("overlap", Overlap), name="schedules_overlap"),
        CheckConstraint(one_of("source", Source), name="schedules_source"),
        CheckConstraint("(next_at IS NULL) = (due_at IS NULL)", name="schedules_due_at"),
        CheckConstraint("paused_at IS NULL OR next_at IS NULL", name="schedules_paused_at"),
        Index("schedules_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )


class ScheduleRunRow(Base):
    """An instant of a schedule that was fired, or skipped (job_id None): at most one job for each, whoever fires.

    Without a foreign key: a run outlives its schedule, so that one made anew under its name cannot fire an instant again.
    """

    __tablename__ = "schedule_runs"

    schedule: Mapped[str] = mapped_column(primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(primary_key=True)
    fired_at: Mapped[datetime] = mapped_column(server_default=NOW)
    job_id: Mapped[UUID | None]
    manual: Mapped[bool] = mapped_column(server_default=text("false"))
    missed: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        Index("schedule_runs_fired_at", "fired_at"),
        Index("schedule_runs_with_job", "schedule", "scheduled_for", postgresql_where=text("job_id IS NOT NULL")),
    )


class ScheduleRevisionRow(Base):
    """One row: how often a definition was changed; bumped in the transaction of the change."""

    __tablename__ = "schedule_revision"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
    first_version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))

    __table_args__ = (CheckConstraint("id = 1", name="schedule_revision_one"),)


class SchedulerRow(Base):
    """A scheduler process, as it last said of itself. term: None unless it leads by the lock; trouble: None: none."""

    __tablename__ = "schedulers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    leads: Mapped[bool]
    term: Mapped[int | None] = mapped_column(BigInteger)
    lag_seconds: Mapped[float] = mapped_column(Float)
    fired: Mapped[int] = mapped_column(BigInteger)
    trouble: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    leads_since: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]
