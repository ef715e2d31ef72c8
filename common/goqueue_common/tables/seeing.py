"""What people look at: counts, rollups, failure groups, log lines. Filled by triggers on jobs and by folding."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from goqueue_common.tables.base import Base


class JobMoveRow(Base):
    """How many jobs one statement moved from one status to another; an outbox that a trigger on jobs fills.

    origin None: they are new; target None: they were deleted. from_queue: the queue before, where an edit changed it. The
    buckets are those of goqueue_common.histogram: of the wait, when they were claimed, and of the run, when that ended.
    fingerprint: of the error they failed with; sample_id is one of them, then.
    """

    __tablename__ = "job_moves"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    minute: Mapped[datetime]
    queue: Mapped[str]
    type: Mapped[str]
    from_queue: Mapped[str | None]
    origin: Mapped[str | None]
    target: Mapped[str | None]
    jobs: Mapped[int]
    wait_bucket: Mapped[int | None] = mapped_column(SmallInteger)
    run_bucket: Mapped[int | None] = mapped_column(SmallInteger)
    fingerprint: Mapped[str | None]
    sample_id: Mapped[UUID | None]


class JobCountRow(Base):
    """How many jobs there are, but for what is still in job_moves."""

    __tablename__ = "job_counts"

    queue: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    jobs: Mapped[int] = mapped_column(BigInteger)


class RollupRow(Base):
    """What happened in a minute. wait, run: histograms (goqueue_common.histogram) of attempts begun and ended."""

    __tablename__ = "rollups"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    submitted: Mapped[int] = mapped_column(BigInteger)
    completed: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    retried: Mapped[int] = mapped_column(BigInteger)
    cancelled: Mapped[int] = mapped_column(BigInteger)
    wait: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    run: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class FailureGroupRow(Base):
    """Errors that are one problem: of one type, with one message but for its numbers and names, from one place."""

    __tablename__ = "failure_groups"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    message: Mapped[str]
    frame: Mapped[str | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(BigInteger)
    sample_job_id: Mapped[UUID | None]
    sample_attempt: Mapped[int | None]
    traceback: Mapped[str | None]


class FailureMinuteRow(Base):
    """How often a failure group was seen in a minute."""

    __tablename__ = "failure_minutes"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("failure_minutes_minute", "minute"),)


class JobLogRow(Base):
    """A line that a handler wrote about its job."""

    __tablename__ = "job_logs"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    attempt: Mapped[int]
    at: Mapped[datetime]
    level: Mapped[str]
    message: Mapped[str]
    fields: Mapped[Any | None] = mapped_column(JSONB)

    __table_args__ = (CheckConstraint("level IN ('debug', 'error', 'info', 'warning')", name="job_logs_level"),)
