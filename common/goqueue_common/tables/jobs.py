"""The job, and what stands beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from goqueue_common.lifecycle import FINAL, FailureReason, JobStatus
from goqueue_common.tables.base import NOW, Base, one_of


class JobRow(Base):
    """One job; design of the fields in docs/job-lifecycle.md."""

    __tablename__ = "jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    queue: Mapped[str]
    type: Mapped[str]
    status: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    max_retries: Mapped[int] = mapped_column(Integer, server_default=text("3"))
    rescues: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    timeout_seconds: Mapped[float | None]
    run_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    no_handler_since: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
    scheduled_for: Mapped[datetime | None]
    worker_id: Mapped[UUID | None]
    alone_attempt: Mapped[int | None]
    parent_id: Mapped[UUID | None]
    rerun_of: Mapped[UUID | None]
    schedule: Mapped[str | None]
    traceparent: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    failure_reason: Mapped[str | None]
    error: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    result: Mapped[Any | None] = mapped_column(JSONB)
    attempt_log: Mapped[Any | None] = mapped_column(JSONB)
    fingerprint: Mapped[str | None]
    attempted_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint(one_of("status", list(JobStatus)), name="jobs_status"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="jobs_priority"),
        CheckConstraint(f"(finished_at IS NOT NULL) = ({one_of('status', list(FINAL))})", name="jobs_finished_at"),
        CheckConstraint("(worker_id IS NOT NULL) = (status = 'processing')", name="jobs_worker_id"),
        CheckConstraint("run_at IS NOT NULL OR status NOT IN ('retrying', 'scheduled')", name="jobs_run_at"),
        CheckConstraint("queued_at IS NOT NULL OR status NOT IN ('processing', 'queued')", name="jobs_queued_at"),
        CheckConstraint(
            f"(failure_reason IS NOT NULL) = (status = 'failed') AND (failure_reason IS NULL OR "
            f"{one_of('failure_reason', list(FailureReason))})",
            name="jobs_failure_reason",
        ),
        Index("jobs_queued", "queue", "priority", "queued_at", "id", postgresql_where=text("status = 'queued'")),
        Index("jobs_due", "run_at", postgresql_where=text("status IN ('scheduled', 'retrying')")),
        Index("jobs_rerun_of", "rerun_of", "id", postgresql_where=text("rerun_of IS NOT NULL")),
        Index("jobs_parent", "parent_id", "id", postgresql_where=text("parent_id IS NOT NULL")),
        Index("jobs_processing", "worker_id", postgresql_where=text("status = 'processing'")),
        Index(
            "jobs_expiring",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL AND status IN ('queued', 'retrying', 'scheduled')"),
        ),
    )


class JobProgressRow(Base):
    """How far a running job says it is; narrow, so that a tick never rewrites the job's row."""

    __tablename__ = "job_progress"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    fraction: Mapped[float | None]
    message: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class QueueRow(Base):
    """A queue exists from its first job on; workers that serve every queue read this table."""

    __tablename__ = "queues"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]


class IdempotencyKeyRow(Base):
    """An idempotency key, written in the transaction of its job; `answer` is the first answer without the payload."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    job_id: Mapped[UUID | None]
    answer: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (Index("idempotency_keys_created_at", "created_at"),)
