"""The tables, on a plain declarative Base: no Flask here.

The schema defends the state machine by CHECKs. Indexes on jobs are partial and follow dispatch and recovery only; none is
on bare status. Statements on hot paths live in the stores as SQL; these classes are for the API's session, for lists and
for Alembic's comparison. Importing this package is knowing all of them.
"""

from goqueue_common.tables.base import Base
from goqueue_common.tables.jobs import IdempotencyKeyRow, JobProgressRow, JobRow, QueueRow
from goqueue_common.tables.operations import ApiKeyRow, AuditRow, BulkOperationRow
from goqueue_common.tables.schedules import ScheduleRevisionRow, ScheduleRow, SchedulerRow, ScheduleRunRow
from goqueue_common.tables.search import FinishedBatchRow, JobSearchRow
from goqueue_common.tables.seeing import (
    FailureGroupRow,
    FailureMinuteRow,
    JobCountRow,
    JobLogRow,
    JobMoveRow,
    RollupRow,
)
from goqueue_common.tables.workers import ConcurrencyLimitRow, JobTypeRow, MaintenanceLeaseRow, WorkerRow

__all__ = [
    "ApiKeyRow",
    "AuditRow",
    "Base",
    "BulkOperationRow",
    "ConcurrencyLimitRow",
    "FailureGroupRow",
    "FailureMinuteRow",
    "FinishedBatchRow",
    "IdempotencyKeyRow",
    "JobCountRow",
    "JobLogRow",
    "JobMoveRow",
    "JobProgressRow",
    "JobRow",
    "JobSearchRow",
    "JobTypeRow",
    "MaintenanceLeaseRow",
    "QueueRow",
    "RollupRow",
    "ScheduleRevisionRow",
    "ScheduleRow",
    "ScheduleRunRow",
    "SchedulerRow",
    "WorkerRow",
]
