"""Who may do what, who did what, and what is done to many jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.orm import Mapped, mapped_column

from goqueue_common.tables.base import NOW, Base


class ApiKeyRow(Base):
    """A key that opens the API; only the sha256 of its secret is kept. Revoked ones stay: they were seen in the audit."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
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
    at: Mapped[datetime] = mapped_column(server_default=NOW)
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
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "action IN ('cancel', 'delete', 'retry', 'run-now', 'set-priority')", name="bulk_operations_action"
        ),
        CheckConstraint("state IN ('aborted', 'completed', 'failed', 'running')", name="bulk_operations_state"),
        CheckConstraint("(finished_at IS NOT NULL) = (state <> 'running')", name="bulk_operations_finished_at"),
        Index("bulk_operations_running", "id", postgresql_where=text("state = 'running'")),
    )
