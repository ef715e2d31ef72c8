"""GoQueue from a program: `from goqueue import Client`."""

from __future__ import annotations

from goqueue.bulk import BulkOperation, BulkOptions, BulkPreview, JobSelection
from goqueue.client import Client, JobChanges, JobFilters
from goqueue.errors import (
    ApiError,
    Conflict,
    ConnectionFailed,
    FieldProblem,
    GoQueueError,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnexpectedAnswer,
    WaitTimeout,
    WrongStatus,
)
from goqueue.submission import JobOptions, JobRequest
from goqueue.values import (
    Attempt,
    Count,
    HandlerInfo,
    HandlerVersion,
    Job,
    JobSummary,
    KeyInfo,
    Progress,
    QueueInfo,
    Readiness,
    SubmittedJob,
)
from goqueue.version import __version__

__all__ = [
    "ApiError",
    "Attempt",
    "BulkOperation",
    "BulkOptions",
    "BulkPreview",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Count",
    "FieldProblem",
    "GoQueueError",
    "HandlerInfo",
    "HandlerVersion",
    "InvalidArgument",
    "InvalidRequest",
    "Job",
    "JobChanges",
    "JobFilters",
    "JobOptions",
    "JobRequest",
    "JobSelection",
    "JobSummary",
    "KeyInfo",
    "NotFound",
    "Progress",
    "QueueInfo",
    "Readiness",
    "ServiceUnavailable",
    "SubmittedJob",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedAnswer",
    "WaitTimeout",
    "WrongStatus",
    "__version__",
]
