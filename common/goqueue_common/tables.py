"""The tables, on a plain declarative Base: no Flask here.

The schema defends the state machine by CHECKs. Indexes on jobs are partial and follow dispatch and recovery only; none is
on bare status. Statements on hot paths live in the stores as SQL; these classes are for the API's session, for lists and
for Alembic's comparison.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from goqueue_common.lifecycle import FINAL, FailureReason, JobStatus

_now = text("now()")


def _in(column: str, values: list[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


class Base(DeclarativeBase):
    """Metadata shared by every process; the API binds it with Flask-SQLAlchemy."""

    # Not as type_annotation_map: Flask-SQLAlchemy copies this class, and SQLAlchemy refuses that name in a copy.
    registry = registry(
        type_annotation_map={
            datetime: DateTime(timezone=True),
            UUID: PGUUID(as_uuid=True),
            dict[str, Any]: JSONB,
            str: Text,
        }
    )


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
    created_at: Mapped[datetime] = mapped_column(server_default=_now)
    updated_at: Mapped[datetime] = mapped_column(server_default=_now)
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

    __table_args__ = (
        CheckConstraint(_in("status", list(JobStatus)), name="jobs_status"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="jobs_priority"),
        CheckConstraint(f"(finished_at IS NOT NULL) = ({_in('status', list(FINAL))})", name="jobs_finished_at"),
        CheckConstraint("(worker_id IS NOT NULL) = (status = 'processing')", name="jobs_worker_id"),
        CheckConstraint("run_at IS NOT NULL OR status NOT IN ('retrying', 'scheduled')", name="jobs_run_at"),
        CheckConstraint("queued_at IS NOT NULL OR status NOT IN ('processing', 'queued')", name="jobs_queued_at"),
        CheckConstraint(
            f"(failure_reason IS NOT NULL) = (status = 'failed') AND (failure_reason IS NULL OR "
            f"{_in('failure_reason', list(FailureReason))})",
            name="jobs_failure_reason",
        ),
        Index("jobs_queued", "queue", "priority", "queued_at", "id", postgresql_where=text("status = 'queued'")),
        Index("jobs_due", "run_at", postgresql_where=text("status IN ('scheduled', 'retrying')")),
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

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int]
    fraction: Mapped[float | None]
    message: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=_now)


class QueueRow(Base):
    """A queue exists from its first job on; workers that serve every queue read this table."""

    __tablename__ = "queues"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=_now)
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
    created_at: Mapped[datetime] = mapped_column(server_default=_now)

    __table_args__ = (Index("idempotency_keys_created_at", "created_at"),)


class WorkerRow(Base):
    """One worker process under one lease. `queues` NULL: it serves all; `types`: job type -> fingerprint of its version."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default=text("'alive'"))
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    queues: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    types: Mapped[dict[str, Any]]
    slots: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=_now)
    beat_at: Mapped[datetime] = mapped_column(server_default=_now)
    lease_seconds: Mapped[float] = mapped_column(server_default=text("30"))
    ended_at: Mapped[datetime | None]
    drain_requested_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('alive', 'lost', 'stopped')", name="workers_state"),
        CheckConstraint("(ended_at IS NOT NULL) = (state <> 'alive')", name="workers_ended_at"),
        Index("workers_alive", "beat_at", postgresql_where=text("state = 'alive'")),
    )


class JobTypeRow(Base):
    """One version of a handler as a worker published it at start."""

    __tablename__ = "job_types"

    type: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    schema: Mapped[Any | None] = mapped_column(JSONB)
    max_retries: Mapped[int]
    timeout_seconds: Mapped[float | None]
    isolation: Mapped[str]
    description: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(server_default=_now)

    __table_args__ = (CheckConstraint("isolation IN ('async', 'process', 'thread')", name="job_types_isolation"),)


class MaintenanceLeaseRow(Base):
    """Who does a maintenance duty now, by the database clock; renewed only by a finished round."""

    __tablename__ = "maintenance_leases"

    duty: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID]
    expires_at: Mapped[datetime]


class ApiKeyRow(Base):
    """A key that opens the API; only the sha256 of its secret is kept. Revoked ones stay: they were seen in the audit."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=_now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ ARRAY['submit', 'read', 'operate', 'admin']", name="api_keys_scopes"
        ),
    )


class AuditRow(Base):
    """Who did what; a trigger lets nobody change or delete it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=_now)
    actor: Mapped[str]
    key_id: Mapped[str | None]
    action: Mapped[str]
    target: Mapped[dict[str, Any]]
    affected: Mapped[int] = mapped_column(BigInteger)
    request_id: Mapped[str | None]


class BulkOperationRow(Base):
    """One action on many jobs, and how far it has come: by id, ascending; `held_ids` were locked when it passed."""

    __tablename__ = "bulk_operations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[str]
    selection: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    rate_per_second: Mapped[float | None]
    state: Mapped[str] = mapped_column(server_default=text("'running'"))
    matched: Mapped[int] = mapped_column(BigInteger)
    matched_is_capped: Mapped[bool]
    processed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    changed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    skipped: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    after_id: Mapped[UUID | None]
    held_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PGUUID(as_uuid=True)), server_default=text("'{}'"))
    held_rounds: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    actor: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=_now)
    updated_at: Mapped[datetime] = mapped_column(server_default=_now)
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "action IN ('cancel', 'delete', 'retry', 'run-now', 'set-priority')", name="bulk_operations_action"
        ),
        CheckConstraint("state IN ('aborted', 'completed', 'failed', 'running')", name="bulk_operations_state"),
        CheckConstraint("(finished_at IS NOT NULL) = (state <> 'running')", name="bulk_operations_finished_at"),
        Index("bulk_operations_running", "id", postgresql_where=text("state = 'running'")),
    )


class ConcurrencyLimitRow(Base):
    """How many jobs of a queue or a type may run at once over all workers."""

    __tablename__ = "concurrency_limits"

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    max_running: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=_now)

    __table_args__ = (
        CheckConstraint("kind IN ('queue', 'type')", name="concurrency_limits_kind"),
        CheckConstraint("max_running >= 1", name="concurrency_limits_max_running"),
    )


class FinishedBatchRow(Base):
    """Ids that one statement made final, until the search index has them; worker_id: who ended them, None: no worker."""

    __tablename__ = "finished_batches"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    worker_id: Mapped[UUID | None]
    ids: Mapped[list[UUID]] = mapped_column(ARRAY(PGUUID(as_uuid=True)))


class JobSearchRow(Base):
    """A final job as search finds it; filled in the background, so no write of a job pays for it.

    It may be out of date: whoever finds a job by it asks `jobs` again. payload None: it is larger than 8 KiB.
    duration: seconds of the last attempt. worker_id: who ended that.
    """

    __tablename__ = "job_search"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    queue: Mapped[str]
    type: Mapped[str]
    status: Mapped[str]
    worker_id: Mapped[UUID | None]
    schedule: Mapped[str | None]
    run_at: Mapped[datetime | None]
    finished_at: Mapped[datetime]
    attempts: Mapped[int]
    duration: Mapped[float | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    error: Mapped[str | None]
    payload: Mapped[Any | None] = mapped_column(JSONB)

    __table_args__ = (
        Index(
            "job_search_kind",
            *("queue", "type", "status", "id"),
            postgresql_include=["finished_at", "run_at", "attempts", "duration"],
        ),
        Index("job_search_worker", "worker_id", "id", postgresql_where=text("worker_id IS NOT NULL")),
        Index("job_search_schedule", "schedule", "id", postgresql_where=text("schedule IS NOT NULL")),
        Index("job_search_run_at", "run_at", "id", postgresql_where=text("run_at IS NOT NULL")),
        Index("job_search_finished_at", "finished_at", "id", postgresql_include=["status"]),
        Index("job_search_attempts", "attempts", "id", postgresql_where=text("attempts <> 1")),
        Index(
            "job_search_duration",
            *("duration", "id"),
            postgresql_include=["queue", "type", "status"],
            postgresql_where=text("duration >= 1"),
        ),
        Index("job_search_tags", "tags", postgresql_using="gin", postgresql_where=text("tags <> '{}'")),
        Index(
            "job_search_failed_tags",
            "tags",
            postgresql_using="gin",
            postgresql_where=text("status = 'failed' AND tags <> '{}'"),
        ),
        Index("job_search_payload", "payload", postgresql_using="gin", postgresql_ops={"payload": "jsonb_path_ops"}),
        Index("job_search_large", "id", postgresql_where=text("payload IS NULL")),
        Index(
            "job_search_error",
            "error",
            postgresql_using="gin",
            postgresql_ops={"error": "gin_trgm_ops"},
            postgresql_where=text("error IS NOT NULL"),
        ),
    )
