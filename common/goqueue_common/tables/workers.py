"""Workers, what they can do, and what bounds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from goqueue_common.tables.base import NOW, Base


class WorkerRow(Base):
    """One worker process under one lease. `queues` NULL: it serves all; `types`: job type -> fingerprint of its version.

    memory_bytes: what its process occupied at its last heartbeat.
    """

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default=text("'alive'"))
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    queues: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    types: Mapped[dict[str, Any]]
    slots: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    beat_at: Mapped[datetime] = mapped_column(server_default=NOW)
    lease_seconds: Mapped[float] = mapped_column(server_default=text("30"))
    ended_at: Mapped[datetime | None]
    drain_requested_at: Mapped[datetime | None]
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)

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
    published_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (CheckConstraint("isolation IN ('async', 'process', 'thread')", name="job_types_isolation"),)


class MaintenanceLeaseRow(Base):
    """Who does a maintenance duty now, by the database clock; renewed only by a finished round."""

    __tablename__ = "maintenance_leases"

    duty: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID]
    expires_at: Mapped[datetime]


class ConcurrencyLimitRow(Base):
    """How many jobs of a queue or a type may run at once over all workers."""

    __tablename__ = "concurrency_limits"

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    max_running: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        CheckConstraint("kind IN ('queue', 'type')", name="concurrency_limits_kind"),
        CheckConstraint("max_running >= 1", name="concurrency_limits_max_running"),
    )
