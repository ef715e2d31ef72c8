"""The outbox of final jobs and the search index that is filled from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.orm import Mapped, mapped_column

from goqueue_common.tables.base import Base


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
    fingerprint: Mapped[str | None]

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
        Index("job_search_fingerprint", "fingerprint", "id", postgresql_where=text("fingerprint IS NOT NULL")),
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
